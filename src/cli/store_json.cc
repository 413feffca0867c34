#include "cli/json_values.h"
#include "cli/store_text.h"
#include "x509/key_info.h"

namespace bulla::cli {
namespace {

Json time_json(std::optional<Time> time) { return time ? Json(to_iso8601(*time)) : Json(nullptr); }

Json trust_json(const std::optional<store::Trust>& trust) {
  if (!trust) return nullptr;
  return {{"decision", name(trust->decision)},
          {"purpose", "mail"},
          {"since", time_json(trust->since)},
          {"until", time_json(trust->until)}};
}

Json entry_json(const store::Entry& entry) {
  return {{"number", entry.number}, {"at", to_iso8601(entry.at)}, {"kind", entry.kind},
          {"action", entry.action}, {"detail", entry.detail},     {"hash", to_hex(entry.hash)}};
}

Json described_json(const Described& one) {
  Json json = certificate_json(one.found.row.certificate);
  bool is_kept = one.found.row.added != Time();
  json["kept_since"] = is_kept ? time_json(one.found.row.added) : Json(nullptr);
  json["standing"] = is_kept ? Json(name(one.found.row.standing)) : Json(nullptr);
  json["is_ca"] = one.found.row.certificate.is_ca();
  json["has_key"] = one.found.has_key;
  json["trust"] = trust_json(one.found.trust);
  json["chosen"] = one.is_chosen;
  json["history"] = Json::array();
  for (const store::Entry& entry : one.history) json["history"].push_back(entry_json(entry));
  return json;
}

std::string fingerprint(ByteView public_key) {
  auto sha256 = store::key_fingerprint(public_key);
  return sha256 ? to_hex(*sha256) : std::string();
}

Json roots_json(const std::vector<Certificate>& roots) {
  Json list = Json::array();
  for (const Certificate& root : roots) list.push_back(certificate_json(root));
  return list;
}

}  // namespace

std::string certificates_json(const std::vector<Described>& list) {
  Json certificates = Json::array();
  for (const Described& one : list) certificates.push_back(described_json(one));
  return text_of({{"version", 1}, {"exit", 0}, {"certificates", std::move(certificates)}});
}

std::string expiring_json(const std::vector<store::Expiring>& list, int exit) {
  Json certificates = Json::array();
  for (const store::Expiring& one : list) {
    Json json = described_json({.found = one.found, .history = {}});
    json["whose"] = name(one.whose);
    certificates.push_back(std::move(json));
  }
  return text_of({{"version", 1}, {"exit", exit}, {"certificates", std::move(certificates)}});
}

std::string keys_json(const std::vector<KeptKey>& list) {
  Json keys = Json::array();
  for (const KeptKey& kept : list) {
    Json certificates = Json::array();
    for (const store::CertificateRow& row : kept.certificates) {
      certificates.push_back(certificate_json(row.certificate));
    }
    keys.push_back({{"fingerprint", fingerprint(kept.key.public_key)},
                    {"key", x509::read_key_info(kept.key.public_key).description},
                    {"form", name(kept.key.form)},
                    {"kept_since", to_iso8601(kept.key.added)},
                    {"made_for", kept.owner ? Json(kept.owner->addresses) : Json(nullptr)},
                    {"certificates", std::move(certificates)}});
  }
  return text_of({{"version", 1}, {"exit", 0}, {"keys", std::move(keys)}});
}

std::string import_json(const store::Imported& done, const std::vector<Error>& passed_over) {
  Json certificates = Json::array();
  for (const auto& one : done.certificates) {
    Json json = certificate_json(one.certificate);
    json["result"] = name(one.what);
    json["has_key"] = one.has_key;
    certificates.push_back(std::move(json));
  }
  Json keys = Json::array();
  for (const auto& one : done.keys) {
    keys.push_back({{"fingerprint", fingerprint(one.public_key)}, {"result", name(one.what)}});
  }
  Json passed = Json::array();
  for (const Error& error : passed_over) {
    passed.push_back({{"rule", info(error.rule).slug}, {"detail", error.detail}});
  }
  return text_of({{"version", 1},
                  {"exit", 0},
                  {"certificates", std::move(certificates)},
                  {"keys", std::move(keys)},
                  {"capabilities", done.statements},
                  {"trusted", roots_json(done.trusted)},
                  {"distrusted", roots_json(done.distrusted)},
                  {"passed_over", std::move(passed)},
                  {"findings", findings_json(done.findings)}});
}

std::string counts_json(const std::string& path, const store::Counts& counts) {
  return text_of({{"version", 1},
                  {"exit", 0},
                  {"path", path},
                  {"certificates", counts.certificates},
                  {"keys", counts.keys},
                  {"roots", counts.roots},
                  {"peers", counts.peers},
                  {"history", {{"entries", counts.entries}, {"head", to_hex(counts.head)}}}});
}

std::string check_json(const std::string& path, const std::vector<std::string>& problems,
                       int exit) {
  return text_of({{"version", 1}, {"exit", exit}, {"path", path}, {"problems", problems}});
}

std::string done_json() { return text_of({{"version", 1}, {"exit", 0}}); }

}  // namespace bulla::cli

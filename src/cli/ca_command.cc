// ca: a CA for mail whose key, certificates and decisions are in the store.
#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "ca/authority.h"
#include "ca/list_writer.h"
#include "ca/responder.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/json_values.h"
#include "cli/store_place.h"
#include "cli/stores.h"
#include "cli/world.h"
#include "host/environment.h"
#include "host/sink.h"
#include "host/source.h"
#include "message/publication.h"
#include "message/read_all.h"
#include "message/request_file.h"
#include "store/file.h"
#include "store/locked_key.h"
#include "x509/address_match.h"
#include "x509/pem.h"

namespace bulla::cli {
namespace {

using store::Authority;
using store::Issued;
using store::Missing;
using store::Store;

// A request with a large key has 10 KB, by mail a third more.
constexpr std::size_t kMaxRequest = 1u << 20;

Time time_of(const CaOptions& options) { return options.at.value_or(host::current_time()); }

store::Provenance provenance(std::string source) {
  return {.at = host::current_time(), .source = std::move(source)};
}

std::string short_hex(ByteView octets) { return to_hex(octets).substr(0, 16); }
std::string day(Time time) { return to_iso8601(time).substr(0, 10); }

std::vector<host::FileId> input_ids(const CaOptions& options) {
  std::vector<std::string> paths;
  for (const auto& path : {options.secrets.passphrase_file, options.new_passphrase.file}) {
    if (path) paths.push_back(*path);
  }
  for (const std::string& what : options.what) paths.push_back(what);
  return ids_of(paths);
}

Result<void> write_out(const CaOptions& options, ByteView octets) {
  std::unique_ptr<Sink> out =
      TRY(host::open_sink(options.common.output.value_or("-"), input_ids(options)));
  TRY_VOID(out->write(octets));
  return out->finish();
}

Result<Bytes> read_input(const CaOptions& options) {
  std::unique_ptr<host::FileSource> in = TRY(host::open_source(options.common.input));
  Bytes octets;
  TRY_VOID(read_all(*in, [&](ByteView chunk) -> Result<void> {
    if (octets.size() + chunk.size() > kMaxRequest) {
      return failure(Rule::LimitSize, 0, in->name() + " is too large for a request");
    }
    append(octets, chunk);
    return {};
  }));
  return octets;
}

bool is_meant(const Authority& authority, const std::string& word) {
  auto fingerprint = read_fingerprint(word);
  return (fingerprint && to_hex(authority.certificate.sha256()).starts_with(*fingerprint)) ||
         authority.certificate.subject().find(word) != std::string::npos;
}

// The CA that is named, or the only one.
Result<Authority> find_authority(const Store& store, const CaOptions& options) {
  std::vector<Authority> all = TRY(store.authorities().list());
  if (all.empty()) return failure(Rule::StoreUnknown, 0, "no CA; bulla ca init makes one");
  if (!options.ca.empty()) {
    std::erase_if(all, [&](const Authority& one) { return !is_meant(one, options.ca); });
  }
  if (all.empty()) return failure(Rule::StoreUnknown, 0, "the CA " + options.ca);
  if (all.size() == 1) return std::move(all.front());
  std::vector<std::string> which;
  for (const Authority& one : all) which.push_back(short_hex(one.certificate.sha256()));
  return failure(Rule::StoreAmbiguous, 0, "--ca: " + join(which, ", "));
}

// A CA at work, with its key, whose passphrase is asked for when it signs first.
struct Desk {
  std::unique_ptr<Store> store;
  Authority authority;
  Passphrases passphrases;
  std::optional<store::LockedKey> key;

  explicit Desk(const CaOptions& options, std::unique_ptr<Store> opened, Authority which)
      : store(std::move(opened)), authority(std::move(which)), passphrases(options.secrets) {}
};

Result<std::unique_ptr<Desk>> open_desk(const CaOptions& options) {
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Fail));
  Authority authority = TRY(find_authority(*store, options));
  Bytes fingerprint = TRY(store::key_fingerprint(authority.certificate.subject_public_key_info()));
  auto row = TRY(store->keys().find(fingerprint));
  if (!row) return failure(Rule::StoreUnknown, 0, "the key of the CA");
  std::string name = authority.certificate.common_name();
  auto desk = std::make_unique<Desk>(options, std::move(store), std::move(authority));
  desk->key.emplace(std::move(*row), std::move(name), desk->passphrases.key_access());
  return desk;
}

Json issued_json(const Issued& one) {
  Json json{{"sha256", to_hex(one.sha256)},
            {"serial", to_hex(one.serial)},
            {"subject", one.subject},
            {"addresses", one.addresses},
            {"not_after", to_iso8601(one.not_after)}};
  if (one.revocation) {
    json["revoked_at"] = to_iso8601(one.revocation->at);
    json["reason"] = std::string(name(one.revocation->reason));
  }
  return json;
}

std::string issued_line(const Issued& one, Time at) {
  std::string whom = one.addresses.empty() ? one.subject : one.addresses;
  std::string text =
      short_hex(one.sha256) + "  serial " + to_hex(one.serial) + "  " + printable(whom) + "  ";
  bool is_past = at > one.not_after;
  text += (is_past ? "expired " : "until ") + day(one.not_after);
  if (one.revocation) {
    text +=
        "  revoked " + day(one.revocation->at) + ", " + std::string(name(one.revocation->reason));
  }
  return text + "\n";
}

Result<Answer> init(const CaOptions& options) {
  Time at = time_of(options);
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Create));
  Secret made = TRY(generate_private_key(options.type));
  PrivateKeyPtr key = TRY(load_private_key(made.view()));
  ca::Issuer issuer = TRY(ca::make_issuer(*key));
  Certificate root = TRY(
      ca::make_root(issuer, {.name = options.subject,
                             .validity = {.not_before = at, .not_after = at + options.lifetime}}));
  for (const Authority& other : TRY(store->authorities().list())) {
    if (equal(other.certificate.subject_der(), root.subject_der())) {
      return failure(Rule::CaRefused, 0,
                     "there is a CA of this name: " + short_hex(other.certificate.sha256()));
    }
  }
  store::KeyRow row =
      TRY(lock_key(*key, made.view(), "the key of " + root.common_name(), options.new_passphrase));
  TRY_VOID(store->add_authority(row, {.certificate = root, .places = options.places},
                                provenance("by bulla ca init")));
  if (options.common.output) {
    std::string pem = x509::write_pem("CERTIFICATE", root.der());
    TRY_VOID(write_out(options, as_bytes(pem)));
  }
  std::string text = "made  " + short_hex(root.sha256()) + "  " + printable(root.subject()) + "  " +
                     root.key_description() + "  until " + day(root.not_after()) + "\n";
  Json json{{"version", 1}, {"exit", 0}, {"certificate", certificate_json(root)}};
  return Answer{.text = options.common.output == "-" ? "" : text,
                .json = text_of(json),
                .hint = "whoever gets mail from its people trusts it with bulla cert trust"};
}

// One key under two names lets each stand in for the other (RFC 2312 5.1, CERT-69).
Result<void> check_other_owner(const Store& store, ByteView public_key,
                               const std::vector<std::string>& addresses) {
  Bytes fingerprint = TRY(store::key_fingerprint(public_key));
  for (const store::CertificateRow& row : TRY(store.certificates().find_by_key(fingerprint))) {
    const auto& known = row.certificate.addresses();
    bool is_theirs = std::any_of(known.begin(), known.end(), [&](const auto& one) {
      return std::any_of(addresses.begin(), addresses.end(), [&](const std::string& address) {
        return x509::equal_addresses(one.address, address, x509::LocalPart::Exact);
      });
    });
    if (!is_theirs) {
      return failure(Rule::CaRefused, 0,
                     "its key has a certificate for " + row.certificate.subject() + " already");
    }
  }
  return {};
}

Result<Bytes> issued_octets(const CaOptions& options, const Certificate& certificate,
                            const Certificate& root) {
  if (options.form == CaOptions::Form::Der) return to_bytes(certificate.der());
  std::string text;
  if (options.form == CaOptions::Form::Pem) {
    text = x509::write_pem("CERTIFICATE", certificate.der()) +
           x509::write_pem("CERTIFICATE", root.der());
  } else {
    Bytes der = TRY(write_certs_only({certificate, root}));
    text = write_certs_only_entity(der);
    std::erase(text, '\r');
  }
  return to_bytes(as_bytes(text));
}

// It is in the store before anybody has it: what nobody knows of nobody can revoke.
Result<Answer> issue(const CaOptions& options) {
  Bytes file = TRY(read_input(options));
  Bytes der = TRY(find_request(file));
  auto request = TRY(x509::CertificationRequest::parse(std::move(der)));
  std::unique_ptr<Desk> desk = TRY(open_desk(options));
  TRY_VOID(check_other_owner(*desk->store, request.subject_public_key_info(), options.addresses));
  ca::Issuer issuer = TRY(ca::make_issuer(*desk->key));
  Certificate certificate = TRY(ca::issue(issuer, desk->authority, request,
                                          {.addresses = options.addresses,
                                           .subject = options.subject,
                                           .at = time_of(options),
                                           .lifetime = options.lifetime}));
  auto done =
      TRY(desk->store->add_issued(desk->authority, certificate, provenance("by bulla ca issue")));
  Bytes octets = TRY(issued_octets(options, certificate, desk->authority.certificate));
  TRY_VOID(write_out(options, octets));
  Json json{{"version", 1}, {"exit", 0}, {"certificate", certificate_json(certificate)}};
  return Answer{.json = text_of(json),
                .said = {"issued  " + short_hex(certificate.sha256()) + "  " +
                         printable(join(options.addresses, ", ")) + "  " +
                         certificate.key_description() + "  until " + day(certificate.not_after())},
                .warnings = done.findings};
}

// What a word means among what was issued.
Result<std::vector<Issued>> find_issued(const std::vector<Issued>& all, const std::string& word) {
  std::vector<Issued> found;
  std::string hex = lower(word);
  std::vector<Certificate> named;
  if (store::exists(word)) named = TRY(store::load_certificate_file(word));
  for (const Issued& one : all) {
    bool is_named = std::any_of(named.begin(), named.end(), [&](const Certificate& certificate) {
      return equal(certificate.sha256(), one.sha256);
    });
    auto fingerprint = read_fingerprint(word);
    bool is_number =
        to_hex(one.serial) == hex || (fingerprint && to_hex(one.sha256).starts_with(*fingerprint));
    std::vector<std::string_view> addresses = split(one.addresses, ',');
    bool is_whose = std::any_of(addresses.begin(), addresses.end(), [&](std::string_view address) {
      return x509::equal_addresses(std::string(trim(address)), word, x509::LocalPart::Exact);
    });
    if (is_named || is_number || is_whose) found.push_back(one);
  }
  if (found.empty()) return failure(Rule::StoreUnknown, 0, word + ": nothing of this CA's");
  return found;
}

Result<Answer> revoke(const CaOptions& options) {
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Fail));
  Authority authority = TRY(find_authority(*store, options));
  std::vector<Issued> all = TRY(store->authorities().issued(authority));
  std::vector<Issued> chosen;
  for (const std::string& word : options.what) {
    std::vector<Issued> found = TRY(find_issued(all, word));
    // Of an address the ones that count still are meant.
    if (found.size() > 1) std::erase_if(found, [](const Issued& one) { return one.revocation; });
    if (found.size() > 1) {
      std::vector<std::string> which;
      for (const Issued& one : found) which.push_back(short_hex(one.sha256));
      return failure(Rule::StoreAmbiguous, 0, word + ": " + join(which, ", "));
    }
    chosen.insert(chosen.end(), found.begin(), found.end());
  }
  store::Revocation revocation{.at = time_of(options), .reason = options.reason};
  TRY_VOID(store->revoke(authority, chosen, revocation, provenance("by bulla ca revoke")));
  Answer answer;
  Json revoked = Json::array();
  for (const Issued& one : chosen) {
    auto now = TRY(store->authorities().find_issued(authority, one.serial));
    if (!now) continue;
    answer.text += (one.revocation ? "known  " : "revoked  ") + issued_line(*now, revocation.at);
    revoked.push_back(issued_json(*now));
  }
  answer.json = text_of({{"version", 1}, {"exit", 0}, {"revoked", std::move(revoked)}});
  answer.hint = "bulla ca crl writes the list that others see it in";
  return answer;
}

Result<Answer> list(const CaOptions& options) {
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Fail));
  std::vector<Authority> authorities;
  if (options.ca.empty()) {
    authorities = TRY(store->authorities().list());
  } else {
    authorities.push_back(TRY(find_authority(*store, options)));
  }
  Answer answer;
  Json json = Json::array();
  for (const Authority& authority : authorities) {
    const Certificate& root = authority.certificate;
    answer.text += short_hex(root.sha256()) + "  " + printable(root.subject()) + "  until " +
                   day(root.not_after()) + "\n";
    Json issued = Json::array();
    for (const Issued& one : TRY(store->authorities().issued(authority))) {
      answer.text += "  " + issued_line(one, time_of(options));
      issued.push_back(issued_json(one));
    }
    json.push_back({{"certificate", certificate_json(root)},
                    {"crl_url", authority.places.crl},
                    {"ocsp_url", authority.places.ocsp},
                    {"issuer_url", authority.places.issuer},
                    {"issued", std::move(issued)}});
  }
  answer.json = text_of({{"version", 1}, {"exit", 0}, {"authorities", std::move(json)}});
  return answer;
}

Result<Answer> write_crl(const CaOptions& options) {
  std::unique_ptr<Desk> desk = TRY(open_desk(options));
  const Authority& authority = desk->authority;
  ca::Issuer issuer = TRY(ca::make_issuer(*desk->key));
  TRY_VOID(desk->key->unlock());
  Time at = time_of(options);
  ca::ListOptions what{.number = 0, .this_update = at, .next_update = at + options.lifetime};
  what.number = TRY(desk->store->number_list(authority, provenance("by bulla ca crl")));
  std::vector<Issued> revoked = TRY(desk->store->authorities().revoked(authority));
  Bytes der = TRY(ca::write_list(issuer, authority.certificate, revoked, what));
  bool is_pem = options.form == CaOptions::Form::Pem;
  std::string pem = is_pem ? x509::write_pem("X509 CRL", der) : std::string();
  TRY_VOID(write_out(options, is_pem ? as_bytes(pem) : ByteView(der)));
  Json json{{"version", 1},
            {"exit", 0},
            {"number", what.number},
            {"revoked", revoked.size()},
            {"this_update", to_iso8601(what.this_update)},
            {"next_update", to_iso8601(what.next_update)}};
  return Answer{.json = text_of(json),
                .said = {"list " + std::to_string(what.number) + " of " +
                         printable(authority.certificate.subject()) + ": " +
                         counted(revoked.size(), "certificate") + ", next by " +
                         to_iso8601(what.next_update)}};
}

Result<Answer> answer_ocsp(const CaOptions& options) {
  Bytes request = TRY(read_input(options));
  std::unique_ptr<Desk> desk = TRY(open_desk(options));
  const Authority& authority = desk->authority;
  ca::Issuer issuer = TRY(ca::make_issuer(*desk->key));
  Time at = time_of(options);
  auto find = [&](ByteView serial) {
    return desk->store->authorities().find_issued(authority, serial);
  };
  ca::Answered answered =
      TRY(ca::answer_request(issuer, authority.certificate, request,
                             {.this_update = at, .next_update = at + options.lifetime}, find));
  TRY_VOID(write_out(options, answered.response));
  Json json{{"version", 1},
            {"exit", 0},
            {"good", answered.good},
            {"revoked", answered.revoked},
            {"unknown", answered.unknown},
            {"refused", answered.refused}};
  std::string said = answered.refused.empty()
                         ? std::to_string(answered.good) + " good, " +
                               std::to_string(answered.revoked) + " revoked, " +
                               std::to_string(answered.unknown) + " unknown"
                         : "refused: " + printable(answered.refused);
  return Answer{.json = text_of(json), .said = {std::move(said)}};
}

Result<Answer> answer(const CaOptions& options) {
  switch (options.verb) {
    case kCaInit:
      return init(options);
    case kCaIssue:
      return issue(options);
    case kCaRevoke:
      return revoke(options);
    case kCaCrl:
      return write_crl(options);
    case kCaOcsp:
      return answer_ocsp(options);
    default:
      return list(options);
  }
}

}  // namespace

Exit run_ca(const CaOptions& options) {
  return tell(options.common, input_ids(options), [&] { return answer(options); });
}

}  // namespace bulla::cli

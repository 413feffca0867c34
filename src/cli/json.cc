#include "cli/json.h"

#include "cli/json_values.h"

namespace bulla::cli {
namespace {

// Nobody has more; a certificate may have 20,000, and each stands in several places.
constexpr std::size_t kMaxAddresses = 100;

Json addresses_json(const Certificate& certificate) {
  Json list = Json::array();
  for (const CertificateAddress& address : certificate.addresses()) {
    if (list.size() == kMaxAddresses) break;
    list.push_back(address.address);
  }
  return list;
}

}  // namespace

std::string text_of(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json certificate_json(const Certificate& certificate) {
  return {{"subject", certificate.subject()},
          {"issuer", certificate.issuer()},
          {"serial", to_hex(certificate.serial_number())},
          {"sha256", to_hex(certificate.sha256())},
          {"not_before", to_iso8601(certificate.not_before())},
          {"not_after", to_iso8601(certificate.not_after())},
          {"key", certificate.key_description()},
          {"addresses", addresses_json(certificate)}};
}

namespace {

Json certificates_json(const std::vector<Certificate>& certificates) {
  Json list = Json::array();
  for (const Certificate& certificate : certificates) list.push_back(certificate_json(certificate));
  return list;
}

Json timestamp_json(const TimestampVerdict& timestamp) {
  Json json = {
      {"status", name(timestamp.status)},
      {"identifier", timestamp.identifier},
      {"subject", timestamp.certificate ? timestamp.certificate->subject() : ""},
      {"time", nullptr},
      {"policy", timestamp.policy},
      {"path", certificates_json(timestamp.path)},
  };
  if (timestamp.time) json["time"] = to_iso8601(*timestamp.time);
  return json;
}

// Countersignatures stand inside each other a few levels deep (cms/countersignature.h).
Json signer_json(const SignerVerdict& signer) {
  Json json = {
      {"status", name(signer.status)},
      {"identifier", signer.identifier},
      {"subject", signer.certificate ? signer.certificate->subject() : ""},
      {"addresses", signer.certificate ? addresses_json(*signer.certificate) : Json::array()},
      {"matched_address", signer.matched_address},
      {"signing_time", nullptr},
      {"digest", signer.digest},
      {"algorithm", signer.algorithm},
      {"path", certificates_json(signer.path)},
      {"capabilities", signer.capabilities},
      {"countersigners", Json::array()},
      {"timestamps", Json::array()},
      {"proven_time", nullptr},
  };
  for (const SignerVerdict& one : signer.countersigners) {
    json["countersigners"].push_back(signer_json(one));
  }
  for (const TimestampVerdict& one : signer.timestamps) {
    json["timestamps"].push_back(timestamp_json(one));
  }
  if (signer.proven_time) json["proven_time"] = to_iso8601(*signer.proven_time);
  if (signer.signing_time) json["signing_time"] = to_iso8601(*signer.signing_time);
  return json;
}

Json recipient_json(const RecipientVerdict& recipient) {
  return {{"kind", recipient.kind},
          {"identifier", recipient.identifier},
          {"algorithm", recipient.algorithm},
          {"opened", recipient.opened}};
}

Json layer_json(const Layer& layer) {
  Json json = {
      {"kind", name(layer.kind)},     {"form", name(layer.form)},
      {"place", layer.place},         {"content_type", layer.content_type},
      {"algorithm", layer.algorithm}, {"signers", Json::array()},
      {"recipients", Json::array()},  {"certificates", certificates_json(layer.certificates)},
      {"errant", layer.errant}};
  for (const SignerVerdict& signer : layer.signers) json["signers"].push_back(signer_json(signer));
  for (const RecipientVerdict& recipient : layer.recipients) {
    json["recipients"].push_back(recipient_json(recipient));
  }
  return json;
}

Json headers_json(const Headers& headers) {
  Json fields = Json::array();
  Json differing = Json::array();
  for (const HeaderField& field : headers.fields) {
    Json json = {{"name", field.name},
                 {"value", field.value},
                 {"outer_value", nullptr},
                 {"state", name(field.state)},
                 {"differs", field.differs}};
    if (field.outer_value) json["outer_value"] = *field.outer_value;
    if (field.differs) differing.push_back(field.name);
    fields.push_back(std::move(json));
  }
  return {{"protected", headers.is_protected},
          {"mode", headers.mode},
          {"from", headers.from},
          {"subject", headers.subject},
          {"fields", std::move(fields)},
          {"differing", std::move(differing)}};
}

}  // namespace

Json findings_json(const Findings& findings) {
  Json list = Json::array();
  for (const Finding& finding : findings) {
    const RuleInfo& row = info(finding.rule);
    list.push_back({{"rule", row.slug},
                    {"severity", severity_name(finding.severity)},
                    {"place", finding.place},
                    {"text", row.text},
                    {"detail", finding.detail},
                    {"advice", row.advice}});
  }
  return list;
}

std::string verdict_json(const Verdict& verdict, Exit exit) {
  Json layers = Json::array();
  for (const Layer& layer : verdict.layers) layers.push_back(layer_json(layer));
  return text_of({{"version", 1},
                  {"status", name(verdict.status)},
                  {"exit", static_cast<int>(exit)},
                  {"released", verdict.released},
                  {"layers", std::move(layers)},
                  {"headers", headers_json(verdict.headers)},
                  {"findings", findings_json(verdict.findings)}});
}

Json refusal_json(const Error& error) {
  const RuleInfo& row = info(error.rule);
  return {{"rule", row.slug},
          {"offset", error.offset},
          {"text", row.text},
          {"detail", error.detail},
          {"advice", row.advice}};
}

std::string error_json(const Error& error, Exit exit) {
  return text_of(
      {{"version", 1}, {"exit", static_cast<int>(exit)}, {"error", refusal_json(error)}});
}

Json choices_json(const std::vector<AlgorithmChoice>& choices) {
  Json list = Json::array();
  for (const AlgorithmChoice& choice : choices) {
    list.push_back({{"what", name(choice.what)},
                    {"value", choice.value},
                    {"for", choice.whom},
                    {"basis", name(choice.basis)},
                    {"reason", choice.reason}});
  }
  return list;
}

std::string seal_json(const SealReport& report) {
  return text_of({{"version", 1},
                  {"exit", 0},
                  {"steps", report.steps},
                  {"choices", choices_json(report.choices)},
                  {"findings", findings_json(report.findings)}});
}

std::string recipients_json(const RecipientList& list) {
  Json recipients = Json::array();
  for (const RecipientVerdict& recipient : list.recipients) {
    Json json = recipient_json(recipient);
    json.erase("opened");
    recipients.push_back(std::move(json));
  }
  return text_of({{"version", 1},
                  {"exit", 0},
                  {"content_type", list.content_type},
                  {"algorithm", list.algorithm},
                  {"recipients", std::move(recipients)}});
}

}  // namespace bulla::cli

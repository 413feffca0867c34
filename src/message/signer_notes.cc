#include "message/signer_notes.h"

#include <algorithm>

#include "crypto/key_kind.h"
#include "message/recipe.h"
#include "mime/address.h"
#include "x509/address_match.h"

namespace bulla {
namespace {

std::vector<Certificate> signers_of(const Recipe& recipe) {
  std::vector<Certificate> signers;
  for (const Step& step : recipe.steps) {
    const auto* sign = std::get_if<Sign>(&step);
    if (sign == nullptr) continue;
    for (const SignerChoice& choice : sign->signers) {
      const auto& certificate = choice.identity.certificate;
      bool is_new =
          certificate && std::find(signers.begin(), signers.end(), *certificate) == signers.end();
      if (is_new) signers.push_back(*certificate);
    }
  }
  return signers;
}

bool any_matches(const std::vector<Certificate>& signers, const std::string& address) {
  return std::any_of(signers.begin(), signers.end(), [&](const Certificate& signer) {
    return x509::match_address(signer, address).has_value();
  });
}

// The mailboxes of the one field of this name; none if there is not one, or it is ambiguous.
std::vector<mime::Mailbox> mailboxes(const mime::Header& header, std::string_view name) {
  std::vector<const mime::Field*> fields = header.find_all(name);
  if (fields.size() != 1) return {};
  mime::AddressList list = mime::parse_address_list(fields[0]->value);
  return list.ambiguous ? std::vector<mime::Mailbox>() : std::move(list.mailboxes);
}

Finding warning(Rule rule, std::string place, std::string detail) {
  return {.rule = rule,
          .severity = Severity::Warning,
          .place = std::move(place),
          .detail = std::move(detail)};
}

}  // namespace

Findings note_short_keys(const Recipe& recipe) {
  Findings findings;
  for (const Certificate& signer : signers_of(recipe)) {
    if (!crypto::is_rsa(signer.key_kind()) || signer.key_bits() >= kShortRsaBits) continue;
    findings.push_back(
        warning(Rule::SigWeakKeyAccepted, {}, signer.subject() + ": " + signer.key_description()));
  }
  return findings;
}

Findings note_senders(const Recipe& recipe, const mime::Header& header) {
  std::vector<Certificate> signers = signers_of(recipe);
  if (signers.empty()) return {};
  for (const mime::Mailbox& sender : mailboxes(header, "Sender")) {
    if (any_matches(signers, sender.addr_spec)) return {};
  }
  for (const mime::Mailbox& from : mailboxes(header, "From")) {
    if (any_matches(signers, from.addr_spec)) continue;
    // One is enough to look at the signers again.
    bool any_address = std::any_of(signers.begin(), signers.end(), [](const Certificate& signer) {
      return !signer.addresses().empty();
    });
    Rule rule = any_address ? Rule::AddressFromDiffers : Rule::AddressNoneInCertificate;
    return {warning(rule, "headers", "From is " + from.addr_spec)};
  }
  return {};
}

}  // namespace bulla

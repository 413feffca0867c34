#include "message/recipient_verdicts.h"

#include "crypto/kem.h"
#include "crypto/oid_name.h"

namespace bulla {
namespace {

std::string recipient_algorithm(const cms::RecipientInfo& recipient) {
  if (auto* ktri = std::get_if<cms::KeyTransRecipientInfo>(&recipient)) {
    auto scheme = crypto::read_transport_scheme(ktri->key_encryption_algorithm);
    return scheme ? describe(*scheme) : crypto::oid_name(ktri->key_encryption_algorithm.algorithm);
  }
  if (auto* kari = std::get_if<cms::KeyAgreeRecipientInfo>(&recipient)) {
    auto agreement = crypto::read_key_agreement(kari->key_encryption_algorithm);
    if (!agreement) return crypto::oid_name(kari->key_encryption_algorithm.algorithm);
    bool is_dh = agreement->kdf == crypto::Kdf::X942;
    return (is_dh ? "DH with " : "ECDH with ") + std::string(name(agreement->digest));
  }
  if (auto* kekri = std::get_if<cms::KekRecipientInfo>(&recipient)) {
    return crypto::oid_name(kekri->key_encryption_algorithm.algorithm);
  }
  if (auto* pwri = std::get_if<cms::PasswordRecipientInfo>(&recipient)) {
    return crypto::oid_name(pwri->key_encryption_algorithm.algorithm);
  }
  if (auto* kemri = std::get_if<cms::KemRecipientInfo>(&recipient)) {
    auto algorithm = crypto::read_kem(kemri->kem);
    return algorithm ? std::string(name(*algorithm)) : crypto::oid_name(kemri->kem.algorithm);
  }
  return std::get<cms::OtherRecipientInfo>(recipient).type.to_string();
}

// One line for each recipient: a key agreement may have several.
void add_recipients(const cms::RecipientInfo& info, bool opened, cms::RecipientTexts& texts,
                    std::vector<RecipientVerdict>& verdicts) {
  RecipientVerdict verdict;
  verdict.kind = std::string(cms::kind(info));
  verdict.algorithm = recipient_algorithm(info);
  verdict.opened = opened;
  if (auto* ktri = std::get_if<cms::KeyTransRecipientInfo>(&info)) {
    verdict.identifier = texts.describe(ktri->rid);
  } else if (auto* kemri = std::get_if<cms::KemRecipientInfo>(&info)) {
    verdict.identifier = texts.describe(kemri->rid);
  } else if (auto* kari = std::get_if<cms::KeyAgreeRecipientInfo>(&info)) {
    for (const auto& recipient : kari->recipients) {
      verdict.identifier = texts.describe(recipient.rid);
      verdicts.push_back(verdict);
    }
    return;
  } else if (auto* kekri = std::get_if<cms::KekRecipientInfo>(&info)) {
    verdict.identifier = "key " + to_hex(kekri->key_identifier);
  } else if (std::holds_alternative<cms::PasswordRecipientInfo>(info)) {
    verdict.identifier = "password";
  }
  verdicts.push_back(verdict);
}

}  // namespace

std::vector<RecipientVerdict> recipient_verdicts(const std::vector<cms::RecipientInfo>& recipients,
                                                 std::optional<std::size_t> opened) {
  std::vector<RecipientVerdict> verdicts;
  cms::RecipientTexts texts;
  for (std::size_t i = 0; i < recipients.size(); ++i) {
    add_recipients(recipients[i], i == opened, texts, verdicts);
  }
  return verdicts;
}

}  // namespace bulla

#include "message/suitable.h"

#include <algorithm>

#include "base/try.h"
#include "crypto/post_quantum.h"
#include "x509/extensions.h"

namespace bulla {
namespace {

// Whether the certificate is for mail, as far as it says (RFC 8550 4.4.4).
bool is_for_mail(const Certificate& certificate) {
  const auto& purposes = certificate.extended_key_usage();
  if (!purposes) return true;
  return std::any_of(purposes->begin(), purposes->end(), [](const Oid& purpose) {
    return purpose == x509::kEmailProtection || purpose == x509::kAnyExtendedKeyUsage;
  });
}

// The usage that encryption to a key of this kind needs (CERT-39), or nothing if it
// can only sign.
Result<KeyUsage> encryption_usage(const Certificate& certificate) {
  switch (certificate.key_kind()) {
    case KeyKind::Rsa:
    case KeyKind::RsaOaep:
    case KeyKind::RsaKem:
    case KeyKind::MlKem512:
    case KeyKind::MlKem768:
    case KeyKind::MlKem1024:
      return KeyUsage::KeyEncipherment;
    case KeyKind::Ec:
    case KeyKind::X25519:
    case KeyKind::X448:
      return KeyUsage::KeyAgreement;
    case KeyKind::Dh:  // read, never written (RFC 8551 B.4)
    case KeyKind::Unknown:
      return failure(Rule::CryptoUnknownAlgorithm, 0,
                     certificate.key_description() + " of " + certificate.subject());
    default:
      return failure(
          Rule::EncKeyUsage, 0,
          certificate.subject() + ": " + certificate.key_description() + " keys can only sign");
  }
}

}  // namespace

Result<void> check_recipient(const Certificate& certificate, Time at) {
  std::string subject = certificate.subject();
  KeyUsage usage = TRY(encryption_usage(certificate));
  bool fits = certificate.allows(usage) && is_for_mail(certificate);
  if (!fits) return failure(Rule::EncKeyUsage, 0, subject);
  const auto* post_quantum = crypto::find_post_quantum(certificate.key_kind());
  if (post_quantum != nullptr && !crypto::is_available(*post_quantum)) {
    return crypto::unavailable(*post_quantum);
  }
  if (at > certificate.not_after() || at < certificate.not_before()) {
    return failure(Rule::EncExpiredRecipient, 0, subject);
  }
  return {};
}

Result<void> check_validity(const Certificate& certificate, Time at) {
  std::string subject = certificate.subject();
  if (at > certificate.not_after()) return failure(Rule::CertExpired, 0, subject);
  if (at < certificate.not_before()) return failure(Rule::CertNotYetValid, 0, subject);
  return {};
}

Result<void> check_signatures(const Certificate& certificate, Time at) {
  std::string subject = certificate.subject();
  bool may_sign = certificate.allows(KeyUsage::DigitalSignature) ||
                  certificate.allows(KeyUsage::NonRepudiation);
  if (!may_sign) return failure(Rule::CertKeyUsage, 0, subject);
  return check_validity(certificate, at);
}

Result<void> check_signer(const Certificate& certificate, Time at) {
  if (!is_for_mail(certificate)) {
    return failure(Rule::CertExtendedKeyUsage, 0, certificate.subject());
  }
  return check_signatures(certificate, at);
}

}  // namespace bulla

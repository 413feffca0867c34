#include "message/rules.h"

#include "cms/recipient_key.h"
#include "crypto/algorithm_table.h"
#include "crypto/kem.h"
#include "crypto/key_kind.h"

namespace bulla {

std::optional<KeyManagement> key_management(KeyKind kind) {
  switch (kind) {
    case KeyKind::Rsa:
      return KeyManagement::Rsa;
    case KeyKind::RsaOaep:
      return KeyManagement::RsaOaep;
    case KeyKind::RsaKem:
      return KeyManagement::RsaKem;
    case KeyKind::Ec:
      return KeyManagement::Ecdh;
    case KeyKind::X25519:
    case KeyKind::X448:
      return KeyManagement::Xdh;
    case KeyKind::Dh:
      return KeyManagement::Dh;
    case KeyKind::MlKem512:
      return KeyManagement::MlKem512;
    case KeyKind::MlKem768:
      return KeyManagement::MlKem768;
    case KeyKind::MlKem1024:
      return KeyManagement::MlKem1024;
    default:
      return std::nullopt;
  }
}

KeyManagement key_management(const TransportScheme& scheme) {
  return scheme.algorithm == TransportAlgorithm::RsaOaep ? KeyManagement::RsaOaep
                                                         : KeyManagement::Rsa;
}

namespace {

std::optional<KeyManagement> kem_management(KemAlgorithm algorithm) {
  switch (algorithm) {
    case KemAlgorithm::Rsa:
      return KeyManagement::RsaKem;
    case KemAlgorithm::MlKem512:
      return KeyManagement::MlKem512;
    case KemAlgorithm::MlKem768:
      return KeyManagement::MlKem768;
    case KemAlgorithm::MlKem1024:
      return KeyManagement::MlKem1024;
  }
  return std::nullopt;
}

// The key says it, where it stands there: some programs derive by X9.63 with X25519 too
// (RFC 8418 2 has HKDF).
bool agrees_by_xdh(const cms::KeyAgreeRecipientInfo& info, const crypto::KeyAgreement& agreement) {
  if (info.originator) return agreement.kdf == crypto::Kdf::Hkdf;
  return cms::takes(info, KeyKind::X25519) || cms::takes(info, KeyKind::X448);
}

}  // namespace

std::optional<KeyManagement> key_management(const cms::RecipientInfo& recipient) {
  if (const auto* ktri = std::get_if<cms::KeyTransRecipientInfo>(&recipient)) {
    auto scheme = crypto::read_transport_scheme(ktri->key_encryption_algorithm);
    if (!scheme) return std::nullopt;
    return key_management(*scheme);
  }
  if (const auto* kari = std::get_if<cms::KeyAgreeRecipientInfo>(&recipient)) {
    auto agreement = crypto::read_key_agreement(kari->key_encryption_algorithm);
    if (!agreement) return std::nullopt;
    if (agreement->kdf == crypto::Kdf::X942) return KeyManagement::Dh;
    return agrees_by_xdh(*kari, *agreement) ? KeyManagement::Xdh : KeyManagement::Ecdh;
  }
  if (const auto* kemri = std::get_if<cms::KemRecipientInfo>(&recipient)) {
    auto algorithm = crypto::read_kem(kemri->kem);
    return algorithm ? kem_management(*algorithm) : std::nullopt;
  }
  if (std::holds_alternative<cms::KekRecipientInfo>(recipient)) return KeyManagement::Kek;
  if (std::holds_alternative<cms::PasswordRecipientInfo>(recipient)) {
    return KeyManagement::Password;
  }
  return std::nullopt;
}

x509::RevocationPolicy revocation_policy(Revocation revocation) {
  switch (revocation) {
    case Revocation::Off:
      return x509::RevocationPolicy::Off;
    case Revocation::Soft:
      return x509::RevocationPolicy::Soft;
    case Revocation::Hard:
      return x509::RevocationPolicy::Hard;
  }
  return x509::RevocationPolicy::Hard;
}

std::string short_key(const AlgorithmRules& rules, const Certificate& certificate) {
  std::size_t bits = certificate.key_bits();
  KeyKind kind = certificate.key_kind();
  std::size_t enough = crypto::is_rsa(kind)  ? rules.min_rsa_bits
                       : kind == KeyKind::Ec ? rules.min_ec_bits
                                             : 0;
  if (bits >= enough) return "";
  return certificate.key_description() + " is shorter than " + std::to_string(enough) + " bits";
}

std::string refused_signature(const AlgorithmRules& rules, const SignatureScheme& scheme,
                              std::optional<Digest> content_digest) {
  if (!is_allowed(rules.signatures, scheme.algorithm)) {
    return "signatures with " + std::string(name(scheme.algorithm));
  }
  // EdDSA and the like fix what they digest with; the content's digest is chosen.
  Digest digest = content_digest.value_or(scheme.digest);
  if (!is_allowed(rules.digests, digest)) return "the digest " + std::string(name(digest));
  return "";
}

}  // namespace bulla

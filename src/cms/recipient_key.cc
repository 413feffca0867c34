#include "cms/recipient_key.h"

#include <algorithm>

#include "base/try.h"
#include "cms/shared_info.h"
#include "crypto/dh.h"
#include "crypto/kem.h"
#include "x509/certificate_key.h"

namespace bulla::cms {
namespace {

constexpr Oid kEcPublicKey = Oid::of("1.2.840.10045.2.1");
constexpr Oid kX25519 = Oid::of("1.3.101.110");
constexpr Oid kX448 = Oid::of("1.3.101.111");

bool agrees(KeyKind kind) {
  return kind == KeyKind::Ec || kind == KeyKind::X25519 || kind == KeyKind::X448 ||
         kind == KeyKind::Dh;
}

KeyKind originator_kind(const Oid& oid) {
  if (oid == kEcPublicKey) return KeyKind::Ec;
  if (oid == kX25519) return KeyKind::X25519;
  if (oid == crypto::kDhPublicNumber) return KeyKind::Dh;
  return oid == kX448 ? KeyKind::X448 : KeyKind::Unknown;
}

// A key that has another size than the cipher's is no key (T-39, KM-08).
Result<Secret> of_size(Result<Secret> key, std::size_t size) {
  if (key && key->size() != size) return failure(Rule::EncFailed);
  return key;
}

Result<crypto::KeyWrap> read_wrap(const asn1::AlgorithmIdentifier& algorithm) {
  auto wrap = crypto::read_key_wrap(algorithm);
  if (wrap) return *wrap;
  return failure(Rule::CryptoUnknownAlgorithm, 0, algorithm.algorithm.to_string());
}

// The curve or group that originatorKey names, if it names one, is the recipient's (KM-12,
// KM-13, KM-15).
bool same_curve(const KeyAgreeRecipientInfo& info, const PrivateKey& key) {
  const auto& algorithm = info.originator_algorithm;
  bool is_dh = key.kind() == KeyKind::Dh;
  if (key.kind() != KeyKind::Ec && !is_dh) return !algorithm.parameters;
  if (algorithm.has_no_or_null_parameters()) return true;
  auto own = crypto::PublicKey::parse(key.subject_public_key_info());
  if (!is_dh) return own && equal(own->curve(), *algorithm.parameters);
  auto group = crypto::read_dh_group(algorithm);
  return own && group && equal(own->curve(), group->encode());
}

// The X9.42 KDF belongs to the groups of RFC 2631, the others to curves (RFC 3370 4.1, RFC
// 5753 7.1.4). ssDH has the originator's certificate, and a ukm that makes each key another.
Result<void> check_agreement(const crypto::KeyAgreement& agreement,
                             const KeyAgreeRecipientInfo& info, KeyKind kind) {
  if ((agreement.kdf == crypto::Kdf::X942) != (kind == KeyKind::Dh)) {
    return failure(Rule::EncFailed);
  }
  if (agreement.is_static && (!info.originator || !info.ukm)) {
    return failure(Rule::CryptoBadParameters, 0, "static-static Diffie-Hellman");
  }
  return {};
}

// The originator's public key: in the message, or of a certificate in it (CMS-53).
Result<Bytes> peer_key(const EnvelopedHeader& header, const KeyAgreeRecipientInfo& info,
                       const PrivateKey& key) {
  if (!info.originator) {
    bool fits =
        originator_kind(info.originator_algorithm.algorithm) == key.kind() && same_curve(info, key);
    if (!fits) return failure(Rule::EncFailed);
    return info.originator_key;
  }
  for (const Certificate& certificate : header.originator_certificates) {
    if (!info.originator->matches(certificate)) continue;
    auto peer = x509::public_key(certificate);
    auto own = crypto::PublicKey::parse(key.subject_public_key_info());
    bool fits = peer && own && peer->kind() == own->kind() && equal(peer->curve(), own->curve());
    if (!fits) return failure(Rule::EncFailed);
    return to_bytes(peer->subject_public_key());
  }
  return failure(Rule::EncFailed);
}

// Forms of keyInfo before RFC 5753: NULL where now nothing stands, or the reverse, or
// the content's algorithm (RFC 3278; KM-22).
std::vector<asn1::AlgorithmIdentifier> old_key_infos(const EnvelopedHeader& header,
                                                     const crypto::KeyAgreement& agreement) {
  asn1::AlgorithmIdentifier toggled{.algorithm = agreement.wrap_identifier.algorithm,
                                    .parameters = std::nullopt};
  if (!agreement.wrap_identifier.parameters) {
    toggled.parameters = asn1::encode([](asn1::Writer& out) { out.null(); });
  }
  return {std::move(toggled), header.content_encryption_algorithm};
}

Result<Secret> unwrap_agreed(const crypto::KeyAgreement& agreement, ByteView shared,
                             const std::optional<Bytes>& ukm, ByteView wrapped, std::size_t size) {
  std::optional<ByteView> keying_material;
  if (ukm) keying_material = *ukm;
  Secret kek = TRY(derive_key_encryption_key(agreement, shared, keying_material));
  return of_size(crypto::unwrap_key(agreement.wrap, kek.view(), wrapped), size);
}

}  // namespace

bool takes(const KeyTransRecipientInfo& info, KeyKind kind) {
  if (kind == KeyKind::Rsa) return true;
  auto scheme = crypto::read_transport_scheme(info.key_encryption_algorithm);
  return kind == KeyKind::RsaOaep && scheme && scheme->algorithm == TransportAlgorithm::RsaOaep;
}

bool takes(const KeyAgreeRecipientInfo& info, KeyKind kind) {
  if (info.originator) return agrees(kind);
  return agrees(kind) && originator_kind(info.originator_algorithm.algorithm) == kind;
}

bool takes(const KemRecipientInfo& info, KeyKind kind) {
  auto algorithm = crypto::read_kem(info.kem);
  return algorithm && crypto::kem_of(kind) == *algorithm;
}

Result<Secret> open_ktri(const KeyTransRecipientInfo& info, const PrivateKey& key,
                         std::size_t size) {
  TransportScheme scheme = TRY(crypto::read_transport_scheme(info.key_encryption_algorithm));
  if (!takes(info, key.kind())) return failure(Rule::EncFailed);
  return of_size(key.decrypt_key(scheme, info.encrypted_key, size), size);
}

Result<AgreedKey> open_kari(const EnvelopedHeader& header, const KeyAgreeRecipientInfo& info,
                            std::size_t recipient, const PrivateKey& key, std::size_t size,
                            OldForms old_forms) {
  crypto::KeyAgreement agreement = TRY(crypto::read_key_agreement(info.key_encryption_algorithm));
  TRY_VOID(check_agreement(agreement, info, key.kind()));
  Bytes peer = TRY(peer_key(header, info, key));
  Secret shared = TRY(key.agree(peer));
  ByteView wrapped = info.recipients[recipient].encrypted_key;
  auto opened = unwrap_agreed(agreement, shared.view(), info.ukm, wrapped, size);
  if (opened) return AgreedKey{.key = std::move(*opened)};
  bool has_old_forms = agreement.kdf != crypto::Kdf::X942;
  if (old_forms == OldForms::Refuse || !has_old_forms) return failure(Rule::EncFailed);
  for (const asn1::AlgorithmIdentifier& key_info : old_key_infos(header, agreement)) {
    agreement.wrap_identifier = key_info;
    opened = unwrap_agreed(agreement, shared.view(), info.ukm, wrapped, size);
    if (opened) return AgreedKey{.key = std::move(*opened), .used_old_form = true};
  }
  return failure(Rule::EncFailed);
}

// kekLength must be the wrap's (KM-42); a message that says otherwise is refused before any
// key is used.
Result<Secret> open_kemri(const KemRecipientInfo& info, const PrivateKey& key, std::size_t size) {
  KemAlgorithm algorithm = TRY(crypto::read_kem(info.kem));
  crypto::KemKdf kdf = TRY(crypto::read_kem_kdf(info.kdf));
  crypto::KeyWrap wrap = TRY(read_wrap(info.wrap));
  std::size_t kek_size = crypto::key_size(wrap);
  if (info.kek_length != static_cast<std::int64_t>(kek_size)) {
    return failure(Rule::CryptoBadParameters, 0, "kekLength");
  }
  if (!takes(info, key.kind())) return failure(Rule::EncFailed);
  std::optional<ByteView> ukm;
  if (info.ukm) ukm = *info.ukm;
  Secret shared = TRY(key.decapsulate(algorithm, info.kemct));
  Bytes other_info = kem_other_info(info.wrap, info.kek_length, ukm);
  Secret kek = TRY(crypto::derive_kem_key(algorithm, kdf, shared.view(), other_info, kek_size));
  return of_size(crypto::unwrap_key(wrap, kek.view(), info.encrypted_key), size);
}

Result<Secret> open_kekri(const KekRecipientInfo& info, ByteView kek, std::size_t size) {
  crypto::KeyWrap wrap = TRY(read_wrap(info.key_encryption_algorithm));
  if (kek.size() != crypto::key_size(wrap)) return failure(Rule::EncFailed);
  return of_size(crypto::unwrap_key(wrap, kek, info.encrypted_key), size);
}

Result<PasswordMethod> PasswordMethod::read(const PasswordRecipientInfo& info,
                                            const Limits& limits) {
  // Without keyDerivationAlgorithm the key comes from elsewhere (CMS-56): no password fits.
  if (!info.key_derivation_algorithm) {
    return failure(Rule::CryptoUnknownAlgorithm, 0, "no key derivation");
  }
  PasswordMethod method;
  method.derivation = TRY(crypto::read_password_derivation(*info.key_derivation_algorithm, limits));
  if (info.key_encryption_algorithm.algorithm == kPwriKek) {
    method.password_wrap = TRY(PasswordWrap::read(info.key_encryption_algorithm));
  } else {
    method.key_wrap = TRY(read_wrap(info.key_encryption_algorithm));
  }
  return method;
}

Result<Secret> PasswordMethod::open(const PasswordRecipientInfo& info, ByteView password,
                                    std::size_t size) const {
  std::size_t kek_size =
      password_wrap ? crypto::row(password_wrap->cipher).key_size : crypto::key_size(key_wrap);
  Secret kek = TRY(crypto::derive(derivation, password, kek_size));
  if (password_wrap) return password_wrap->unwrap(kek.view(), info.encrypted_key, size);
  return of_size(crypto::unwrap_key(key_wrap, kek.view(), info.encrypted_key), size);
}

}  // namespace bulla::cms

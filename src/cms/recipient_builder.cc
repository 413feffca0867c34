#include "cms/recipient_builder.h"

#include <map>
#include <set>

#include "base/try.h"
#include "bulla/limits.h"
#include "cms/password_wrap.h"
#include "cms/shared_info.h"
#include "crypto/kem.h"
#include "x509/certificate_key.h"

namespace bulla::cms {
namespace {

constexpr Oid kEcPublicKey = Oid::of("1.2.840.10045.2.1");
constexpr Oid kX25519 = Oid::of("1.3.101.110");
constexpr Oid kX448 = Oid::of("1.3.101.111");

constexpr std::size_t kSaltSize = 16;  // KM-33

Result<void> require_usage(const Certificate& certificate, KeyUsage usage) {
  if (certificate.allows(usage)) return {};
  return failure(Rule::EncKeyUsage, 0, certificate.subject());
}

// An id-RSAES-OAEP key is for OAEP alone (ALG-42).
TransportScheme transport_for(const CertificateRecipient& recipient) {
  if (recipient.certificate.key_kind() != KeyKind::RsaOaep) return recipient.transport;
  TransportScheme scheme = recipient.transport;
  scheme.algorithm = TransportAlgorithm::RsaOaep;
  return scheme;
}

Result<RecipientInfo> make_ktri(const CertificateRecipient& recipient, EntityIdentifier rid,
                                const crypto::PublicKey& key, ByteView content_key) {
  TRY_VOID(require_usage(recipient.certificate, KeyUsage::KeyEncipherment));
  TransportScheme scheme = transport_for(recipient);
  KeyTransRecipientInfo info;
  info.version = rid.key_identifier.empty() ? 0 : 2;  // CMS-51
  info.rid = std::move(rid);
  info.key_encryption_algorithm = crypto::transport_identifier(scheme);
  info.encrypted_key = TRY(key.encrypt_key(scheme, content_key));
  return info;
}

// AES, at least as long as the content key (ALG-51), and as RFC 9936 2.2 wants it for the
// set (KM-48).
crypto::KeyWrap kem_wrap_for(KemAlgorithm algorithm, std::size_t content_key_size) {
  bool is_large = algorithm == KemAlgorithm::MlKem768 || algorithm == KemAlgorithm::MlKem1024;
  if (is_large || content_key_size > 24) return crypto::KeyWrap::Aes256;
  return content_key_size > 16 ? crypto::KeyWrap::Aes192 : crypto::KeyWrap::Aes128;
}

Result<RecipientInfo> make_kemri(const CertificateRecipient& recipient, EntityIdentifier rid,
                                 const crypto::PublicKey& key, ByteView content_key) {
  TRY_VOID(require_usage(recipient.certificate, KeyUsage::KeyEncipherment));  // KM-04
  std::optional<KemAlgorithm> algorithm = crypto::kem_of(key.kind());
  crypto::KemKdf kdf;  // HKDF with SHA-256 (KM-47)
  if (algorithm == KemAlgorithm::Rsa) kdf.function = crypto::KemKdf::Function::Kdf3;  // KM-54
  crypto::KeyWrap wrap = kem_wrap_for(*algorithm, content_key.size());
  std::size_t kek_size = crypto::key_size(wrap);
  crypto::Encapsulation encapsulation = TRY(key.encapsulate());
  KemRecipientInfo info;
  info.rid = std::move(rid);
  info.kem = crypto::kem_identifier(*algorithm);
  info.kemct = std::move(encapsulation.kemct);
  info.kdf = crypto::kem_kdf_identifier(kdf);
  info.kek_length = static_cast<std::int64_t>(kek_size);
  info.wrap = crypto::key_wrap_identifier(wrap);
  Bytes other_info = kem_other_info(info.wrap, info.kek_length, std::nullopt);
  Secret kek = TRY(
      crypto::derive_kem_key(*algorithm, kdf, encapsulation.shared.view(), other_info, kek_size));
  info.encrypted_key = TRY(crypto::wrap_key(wrap, kek.view(), content_key));
  return info;
}

// The KDF's hash is as strong as the curve (RFC 5753 8, RFC 8418 5, KM-30).
crypto::KeyAgreement agreement_for(const crypto::PublicKey& key, crypto::KeyWrap wrap) {
  crypto::KeyAgreement agreement{.wrap = wrap,
                                 .wrap_identifier = crypto::key_wrap_identifier(wrap)};
  switch (key.kind()) {
    case KeyKind::X25519:
      agreement.kdf = crypto::Kdf::Hkdf;
      break;
    case KeyKind::X448:
      agreement.kdf = crypto::Kdf::Hkdf;
      agreement.digest = Digest::Sha512;
      break;
    default:
      if (key.bits() > 256) agreement.digest = Digest::Sha384;
      if (key.bits() > 384) agreement.digest = Digest::Sha512;
  }
  return agreement;
}

// Parameters absent: the curve is the recipient's (KM-13, KM-25).
asn1::AlgorithmIdentifier originator_algorithm(KeyKind kind) {
  if (kind == KeyKind::X25519) return {.algorithm = kX25519, .parameters = std::nullopt};
  if (kind == KeyKind::X448) return {.algorithm = kX448, .parameters = std::nullopt};
  return {.algorithm = kEcPublicKey, .parameters = std::nullopt};
}

bool same_scheme(const crypto::KeyAgreement& a, const crypto::KeyAgreement& b) {
  return a.kdf == b.kdf && a.digest == b.digest && a.cofactor == b.cofactor && a.wrap == b.wrap;
}

// The key agreements of one message: all recipients with keys of one kind and curve, and with
// one scheme, are in one KeyAgreeRecipientInfo, with one ephemeral key (RFC 5753 3.1.1). The ukm,
// which is advised there, adds nothing to a key that is used in one message, and older
// readers do not take it: it is left out.
class KeyAgreements {
 public:
  KeyAgreements(ContentCipher cipher, std::vector<RecipientInfo>& infos)
      : wrap_(crypto::key_wrap_for(cipher)), infos_(infos) {}

  // Where the encrypted key of a recipient goes.
  struct Place {
    std::size_t group;
    std::size_t index;
  };

  Result<Place> add(const CertificateRecipient& recipient, EntityIdentifier rid,
                    const crypto::PublicKey& key) {
    TRY_VOID(require_usage(recipient.certificate, KeyUsage::KeyAgreement));
    std::size_t group =
        TRY(group_for(key, recipient.agreement.value_or(agreement_for(key, wrap_))));
    auto& recipients = info(group).recipients;
    recipients.push_back({.rid = std::move(rid), .encrypted_key = {}});
    return Place{group, recipients.size() - 1};
  }

  // When all are added; for several recipients at the same time.
  Result<void> encrypt(Place place, const crypto::PublicKey& key, ByteView content_key) {
    const Group& group = groups_[place.group];
    Secret shared = TRY(group.ephemeral.agree(key));
    Secret kek = TRY(derive_key_encryption_key(group.agreement, shared.view(), std::nullopt));
    info(place.group).recipients[place.index].encrypted_key =
        TRY(crypto::wrap_key(group.agreement.wrap, kek.view(), content_key));
    return {};
  }

 private:
  struct Group {
    crypto::EphemeralKey
        ephemeral;  // of all on the curve, and of this message alone (KM-16, KM-27)
    crypto::KeyAgreement agreement;
    std::size_t index;  // of its RecipientInfo
  };

  KeyAgreeRecipientInfo& info(std::size_t group) {
    return std::get<KeyAgreeRecipientInfo>(infos_[groups_[group].index]);
  }

  Result<std::size_t> group_for(const crypto::PublicKey& key, crypto::KeyAgreement agreement) {
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      bool is_alike = same_scheme(groups_[i].agreement, agreement);
      if (is_alike && groups_[i].ephemeral.fits(key)) return i;
    }
    groups_.push_back({.ephemeral = TRY(crypto::EphemeralKey::make_for(key)),
                       .agreement = std::move(agreement),
                       .index = infos_.size()});
    Group& group = groups_.back();
    KeyAgreeRecipientInfo info;
    info.originator_algorithm = originator_algorithm(key.kind());
    info.originator_key = to_bytes(group.ephemeral.subject_public_key());
    info.key_encryption_algorithm = crypto::key_agreement_identifier(group.agreement);
    infos_.push_back(std::move(info));
    return groups_.size() - 1;
  }

  crypto::KeyWrap wrap_;
  std::vector<RecipientInfo>& infos_;
  std::vector<Group> groups_;
};

Result<crypto::KeyWrap> wrap_of_size(std::size_t size) {
  if (size == 16) return crypto::KeyWrap::Aes128;
  if (size == 24) return crypto::KeyWrap::Aes192;
  if (size == 32) return crypto::KeyWrap::Aes256;
  return failure(Rule::CryptoBadKey, 0, "a key-encryption key has 16, 24 or 32 octets");
}

Result<RecipientInfo> make_kekri(const KekRecipient& recipient, ByteView content_key) {
  crypto::KeyWrap wrap = TRY(wrap_of_size(recipient.kek.size()));
  if (recipient.kek.size() < content_key.size()) {  // ALG-51
    return failure(Rule::CryptoBadKey, 0, "the key-encryption key is shorter than the content key");
  }
  KekRecipientInfo info;
  info.key_identifier = recipient.key_identifier;
  info.key_encryption_algorithm = crypto::key_wrap_identifier(wrap);
  info.encrypted_key = TRY(crypto::wrap_key(wrap, recipient.kek.view(), content_key));
  return info;
}

// N = 16384 and r = 8 take 16 MiB, within what a message may take; p = 5 makes up for it in
// time, about that of the iterations of PBKDF2.
Result<crypto::PasswordDerivation> derivation_for(const PasswordRecipient& recipient) {
  Bytes salt = TRY(crypto::random_bytes(kSaltSize));
  if (recipient.derivation == PasswordRecipient::Derivation::Scrypt) {
    return crypto::Scrypt{.salt = std::move(salt),
                          .cost = 16'384,
                          .block_size = 8,
                          .parallelization = 5,
                          .key_size = std::nullopt};
  }
  return crypto::Pbkdf2{.salt = std::move(salt),
                        .iterations = recipient.iterations,
                        .key_size = std::nullopt,
                        .prf = Digest::Sha256};
}

Result<RecipientInfo> make_pwri(const PasswordRecipient& recipient, const Limits& limits,
                                ByteView content_key) {
  crypto::PasswordDerivation derivation = TRY(derivation_for(recipient));
  if (crypto::iterations(derivation) > limits.pbkdf2_iterations) {
    return failure(Rule::LimitIterations);
  }
  const crypto::ContentCipherRow& row = crypto::row(ContentCipher::Aes256Cbc);
  Bytes iv = TRY(crypto::random_bytes(row.iv_size));
  PasswordWrap wrap{.cipher = row.cipher, .iv = std::move(iv)};
  Secret kek = TRY(crypto::derive(derivation, recipient.password.view(), row.key_size));
  PasswordRecipientInfo info;
  info.key_derivation_algorithm = crypto::password_derivation_identifier(derivation);
  info.key_encryption_algorithm = wrap.identifier();
  info.encrypted_key = TRY(wrap.wrap(kek.view(), content_key));
  return info;
}

// Names for the recipients, each certificate once.
class Names {
 public:
  // Nothing if this certificate has a name already.
  Result<std::optional<EntityIdentifier>> add(const CertificateRecipient& recipient) {
    const Certificate& certificate = recipient.certificate;
    bool is_new = certificates_.insert(to_bytes(certificate.sha256())).second;
    if (!is_new) return std::nullopt;
    std::optional<ByteView> identifier = certificate.subject_key_identifier();
    if (recipient.name == CertificateRecipient::Name::KeyIdentifier && identifier) {
      // Certificates may share an identifier (CERT-33): the next is named by its issuer.
      EntityIdentifier name{
          .issuer_der = {}, .serial_number = {}, .key_identifier = to_bytes(*identifier)};
      if (take(name)) return name;
    }
    EntityIdentifier name = EntityIdentifier::issuer_and_serial(certificate);
    if (take(name)) return name;
    return failure(Rule::EncDuplicateRecipient, 0, name.describe());
  }

 private:
  bool take(const EntityIdentifier& name) {
    Bytes key = asn1::encode([&](asn1::Writer& out) { name.write(out); });
    return names_.insert(std::move(key)).second;
  }

  std::set<Bytes> certificates_;
  std::set<Bytes> names_;
};

// The key-encryption keys, one for each identifier.
Result<std::vector<const KekRecipient*>> distinct(const std::vector<KekRecipient>& keks) {
  std::map<Bytes, const KekRecipient*> by_identifier;
  std::vector<const KekRecipient*> result;
  for (const KekRecipient& recipient : keks) {
    auto [entry, is_new] = by_identifier.try_emplace(recipient.key_identifier, &recipient);
    if (is_new) {
      result.push_back(&recipient);
    } else if (!equal_constant_time(entry->second->kek.view(), recipient.kek.view())) {
      return failure(Rule::EncDuplicateRecipient, 0,
                     "key identifier " + to_hex(recipient.key_identifier));
    }
  }
  return result;
}

// rsaEncryption keys serve both; key transport is what most programs read.
bool uses_kem(const CertificateRecipient& recipient, KeyKind kind) {
  if (kind == KeyKind::Rsa) return recipient.rsa == CertificateRecipient::Rsa::Kem;
  return crypto::kem_of(kind).has_value();
}

Result<void> check_count(const EncryptOptions& options) {
  std::size_t count = options.recipients.size() + options.keks.size() + options.passwords.size();
  if (count == 0) return failure(Rule::CmsNoRecipients);
  if (count > options.limits.recipients) return failure(Rule::LimitRecipients);
  return {};
}

// The recipients with certificates: named and put in their places in order, their keys then
// encrypted in any.
class CertificateRecipients {
 public:
  CertificateRecipients(const EncryptOptions& options, ByteView content_key,
                        std::vector<RecipientInfo>& infos)
      : options_(options),
        content_key_(content_key),
        infos_(infos),
        agreements_(options.cipher, infos) {}

  Result<void> add(const CertificateRecipient& recipient) {
    std::optional<EntityIdentifier> rid = TRY(names_.add(recipient));
    if (!rid) return {};
    crypto::PublicKey key = TRY(x509::public_key(recipient.certificate));
    KeyKind kind = key.kind();
    bool agrees = kind == KeyKind::Ec || kind == KeyKind::X25519 || kind == KeyKind::X448;
    bool transports = kind == KeyKind::Rsa || kind == KeyKind::RsaOaep;
    if (!agrees && !transports && !uses_kem(recipient, kind)) {
      return failure(Rule::CryptoBadKey, 0,
                     "a key of kind " + std::string(name(kind)) + " cannot encrypt");
    }
    Task task{.recipient = &recipient, .rid = {}, .key = std::move(key), .place = {}};
    if (agrees) {
      task.place = TRY(agreements_.add(recipient, std::move(*rid), task.key));
    } else {
      task.rid = std::move(*rid);
      task.index = infos_.size();
      infos_.emplace_back();
    }
    tasks_.push_back(std::move(task));
    return {};
  }

  // Errors: of the first recipient that has one.
  Result<void> encrypt_keys() {
    std::vector<Result<void>> results(tasks_.size());
    auto encrypt = [&](std::size_t i) { results[i] = encrypt_key(tasks_[i]); };
    if (options_.workers != nullptr) {
      options_.workers->for_each(tasks_.size(), encrypt);
    } else {
      for (std::size_t i = 0; i < tasks_.size(); ++i) encrypt(i);
    }
    for (const Result<void>& result : results) TRY_VOID(result);
    return {};
  }

 private:
  struct Task {
    const CertificateRecipient* recipient;
    EntityIdentifier rid;
    crypto::PublicKey key;
    std::optional<KeyAgreements::Place> place;  // else:
    std::size_t index = 0;                      // of its RecipientInfo
  };

  Result<void> encrypt_key(Task& task) {
    if (task.place) return agreements_.encrypt(*task.place, task.key, content_key_);
    auto make = uses_kem(*task.recipient, task.key.kind()) ? make_kemri : make_ktri;
    infos_[task.index] = TRY(make(*task.recipient, std::move(task.rid), task.key, content_key_));
    return {};
  }

  const EncryptOptions& options_;
  ByteView content_key_;
  std::vector<RecipientInfo>& infos_;
  Names names_;
  KeyAgreements agreements_;
  std::vector<Task> tasks_;
};

}  // namespace

Result<std::vector<RecipientInfo>> make_recipient_infos(const EncryptOptions& options,
                                                        ByteView content_key) {
  TRY_VOID(check_count(options));
  std::vector<RecipientInfo> infos;
  CertificateRecipients recipients(options, content_key, infos);
  for (const CertificateRecipient& recipient : options.recipients) {
    TRY_VOID(recipients.add(recipient));
  }
  TRY_VOID(recipients.encrypt_keys());
  for (const KekRecipient* recipient : TRY(distinct(options.keks))) {
    infos.push_back(TRY(make_kekri(*recipient, content_key)));
  }
  for (const PasswordRecipient& recipient : options.passwords) {
    infos.push_back(TRY(make_pwri(recipient, options.limits, content_key)));
  }
  return infos;
}

}  // namespace bulla::cms

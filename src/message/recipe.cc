#include "message/recipe.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "x509/certificate_key.h"
#include "x509/extensions.h"
#include "x509/key_identifier.h"

namespace bulla {
namespace {

// RSA keys below this are named as short (RFC 8551 4.2).
constexpr std::size_t kShortRsaBits = 2'048;

// Whether the certificate is for mail, as far as it says (RFC 8550 4.4.4).
bool is_for_mail(const Certificate& certificate) {
  const auto& purposes = certificate.extended_key_usage();
  if (!purposes) return true;
  return std::any_of(purposes->begin(), purposes->end(), [](const Oid& purpose) {
    return purpose == x509::kEmailProtection || purpose == x509::kAnyExtendedKeyUsage;
  });
}

// Key and certificate have the same public key; the OIDs of RSA keys may differ. What
// cannot be read fails later, with its own reason.
bool is_pair(const PrivateKey& key, const Certificate& certificate) {
  Bytes spki = key.subject_public_key_info();
  auto own = x509::subject_public_key(spki);
  auto named = x509::subject_public_key(certificate.subject_public_key_info());
  return !own || !named || equal(*own, *named);
}

Result<void> check_signer(const Identity& identity, Time at) {
  if (!identity.certificate) return failure(Rule::KeyNoCertificate);
  const Certificate& certificate = *identity.certificate;
  std::string subject = certificate.subject();
  if (identity.key == nullptr) return failure(Rule::KeyNoPrivateKey, 0, subject);
  if (!is_pair(*identity.key, certificate)) return failure(Rule::KeyMismatch, 0, subject);
  if (at > certificate.not_after()) return failure(Rule::CertExpired, 0, subject);
  if (at < certificate.not_before()) return failure(Rule::CertNotYetValid, 0, subject);
  bool may_sign = certificate.allows(KeyUsage::DigitalSignature) ||
                  certificate.allows(KeyUsage::NonRepudiation);
  if (!may_sign) return failure(Rule::CertKeyUsage, 0, subject);
  if (!is_for_mail(certificate)) return failure(Rule::CertExtendedKeyUsage, 0, subject);
  return {};
}

cms::SignOptions::Chain chain(Sign::Chain chain) {
  switch (chain) {
    case Sign::Chain::WithoutRoot:
      return cms::SignOptions::Chain::WithoutRoot;
    case Sign::Chain::SignerOnly:
      return cms::SignOptions::Chain::SignerOnly;
    case Sign::Chain::None:
      break;
  }
  return cms::SignOptions::Chain::None;
}

void add_micalg(std::vector<std::string>& names, Digest digest) {
  std::string name(crypto::row(digest).micalg);
  if (name.empty()) name = "unknown";
  if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(std::move(name));
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
    case KeyKind::Unknown:
      return failure(Rule::CryptoUnknownAlgorithm, 0,
                     certificate.key_description() + " of " + certificate.subject());
    default:
      return failure(
          Rule::EncKeyUsage, 0,
          certificate.subject() + ": " + certificate.key_description() + " keys can only sign");
  }
}

Result<void> check_recipient(const Certificate& certificate, Time at) {
  std::string subject = certificate.subject();
  if (at > certificate.not_after() || at < certificate.not_before()) {
    return failure(Rule::EncExpiredRecipient, 0, subject);
  }
  KeyUsage usage = TRY(encryption_usage(certificate));
  bool fits = certificate.allows(usage) && is_for_mail(certificate);
  if (!fits) return failure(Rule::EncKeyUsage, 0, subject);
  return {};
}

bool is_rsa(const Certificate& certificate) {
  KeyKind kind = certificate.key_kind();
  return kind == KeyKind::Rsa || kind == KeyKind::RsaOaep || kind == KeyKind::RsaKem;
}

// An id-RSAES-OAEP key is for OAEP alone.
TransportScheme transport(const Encrypt& step, const Certificate& certificate) {
  TransportScheme scheme;
  bool oaep =
      step.transport == Encrypt::Transport::Oaep || certificate.key_kind() == KeyKind::RsaOaep;
  scheme.algorithm = oaep ? TransportAlgorithm::RsaOaep : TransportAlgorithm::RsaPkcs1;
  if (oaep) scheme.digest = scheme.mgf_digest = step.oaep_digest;
  return scheme;
}

std::vector<Certificate> distinct(std::vector<Certificate> certificates) {
  std::sort(certificates.begin(), certificates.end(),
            [](const auto& a, const auto& b) { return less(a.sha256(), b.sha256()); });
  certificates.erase(std::unique(certificates.begin(), certificates.end()), certificates.end());
  return certificates;
}

std::string describe_recipients(const Encrypt& step, const std::vector<Certificate>& certificates) {
  std::size_t count = certificates.size() + step.keks.size() + step.passwords.size();
  std::string names;
  auto add = [&](const std::string& name) { names += (names.empty() ? "" : "; ") + name; };
  for (const Certificate& certificate : certificates) add(printable(certificate.subject()));
  for (const KekChoice& kek : step.keks) add("key " + to_hex(kek.key_identifier));
  if (!step.passwords.empty()) add(step.passwords.size() == 1 ? "a password" : "passwords");
  return std::to_string(count) + (count == 1 ? " recipient: " : " recipients: ") + names;
}

}  // namespace

Result<SignPlan> plan_sign(const Sign& step, const SealOptions& options) {
  if (step.signers.empty()) return failure(Rule::KeyNoneFits, 0, "no signer is given");
  SignPlan plan;
  plan.form = step.form;
  plan.options.chain = chain(step.chain);
  plan.options.limits = options.limits;
  plan.options.workers = options.workers;
  plan.description = "signed by ";
  for (const SignerChoice& choice : step.signers) {
    TRY_VOID(check_signer(choice.identity, options.at));
    auto padding = choice.padding == SignerChoice::Padding::Pss ? cms::RsaPadding::Pss
                                                                : cms::RsaPadding::Pkcs1;
    auto key = TRY(x509::public_key(*choice.identity.certificate));
    SignatureScheme scheme = TRY(cms::choose_scheme(key, choice.digest, padding));
    if (!plan.micalg.empty()) plan.description += "; ";
    plan.description += printable(choice.identity.certificate->subject()) + ": " + describe(scheme);
    add_micalg(plan.micalg, scheme.digest);
    cms::Signer signer;
    signer.identity = choice.identity;
    signer.scheme = std::move(scheme);
    signer.signing_time = step.signing_time.value_or(options.at);
    plan.options.signers.push_back(std::move(signer));
  }
  return plan;
}

Result<EncryptPlan> plan_encrypt(const Encrypt& step, const SealOptions& options) {
  EncryptPlan plan;
  plan.options.limits = options.limits;
  plan.options.workers = options.workers;
  plan.options.cipher = step.cipher.value_or(ContentCipher::Aes256Cbc);
  if (crypto::row(plan.options.cipher).use == crypto::Use::Read) {
    return failure(Rule::CryptoUnknownAlgorithm, 0,
                   std::string(name(plan.options.cipher)) + " is read, not written");
  }
  bool derives = step.content_key == Encrypt::ContentKey::Derived;
  if (derives) plan.options.content_key = cms::EncryptOptions::ContentKey::Derived;
  std::vector<Certificate> certificates = distinct(step.recipients);
  bool is_empty = certificates.empty() && step.keks.empty() && step.passwords.empty();
  if (is_empty) return failure(Rule::CmsNoRecipients);
  for (const Certificate& certificate : certificates) {
    TRY_VOID(check_recipient(certificate, options.at));
    if (is_rsa(certificate) && certificate.key_bits() < kShortRsaBits) {
      plan.findings.push_back(Finding::of(
          Rule::EncWeakKey, {}, certificate.subject() + ": " + certificate.key_description()));
    }
    cms::CertificateRecipient recipient{.certificate = certificate, .transport = {}};
    if (is_rsa(certificate)) recipient.transport = transport(step, certificate);
    if (step.transport == Encrypt::Transport::Kem) {
      recipient.rsa = cms::CertificateRecipient::Rsa::Kem;
    }
    plan.options.recipients.push_back(std::move(recipient));
  }
  for (const KekChoice& kek : step.keks) {
    plan.options.keks.push_back({.key_identifier = kek.key_identifier, .kek = kek.kek->clone()});
  }
  for (const auto& password : step.passwords) {
    plan.options.passwords.push_back({.password = password->clone()});
  }
  if (crypto::row(plan.options.cipher).standing != crypto::Standing::Current) {
    plan.findings.push_back(
        Finding::of(Rule::EncWeakCipher, {}, std::string(name(plan.options.cipher))));
  }
  plan.recipients = describe_recipients(step, certificates);
  plan.description = "encrypted with " + std::string(name(plan.options.cipher)) +
                     (derives ? " and a derived key for " : " for ") + plan.recipients;
  return plan;
}

Result<RecipePlan> plan_recipe(const Recipe& recipe, const SealOptions& options) {
  if (recipe.steps.empty()) return failure(Rule::ConfigBad, 0, "the recipe has no steps");
  RecipePlan plan;
  for (const Step& step : recipe.steps) {
    if (const auto* sign = std::get_if<Sign>(&step)) {
      SignPlan signature = TRY(plan_sign(*sign, options));
      plan.report.steps.push_back(signature.description);
      plan.has_protection = true;
      plan.steps.emplace_back(std::move(signature));
    } else if (const auto* encrypt = std::get_if<Encrypt>(&step)) {
      EncryptPlan encryption = TRY(plan_encrypt(*encrypt, options));
      plan.report.steps.push_back(encryption.description);
      for (Finding& finding : encryption.findings) plan.report.findings.push_back(finding);
      plan.has_protection = plan.has_encryption = true;
      plan.steps.emplace_back(std::move(encryption));
    } else {
      plan.report.steps.emplace_back("compressed with zlib");
      plan.steps.emplace_back(Compress{});
    }
  }
  return plan;
}

}  // namespace bulla

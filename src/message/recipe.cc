#include "message/recipe.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cms/timestamp_protocol.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_kind.h"
#include "message/recipient_path.h"
#include "message/rules.h"
#include "message/suitable.h"
#include "x509/certificate_key.h"
#include "x509/key_identifier.h"
#include "x509/path_checks.h"

namespace bulla {
namespace {

// Key and certificate have the same public key; the OIDs of RSA keys may differ. What
// cannot be read fails later, with its own reason.
bool is_pair(const PrivateKey& key, const Certificate& certificate) {
  Bytes spki = key.subject_public_key_info();
  auto own = x509::subject_public_key(spki);
  auto named = x509::subject_public_key(certificate.subject_public_key_info());
  return !own || !named || equal(*own, *named);
}

Result<void> check_pair(const Identity& identity) {
  if (!identity.certificate) return failure(Rule::KeyNoCertificate);
  std::string subject = identity.certificate->subject();
  if (identity.key == nullptr) return failure(Rule::KeyNoPrivateKey, 0, subject);
  if (!is_pair(*identity.key, *identity.certificate)) return failure(Rule::KeyMismatch, 0, subject);
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

bool is_rsa(const Certificate& certificate) { return crypto::is_rsa(certificate.key_kind()); }

std::vector<Peer> distinct_peers(std::vector<RecipientChoice> recipients) {
  std::stable_sort(recipients.begin(), recipients.end(), [](const auto& a, const auto& b) {
    return less(a.certificate.sha256(), b.certificate.sha256());
  });
  auto same = [](const auto& a, const auto& b) { return a.certificate == b.certificate; };
  recipients.erase(std::unique(recipients.begin(), recipients.end(), same), recipients.end());
  std::vector<Peer> peers;
  for (const RecipientChoice& recipient : recipients) peers.push_back(make_peer(recipient));
  return peers;
}

std::string describe_recipients(const Encrypt& step, const std::vector<Peer>& peers) {
  std::size_t count = peers.size() + step.keks.size() + step.passwords.size();
  std::string names;
  auto add = [&](const std::string& name) { names += (names.empty() ? "" : "; ") + name; };
  for (const Peer& peer : peers) add(peer.name);
  for (const KekChoice& kek : step.keks) add("key " + to_hex(kek.key_identifier));
  if (!step.passwords.empty()) add(step.passwords.size() == 1 ? "a password" : "passwords");
  return std::to_string(count) + (count == 1 ? " recipient: " : " recipients: ") + names;
}

Result<cms::CertificateRecipient> plan_recipient(const Peer& peer, ContentCipher cipher,
                                                 Chooser& chooser) {
  cms::CertificateRecipient recipient{.certificate = peer.certificate, .transport = {}};
  if (is_rsa(peer.certificate)) {
    Chooser::RsaManagement management = TRY(chooser.rsa(peer));
    recipient.transport = management.transport;
    if (management.is_kem) recipient.rsa = cms::CertificateRecipient::Rsa::Kem;
  }
  KeyKind kind = peer.certificate.key_kind();
  bool agrees = kind == KeyKind::Ec || kind == KeyKind::X25519 || kind == KeyKind::X448;
  if (agrees) recipient.agreement = chooser.agreement(peer, cipher);
  return recipient;
}

// What a profile says of the recipient's key; of RSA keys there is a choice, which comes later.
Result<void> check_rules(const Peer& peer, const AlgorithmRules& rules) {
  std::string too_short = short_key(rules, peer.certificate);
  if (!too_short.empty()) return failure(Rule::PolicyAlgorithm, 0, peer.name + ": " + too_short);
  auto management = key_management(peer.certificate.key_kind());
  bool fits =
      !management || is_rsa(peer.certificate) || is_allowed(rules.key_management, *management);
  if (fits) return {};
  return failure(Rule::PolicyAlgorithm, 0,
                 "key management by " + std::string(name(*management)) + " for " + peer.name);
}

Result<void> check_secrets(const Encrypt& step, const AlgorithmRules& rules) {
  auto check = [&](bool is_used, KeyManagement management) -> Result<void> {
    if (!is_used || is_allowed(rules.key_management, management)) return {};
    return failure(Rule::PolicyAlgorithm, 0, "key management by " + std::string(name(management)));
  };
  TRY_VOID(check(!step.keks.empty(), KeyManagement::Kek));
  return check(!step.passwords.empty(), KeyManagement::Password);
}

Findings weaknesses(const std::vector<Peer>& peers, ContentCipher cipher) {
  Findings findings;
  for (const Peer& peer : peers) {
    if (!is_rsa(peer.certificate) || peer.certificate.key_bits() >= kShortRsaBits) continue;
    findings.push_back(
        Finding::of(Rule::EncWeakKey, {},
                    peer.certificate.subject() + ": " + peer.certificate.key_description()));
  }
  if (crypto::row(cipher).standing != crypto::Standing::Current) {
    findings.push_back(Finding::of(Rule::EncWeakCipher, {}, std::string(name(cipher))));
  }
  return findings;
}

// Everybody for whom the message is encrypted.
std::vector<Peer> all_peers(const Recipe& recipe) {
  std::vector<RecipientChoice> recipients;
  for (const Step& step : recipe.steps) {
    const auto* encrypt = std::get_if<Encrypt>(&step);
    if (encrypt == nullptr) continue;
    recipients.insert(recipients.end(), encrypt->recipients.begin(), encrypt->recipients.end());
  }
  return distinct_peers(std::move(recipients));
}

// PSS if it was asked for, or stands before PKCS #1 v1.5 in the profile.
cms::RsaPadding padding_for(const SignerChoice& choice, const AlgorithmRules& rules) {
  using enum SignatureAlgorithm;
  if (choice.padding == SignerChoice::Padding::Pss) return cms::RsaPadding::Pss;
  for (SignatureAlgorithm algorithm : rules.signatures) {
    if (algorithm == RsaPss) return cms::RsaPadding::Pss;
    if (algorithm == RsaPkcs1) return cms::RsaPadding::Pkcs1;
  }
  return cms::RsaPadding::Pkcs1;
}

AlgorithmChoice digest_choice(const SignerChoice& signer, const SignatureScheme& scheme,
                              bool is_by_peers) {
  using Basis = AlgorithmChoice::Basis;
  AlgorithmChoice choice{.what = AlgorithmChoice::What::Digest,
                         .basis = Basis::Usual,
                         .value = std::string(name(scheme.digest)),
                         .whom = {printable(signer.identity.certificate->subject())},
                         .reason = "usual for the signer's key"};
  bool is_asked = signer.digest == scheme.digest;
  if (is_asked) choice.basis = Basis::Asked;
  if (is_asked) choice.reason = "it was asked for";
  if (is_by_peers) choice.basis = Basis::Capabilities;
  if (is_by_peers) choice.reason = "what the recipients state that they check";
  return choice;
}

// The scheme that fits key, request, recipients and profile.
Result<SignatureScheme> plan_scheme(const SignerChoice& choice, const std::vector<Peer>& peers,
                                    const AlgorithmRules& rules,
                                    std::vector<AlgorithmChoice>& choices) {
  const Certificate& certificate = *choice.identity.certificate;
  auto padding = padding_for(choice, rules);
  auto key = TRY(x509::public_key(certificate));
  SignatureScheme scheme = TRY(cms::choose_scheme(key, choice.digest, padding));
  auto digest = choice.digest ? std::nullopt : choose_digest(scheme, peers);
  if (digest && is_allowed(rules.digests, *digest)) {
    scheme = TRY(cms::choose_scheme(key, digest, padding));
  }
  bool is_by_peers = digest && scheme.digest == *digest;
  if (!choice.digest && !is_allowed(rules.digests, scheme.digest)) {
    for (Digest allowed : rules.digests) {
      auto other = cms::choose_scheme(key, allowed, padding);
      if (other && other->digest == allowed) {
        scheme = *other;
        break;
      }
    }
  }
  std::string refused = refused_signature(rules, scheme, std::nullopt);
  if (refused.empty()) refused = short_key(rules, certificate);
  if (!refused.empty()) {
    return failure(Rule::PolicyAlgorithm, 0, printable(certificate.subject()) + ": " + refused);
  }
  choices.push_back(digest_choice(choice, scheme, is_by_peers));
  return scheme;
}

// A digest for the imprint that the rules allow, SHA-256 where they let one choose.
Digest imprint_digest(const AlgorithmRules& rules) {
  if (is_allowed(rules.digests, Digest::Sha256)) return Digest::Sha256;
  auto found = std::find_if(rules.digests.begin(), rules.digests.end(), [](Digest digest) {
    return crypto::row(digest).standing == crypto::Standing::Current;
  });
  return found == rules.digests.end() ? Digest::Sha256 : *found;
}

// What a verifier would not believe is not taken from an authority (RFC 3161 2.2, 2.3).
Result<void> check_timestamp(const cms::FetchedTimestamp& fetched, Time at) {
  std::string who = printable(fetched.certificate.subject());
  if (!x509::is_for_timestamps_alone(fetched.certificate)) {
    return failure(Rule::SigTimestamp, 0, who + " is not for timestamps alone");
  }
  for (const Finding& finding : fetched.findings) {
    if (finding.severity < Severity::Indeterminate) continue;
    return failure(Rule::SigTimestamp, 0, who + ": " + std::string(info(finding.rule).text));
  }
  std::chrono::seconds tolerance(Policy().max_time_difference);
  if (fetched.time > at + tolerance || fetched.time < at - tolerance) {
    return failure(Rule::SigTimestamp, 0, who + " says that it is " + to_iso8601(fetched.time));
  }
  return {};
}

// What goes into the message is what the rules allow, whoever made it.
Result<Bytes> allowed_timestamp(const TimestampSource& source, ByteView signature,
                                const AlgorithmRules& rules, const SealOptions& options) {
  auto ask = [&](ByteView request) { return source.stamp(request); };
  Digest imprint = imprint_digest(rules);
  cms::FetchedTimestamp fetched =
      TRY(cms::fetch_timestamp(ask, imprint, signature, options.limits));
  std::string refused = refused_signature(rules, fetched.scheme, fetched.digest);
  if (refused.empty()) refused = short_key(rules, fetched.certificate);
  if (!is_allowed(rules.digests, imprint)) refused = "the digest " + std::string(name(imprint));
  if (!refused.empty()) return failure(Rule::PolicyAlgorithm, 0, "the timestamp: " + refused);
  TRY_VOID(check_timestamp(fetched, options.at));
  return std::move(fetched.token);
}

}  // namespace

Result<void> check_signing_identity(const Identity& identity, Time at) {
  TRY_VOID(check_pair(identity));
  return check_signatures(*identity.certificate, at);
}

Result<SignPlan> plan_sign(const Sign& step, const SealOptions& options,
                           const std::vector<Peer>& peers, const AlgorithmRules& rules) {
  if (step.signers.empty()) return failure(Rule::KeyNoneFits, 0, "no signer is given");
  SignPlan plan;
  plan.form = step.form;
  plan.options.chain = chain(step.chain);
  plan.options.limits = options.limits;
  plan.options.workers = options.workers;
  plan.description = "signed by ";
  if (step.timestamps != nullptr) {
    plan.options.stamp = [source = step.timestamps, options, rules](ByteView signature) {
      return allowed_timestamp(*source, signature, rules, options);
    };
  }
  for (const SignerChoice& choice : step.signers) {
    TRY_VOID(check_pair(choice.identity));
    TRY_VOID(check_signer(*choice.identity.certificate, options.at));
    SignatureScheme scheme = TRY(plan_scheme(choice, peers, rules, plan.choices));
    if (!plan.micalg.empty()) plan.description += "; ";
    plan.description += printable(choice.identity.certificate->subject()) + ": " + describe(scheme);
    crypto::add_micalg(plan.micalg, scheme.digest);
    cms::Signer signer;
    signer.identity = choice.identity;
    signer.scheme = std::move(scheme);
    signer.signing_time = step.signing_time.value_or(options.at);
    plan.options.signers.push_back(std::move(signer));
  }
  return plan;
}

Result<EncryptPlan> plan_encrypt(const Encrypt& step, const SealOptions& options,
                                 const AlgorithmRules& rules) {
  EncryptPlan plan;
  plan.options.limits = options.limits;
  plan.options.workers = options.workers;
  std::vector<Peer> peers = distinct_peers(step.recipients);
  bool is_empty = peers.empty() && step.keks.empty() && step.passwords.empty();
  if (is_empty) return failure(Rule::CmsNoRecipients);
  Chooser chooser(std::move(peers), step, rules);
  ContentCipher cipher = plan.options.cipher = chooser.content_cipher();
  if (crypto::row(cipher).use == crypto::Use::Read) {
    return failure(Rule::CryptoUnknownAlgorithm, 0,
                   std::string(name(cipher)) + " is read, not written");
  }
  if (!is_allowed(rules.ciphers, cipher)) {
    return failure(Rule::PolicyAlgorithm, 0, "the cipher " + std::string(name(cipher)));
  }
  TRY_VOID(check_secrets(step, rules));
  bool derives = chooser.content_key(cipher) == Encrypt::ContentKey::Derived;
  if (derives) plan.options.content_key = cms::EncryptOptions::ContentKey::Derived;
  Findings path_findings;
  for (const Peer& peer : chooser.peers()) {
    TRY_VOID(check_recipient(peer.certificate, options.at));
    for (Finding& finding : TRY(check_recipient_path(peer.certificate, peer.chain, options))) {
      path_findings.push_back(std::move(finding));
    }
    TRY_VOID(check_rules(peer, rules));
    plan.options.recipients.push_back(TRY(plan_recipient(peer, cipher, chooser)));
  }
  for (const KekChoice& kek : step.keks) {
    plan.options.keks.push_back({.key_identifier = kek.key_identifier, .kek = kek.kek->clone()});
  }
  for (const auto& password : step.passwords) {
    bool is_scrypt = step.password_kdf == Encrypt::PasswordKdf::Scrypt;
    plan.options.passwords.push_back(
        {.password = password->clone(),
         .derivation = is_scrypt ? cms::PasswordRecipient::Derivation::Scrypt
                                 : cms::PasswordRecipient::Derivation::Pbkdf2});
  }
  plan.findings = weaknesses(chooser.peers(), cipher);
  for (Finding& finding : path_findings) plan.findings.push_back(std::move(finding));
  for (Finding& finding : chooser.take_findings()) plan.findings.push_back(std::move(finding));
  plan.choices = chooser.take_choices();
  plan.recipients = describe_recipients(step, chooser.peers());
  plan.description = "encrypted with " + std::string(name(cipher)) +
                     (derives ? " and a derived key for " : " for ") + plan.recipients;
  return plan;
}

Result<RecipePlan> plan_recipe(const Recipe& recipe, const SealOptions& options) {
  if (recipe.steps.empty()) return failure(Rule::ConfigBad, 0, "the recipe has no steps");
  RecipePlan plan;
  std::vector<Peer> peers = all_peers(recipe);
  auto add_choices = [&plan](const std::vector<AlgorithmChoice>& choices) {
    plan.report.choices.insert(plan.report.choices.end(), choices.begin(), choices.end());
  };
  for (const Step& step : recipe.steps) {
    if (const auto* sign = std::get_if<Sign>(&step)) {
      SignPlan signature = TRY(plan_sign(*sign, options, peers, recipe.allowed));
      add_choices(signature.choices);
      plan.report.steps.push_back(signature.description);
      plan.has_protection = true;
      plan.steps.emplace_back(std::move(signature));
    } else if (const auto* encrypt = std::get_if<Encrypt>(&step)) {
      EncryptPlan encryption = TRY(plan_encrypt(*encrypt, options, recipe.allowed));
      add_choices(encryption.choices);
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

Result<SealReport> plan(const Recipe& recipe, const SealOptions& options) {
  return TRY(plan_recipe(recipe, options)).report;
}

}  // namespace bulla

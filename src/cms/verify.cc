#include "cms/verify.h"

#include <algorithm>

#include "base/try.h"
#include "cms/signed_attributes.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_kind.h"
#include "crypto/post_quantum.h"
#include "x509/certificate_key.h"

namespace bulla::cms {
namespace {

// Certificates that one signer is tried with. Two share a key identifier when a CA
// renews; a message that offers more makes the verifier work (CERT-33).
constexpr std::size_t kMaxTried = 8;

// Below this many bits RSA is weak (RFC 8551 4.3, ALG-69).
constexpr std::size_t kMinRsaBits = 2'048;

// What to say of a signature that could not be checked. That libcrypto lacks its algorithm is
// no failure of the message.
Finding unchecked(const Error& error) {
  std::string detail = error.detail.empty() ? std::string(info(error.rule).text) : error.detail;
  if (error.rule == Rule::CryptoUnavailable) {
    Finding finding = Finding::of(error.rule, {}, std::move(detail));
    finding.severity = Severity::Indeterminate;
    return finding;
  }
  bool is_unknown = error.rule == Rule::CryptoUnknownAlgorithm;
  return Finding::of(is_unknown ? Rule::SigUnknownAlgorithm : Rule::SigBadSignature, {},
                     std::move(detail));
}

// One signer, from its algorithms to its verdict.
class SignerVerifier {
 public:
  SignerVerifier(const SignerInfo& signer, const SignedContent& content, const Limits& limits)
      : signer_(signer), content_(content), limits_(limits) {}

  SignerCheck run(const std::vector<Certificate>& candidates);

 private:
  void note(Rule rule, std::string detail = {}) {
    check_.findings.push_back(Finding::of(rule, {}, std::move(detail)));
  }
  void note_all(Findings findings) {
    for (Finding& finding : findings) check_.findings.push_back(std::move(finding));
  }

  void check_digest();
  void check_strength(Digest digest);
  void check_scheme();
  void check_attributes();
  void choose_certificates(const std::vector<Certificate>& candidates);
  Result<bool> fits(const Certificate& certificate) const;
  Result<bool> try_certificates();
  const Bytes* content_digest();
  bool content_fits(std::optional<bool> signature);
  std::optional<bool> check_signature();
  void check_key();

  const SignerInfo& signer_;
  const SignedContent& content_;
  const Limits& limits_;
  SignerCheck check_;
  std::vector<EssCertId> named_;
  std::vector<Certificate> chosen_;
  Bytes sorted_attrs_;  // empty if they are in order
};

// DigestAlgorithmIdentifiers lists what signers use (CMS-12); a signer outside the
// list is refused (T-19).
void SignerVerifier::check_digest() {
  check_.digest = crypto::read_digest(signer_.digest_algorithm);
  if (!check_.digest) {
    note(Rule::SigUnknownAlgorithm, "digest " + signer_.digest_algorithm.algorithm.to_string());
    return;
  }
  check_strength(*check_.digest);
  if (content_.kind == SignedContent::Kind::Signature) return;
  const auto& listed = content_.digest_algorithms;
  bool is_listed = std::any_of(listed.begin(), listed.end(), [&](const auto& algorithm) {
    return crypto::read_digest(algorithm) == check_.digest;
  });
  if (!is_listed) note(Rule::SigDigestNotListed, std::string(name(*check_.digest)));
}

void SignerVerifier::check_strength(Digest digest) {
  crypto::Standing standing = crypto::row(digest).standing;
  if (standing == crypto::Standing::Legacy) note(Rule::SigWeakDigest, std::string(name(digest)));
  if (standing == crypto::Standing::Broken) note(Rule::SigBrokenDigest, std::string(name(digest)));
}

// The digest inside the signature algorithm is the one of the content (CMS-23).
void SignerVerifier::check_scheme() {
  auto scheme = crypto::read_signature_scheme(signer_.signature_algorithm, check_.digest);
  if (!scheme) {
    bool is_unknown = scheme.error().rule == Rule::CryptoUnknownAlgorithm;
    if (is_unknown) {
      note(Rule::SigUnknownAlgorithm, scheme.error().detail);
    } else if (check_.digest) {
      note(Rule::SigBadSignature, "the parameters of its algorithm are malformed");
    }
    return;
  }
  check_.scheme = *scheme;
  if (!check_.digest) return;
  bool fits = scheme->digest == *check_.digest;
  // Without attributes the digest says nothing (ALG-34, ALG-37).
  if (signer_.signed_attrs_der) {
    fits = fits && crypto::allows_digest(scheme->algorithm, *check_.digest);
  }
  if (fits) return;
  note(Rule::SigAlgorithmMismatch,
       std::string(name(*check_.digest)) + " and " + bulla::describe(*scheme));
  check_strength(scheme->digest);
}

void SignerVerifier::check_attributes() {
  note_all(check_unsigned_attributes(signer_));
  if (!signer_.signed_attrs_der) {
    bool is_message = content_.kind == SignedContent::Kind::Message;
    if (is_message) note_all(check_without_attributes(content_, limits_));
    return;
  }
  std::optional<Oid> content_type;
  if (content_.kind == SignedContent::Kind::Message) content_type = content_.content_type;
  SignedAttributesCheck attributes = check_signed_attributes(signer_, content_type);
  check_.statements = std::move(attributes.statements);
  named_ = std::move(attributes.signer_certificates);
  check_.names_certificate = !named_.empty();
  note_all(std::move(attributes.findings));
  if (!attributes_are_sorted(signer_)) sorted_attrs_ = sorted_attributes(signer_);
}

// The sid names the candidates; signingCertificate, where present, decides among them
// (ATTR-53, ATTR-57).
void SignerVerifier::choose_certificates(const std::vector<Certificate>& candidates) {
  for (const Certificate& candidate : candidates) {
    bool is_new = std::find(chosen_.begin(), chosen_.end(), candidate) == chosen_.end();
    if (is_new && signer_.sid.matches(candidate)) chosen_.push_back(candidate);
  }
  if (chosen_.empty()) {
    note(Rule::SigNoCertificate, signer_.sid.describe());
    return;
  }
  std::vector<Certificate> named;
  std::copy_if(chosen_.begin(), chosen_.end(), std::back_inserter(named),
               [this](const Certificate& candidate) {
                 return std::all_of(named_.begin(), named_.end(),
                                    [&](const EssCertId& id) { return id.matches(candidate); });
               });
  if (named.empty()) {
    note(Rule::SigCertificateAttribute);
  } else {
    chosen_ = std::move(named);
  }
  if (chosen_.size() > kMaxTried) {
    chosen_.erase(chosen_.begin() + static_cast<std::ptrdiff_t>(kMaxTried), chosen_.end());
  }
  check_.certificate = chosen_[0];
}

// With attributes their octets are what is signed: those that were sent, or, if they
// are not in DER order, the sorted ones (CMS-18, CMS-19). Without, the content (CMS-20).
Result<bool> SignerVerifier::fits(const Certificate& certificate) const {
  auto key = TRY(x509::public_key(certificate, limits_));
  if (!key.allows(*check_.scheme)) return false;
  if (!signer_.signed_attrs_der) {
    const Bytes& digest = content_.digests.at(*check_.digest);
    return key.verify_digest(*check_.scheme, digest, signer_.signature);
  }
  if (TRY(key.verify(*check_.scheme, *signer_.signed_attrs_der, signer_.signature))) return true;
  if (sorted_attrs_.empty()) return false;
  return key.verify(*check_.scheme, sorted_attrs_, signer_.signature);
}

// Whether one of the chosen certificates fits; the first reason why that cannot be told.
Result<bool> SignerVerifier::try_certificates() {
  std::optional<Error> error;
  for (const Certificate& candidate : chosen_) {
    auto result = fits(candidate);
    if (result && *result) {
      check_.certificate = candidate;
      return true;
    }
    if (!result && !error) error = result.error();
  }
  if (error) return tl::unexpected<Error>(std::move(*error));
  return false;
}

// The digest of the content that answers for this signer, if it was computed.
const Bytes* SignerVerifier::content_digest() {
  auto found = content_.digests.find(*check_.digest);
  if (found != content_.digests.end()) return &found->second;
  check_.missing_digest = check_.digest;
  return nullptr;
}

// Whether messageDigest is the digest of the content, in length too (CMS-22, ATTR-44).
bool SignerVerifier::content_fits(std::optional<bool> signature) {
  if (!check_.digest) return false;
  const Bytes* digest = content_digest();
  if (digest == nullptr || !check_.statements.message_digest) return false;
  if (equal(*check_.statements.message_digest, *digest)) return true;
  std::string detail;
  if (check_.statements.message_digest->size() != digest->size()) detail = "another length";
  if (signature && detail.empty()) {
    detail = *signature ? "the signature itself fits" : "nor does the signature fit";
  }
  note(Rule::SigDigestMismatch, std::move(detail));
  return false;
}

// Nothing if the signature cannot be checked at all.
std::optional<bool> SignerVerifier::check_signature() {
  if (!check_.digest || !check_.scheme) return std::nullopt;
  if (!signer_.signed_attrs_der) {
    if (crypto::is_pure(check_.scheme->algorithm)) {
      note(Rule::SigUnknownAlgorithm,
           bulla::describe(*check_.scheme) + " without signed attributes");
      return std::nullopt;
    }
    if (content_digest() == nullptr) return std::nullopt;
  }
  if (chosen_.empty()) return std::nullopt;
  auto fits = try_certificates();
  if (!fits) {
    check_.findings.push_back(unchecked(fits.error()));
    return std::nullopt;
  }
  if (!*fits) note(Rule::SigBadSignature);
  if (*fits && chosen_.size() > 1) note(Rule::SigAmbiguousCertificate);
  return *fits;
}

void SignerVerifier::check_key() {
  if (!check_.certificate) return;
  bool is_rsa = crypto::is_rsa(check_.certificate->key_kind());
  if (is_rsa && check_.certificate->key_bits() < kMinRsaBits) {
    note(Rule::SigWeakKey, check_.certificate->key_description());
  }
}

SignerCheck SignerVerifier::run(const std::vector<Certificate>& candidates) {
  check_digest();
  check_scheme();
  check_attributes();
  choose_certificates(candidates);
  auto signature = check_signature();
  bool is_content = !signer_.signed_attrs_der || content_fits(signature);
  check_.signature_fits = signature == true && is_content;
  check_key();
  return std::move(check_);
}

}  // namespace

SignerCheck check_signer(const SignerInfo& signer, const SignedContent& content,
                         const std::vector<Certificate>& candidates, const Limits& limits) {
  return SignerVerifier(signer, content, limits).run(candidates);
}

}  // namespace bulla::cms

#include "x509/libcrypto_path.h"

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "crypto/algorithm_table.h"
#include "crypto/openssl.h"
#include "crypto/post_quantum.h"
#include "x509/libcrypto_certificate.h"
#include "x509/libcrypto_error.h"
#include "x509/path_checks.h"

namespace bulla::x509 {
namespace {

struct Release {
  void operator()(X509_CRL* object) const { X509_CRL_free(object); }
  void operator()(X509_STORE* object) const { X509_STORE_free(object); }
  void operator()(X509_STORE_CTX* object) const { X509_STORE_CTX_free(object); }
  void operator()(STACK_OF(X509) * object) const { sk_X509_free(object); }
  void operator()(STACK_OF(X509_CRL) * object) const { sk_X509_CRL_free(object); }
};

template <typename T>
using Owned = std::unique_ptr<T, Release>;

Owned<X509_CRL> crl_to_libcrypto(ByteView der) {
  X509_CRL* crl = X509_CRL_new_ex(crypto::certificate_library(), nullptr);
  crypto::require_memory(crl);
  const std::uint8_t* at = der.data();
  if (d2i_X509_CRL(&crl, &at, static_cast<long>(der.size())) == nullptr) return nullptr;
  Owned<X509_CRL> owned(crl);
  return at == der.data() + der.size() ? std::move(owned) : nullptr;
}

constexpr Oid kAnyPolicy = Oid::of("2.5.29.32.0");

struct Recorded {
  int error;
  std::size_t depth;
};

// What the verify callback has to know and to tell.
struct Recording {
  X509_STORE_CTX* main = nullptr;
  RevocationPolicy revocation = RevocationPolicy::Soft;
  std::vector<X509*> path;
  std::vector<Recorded> errors;
  std::vector<const X509_CRL*> bad_crls;
};

Recording& recording_of(X509_STORE_CTX* context) {
  return *static_cast<Recording*>(X509_STORE_get_ex_data(X509_STORE_CTX_get0_store(context), 0));
}

// Who issued what: on the path in question, the next one and nobody else; for the
// signers of lists, whoever has the name. Key identifiers are hints (CERT-31).
int is_issuer(X509_STORE_CTX* context, X509* subject, X509* issuer) {
  bool named = X509_NAME_cmp(X509_get_issuer_name(subject), X509_get_subject_name(issuer)) == 0;
  const Recording& recording = recording_of(context);
  if (!named || context != recording.main) return named ? 1 : 0;
  auto at = std::find(recording.path.begin(), recording.path.end(), subject);
  bool next = at != recording.path.end() && at + 1 != recording.path.end() && at[1] == issuer;
  return next ? 1 : 0;
}

bool is_anchor_depth(X509_STORE_CTX* context) {
  int last = sk_X509_num(X509_STORE_CTX_get0_chain(context)) - 1;
  return X509_STORE_CTX_get_error_depth(context) == last;
}

// The path of a list's signer is validated on its own. What fails there makes the
// list unusable, except what would not have kept a certificate's path from being good.
bool is_harmless_for_list_signer(X509_STORE_CTX* context, const Recording& recording) {
  PathErrorKind kind = classify(X509_STORE_CTX_get_error(context)).kind;
  bool about_lists = kind == PathErrorKind::NoCrl || kind == PathErrorKind::StaleCrl;
  if (is_anchor_depth(context)) return about_lists || kind == PathErrorKind::Time;
  return about_lists && recording.revocation != RevocationPolicy::Hard;
}

void record(X509_STORE_CTX* context, Recording& recording) {
  int error = X509_STORE_CTX_get_error(context);
  const X509_CRL* crl = X509_STORE_CTX_get0_current_crl(context);
  PathErrorKind kind = classify(error).kind;
  auto& bad = recording.bad_crls;
  if (kind == PathErrorKind::BadCrl) bad.push_back(crl);
  // What an unusable list says is not said (its errors come before its entries).
  bool unsaid =
      kind == PathErrorKind::Revoked && std::find(bad.begin(), bad.end(), crl) != bad.end();
  if (unsaid) return;
  int depth = std::max(X509_STORE_CTX_get_error_depth(context), 0);
  recording.errors.push_back({error, static_cast<std::size_t>(depth)});
}

int on_verify(int ok, X509_STORE_CTX* context) {
  if (ok == 1) return 1;
  Recording& recording = recording_of(context);
  if (context != recording.main) return is_harmless_for_list_signer(context, recording) ? 1 : 0;
  record(context, recording);
  return 1;
}

// Each certificate of the path is looked up in lists, delta lists among them where their base
// is there (CERT-02, CERT-54..56).
unsigned long verify_flags(const PathOptions& options, bool check_crls) {
  unsigned long flags = X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST |
                        X509_V_FLAG_POLICY_CHECK | X509_V_FLAG_EXTENDED_CRL_SUPPORT |
                        X509_V_FLAG_USE_DELTAS;
  if (check_crls) flags |= X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL;
  using Switch = PathOptions::Switch;
  if (options.require_explicit_policy == Switch::On) flags |= X509_V_FLAG_EXPLICIT_POLICY;
  if (options.inhibit_policy_mapping == Switch::On) flags |= X509_V_FLAG_INHIBIT_MAP;
  if (options.inhibit_any_policy == Switch::On) flags |= X509_V_FLAG_INHIBIT_ANY;
  return flags;
}

bool set_parameters(X509_VERIFY_PARAM* parameters, const PathOptions& options, const Limits& limits,
                    bool check_crls) {
  X509_VERIFY_PARAM_set_time(parameters, options.at.time_since_epoch().count());
  X509_VERIFY_PARAM_set_depth(parameters, static_cast<int>(limits.path_length));
  // Strength is judged by check_strength(), which can say which certificate it is.
  X509_VERIFY_PARAM_set_auth_level(parameters, 0);
  // The empty set of libcrypto is not that of all policies.
  std::vector<Oid> policies = options.initial_policies;
  if (policies.empty()) policies.push_back(kAnyPolicy);
  for (const Oid& policy : policies) {
    ASN1_OBJECT* object = OBJ_txt2obj(policy.to_string().c_str(), 1);
    if (object == nullptr) return false;
    if (X509_VERIFY_PARAM_add0_policy(parameters, object) != 1) return false;
  }
  return X509_VERIFY_PARAM_set_flags(parameters, verify_flags(options, check_crls)) == 1;
}

// Turns what was recorded into findings.
class Judge {
 public:
  Judge(const std::vector<Certificate>& path, LibcryptoPath::End end,
        LibcryptoPath::Outcome& outcome)
      : path_(path), anchored_(end == LibcryptoPath::End::Anchor), outcome_(outcome) {}

  void judge(const std::vector<Recorded>& errors) {
    for (const Recorded& error : errors) take(error);
  }

 private:
  bool is_anchor(std::size_t depth) const { return anchored_ && depth + 1 == path_.size(); }
  void add(Rule rule, Severity severity, std::size_t depth, std::string detail) {
    Findings& findings = outcome_.findings;
    std::string place = path_place(depth);
    bool known = std::any_of(findings.begin(), findings.end(), [&](const Finding& finding) {
      return finding.rule == rule && finding.place == place;
    });
    if (!known) findings.push_back({rule, severity, std::move(place), std::move(detail)});
  }

  void add(Rule rule, std::size_t depth, std::string detail = {}) {
    add(rule, info(rule).severity, depth, std::move(detail));
  }

  void take(const Recorded& recorded) {
    PathError error = classify(recorded.error);
    std::size_t depth = recorded.depth;
    switch (error.kind) {
      case PathErrorKind::NoAnchor:
        return take_no_anchor(error.rule, depth);
      case PathErrorKind::Time:
        return take_time(recorded.error, depth);
      case PathErrorKind::NoCrl:
      case PathErrorKind::StaleCrl:
      case PathErrorKind::BadCrl:
      case PathErrorKind::Revoked:
        // The anchor is trusted as it is.
        return is_anchor(depth) ? void() : take_revocation(recorded.error, depth);
      case PathErrorKind::UnknownKey:
        return add(error.rule, Severity::Indeterminate, depth, "the issuer's key");
      case PathErrorKind::BadSignature:
        return take_bad_signature(depth);
      case PathErrorKind::Other:
        return add(error.rule, depth, X509_verify_cert_error_string(recorded.error));
    }
  }

  void take_no_anchor(Rule rule, std::size_t depth) {
    const Findings& findings = outcome_.findings;
    bool known = std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
      return finding.rule == Rule::PathNoRoot || finding.rule == Rule::PathSelfSigned;
    });
    if (!known) add(rule, depth);
  }

  // An anchor is a name and a key (CERT-22); its dates are no part of it. A trusted
  // certificate that signs itself has to be valid all the same.
  void take_time(int error, std::size_t depth) {
    bool early = error == X509_V_ERR_CERT_NOT_YET_VALID;
    if (depth == 0) return add(early ? Rule::CertNotYetValid : Rule::CertExpired, 0);
    if (!is_anchor(depth)) add(Rule::PathExpired, depth, early ? "not valid yet" : "expired");
  }

  void take_revocation(int error, std::size_t depth) {
    PathError classified = classify(error);
    if (classified.kind != PathErrorKind::Revoked) outcome_.unchecked.insert(depth);
    if (classified.kind == PathErrorKind::NoCrl) return;
    add(classified.rule, depth, X509_verify_cert_error_string(error));
  }

  void take_bad_signature(std::size_t depth) {
    if (depth < path_.size()) {
      auto algorithm = signature_algorithm(path_[depth]);
      bool known = crypto::read_signature_scheme(algorithm, std::nullopt).has_value();
      if (!known) {
        return add(Rule::CryptoUnavailable, Severity::Indeterminate, depth,
                   "signature algorithm " + algorithm.algorithm.to_string());
      }
    }
    add(Rule::PathBadSignature, depth);
  }

  const std::vector<Certificate>& path_;
  bool anchored_;
  LibcryptoPath::Outcome& outcome_;
};

// The first key of the path that libcrypto does not know, as a finding. It would say of such a
// path that it is not valid, where nothing can be said of it here.
std::optional<Finding> find_unknown_key(const std::vector<Certificate>& path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const crypto::PostQuantumRow* row = crypto::find_post_quantum(path[i].key_kind());
    bool is_absent = row != nullptr && !crypto::is_available(*row);
    if (!is_absent && path[i].key_kind() != KeyKind::Unknown) continue;
    Error error = is_absent ? crypto::unavailable(*row).value()
                            : Error{Rule::CryptoUnknownAlgorithm, 0, path[i].key_description()};
    Finding finding = Finding::of(error.rule, path_place(i), std::move(error.detail));
    finding.severity = Severity::Indeterminate;
    return finding;
  }
  return std::nullopt;
}

}  // namespace

struct LibcryptoPath::Inner {
  const PathOptions& options;
  const Limits& limits;
  std::unordered_map<std::string, Certificate> known;  // by the SHA-256
  std::vector<Owned<X509_CRL>> crls;
  std::vector<Certificate> list_signers;

  // One object for one certificate, wherever it came from: is_issuer() compares them.
  // nullptr if libcrypto cannot read it.
  X509* find(const Certificate& certificate) {
    std::string key(as_text(certificate.sha256()));
    return libcrypto_certificate(known.emplace(std::move(key), certificate).first->second);
  }
};

LibcryptoPath::LibcryptoPath(const PathOptions& options, const Limits& limits)
    : inner_(new Inner{options, limits, {}, {}, {}}) {}

LibcryptoPath::~LibcryptoPath() = default;

bool LibcryptoPath::has_crls() const { return !inner_->crls.empty(); }

LibcryptoPath::CrlFate LibcryptoPath::add_crl(ByteView der,
                                              const std::vector<Certificate>& issuers) {
  crypto::ErrorScope scope;
  if (issuers.empty()) return CrlFate::NoIssuer;
  auto crl = crl_to_libcrypto(der);
  if (!crl) return CrlFate::Malformed;
  bool fits = false;
  for (const Certificate& issuer : issuers) {
    X509* x509 = inner_->find(issuer);
    EVP_PKEY* key = x509 == nullptr ? nullptr : X509_get0_pubkey(x509);
    if (key == nullptr || X509_CRL_verify(crl.get(), key) != 1) continue;
    fits = true;
    inner_->list_signers.push_back(issuer);
  }
  if (!fits) return CrlFate::BadSignature;
  inner_->crls.push_back(std::move(crl));
  return CrlFate::Added;
}

bool LibcryptoPath::signature_fits(const Certificate& certificate, const Certificate& issuer) {
  crypto::ErrorScope scope;
  X509* subject = inner_->find(certificate);
  X509* signer = inner_->find(issuer);
  EVP_PKEY* key = signer == nullptr ? nullptr : X509_get0_pubkey(signer);
  return subject != nullptr && key != nullptr && X509_verify(subject, key) == 1;
}

LibcryptoPath::Outcome LibcryptoPath::validate(const std::vector<Certificate>& path, End end) {
  crypto::ErrorScope scope;
  Outcome outcome;
  std::vector<X509*> x509s;
  for (std::size_t i = 0; i < path.size(); ++i) {
    x509s.push_back(inner_->find(path[i]));
    if (x509s.back() != nullptr) continue;
    outcome.findings.push_back(Finding::of(Rule::CertMalformed, path_place(i)));
    return outcome;
  }
  if (auto unknown = find_unknown_key(path)) {
    outcome.findings.push_back(std::move(*unknown));
    return outcome;
  }

  Owned<X509_STORE> store(X509_STORE_new());
  Owned<X509_STORE_CTX> context(X509_STORE_CTX_new_ex(crypto::library(), nullptr));
  Owned<STACK_OF(X509)> untrusted(sk_X509_new_null());
  Owned<STACK_OF(X509_CRL)> crls(sk_X509_CRL_new_null());
  crypto::require_memory(store && context && untrusted && crls ? store.get() : nullptr);

  // The signers of lists are there for the paths of the lists.
  std::size_t anchors = end == End::Anchor ? 1 : 0;
  for (std::size_t i = 1; i + anchors < path.size(); ++i) sk_X509_push(untrusted.get(), x509s[i]);
  for (const Certificate& signer : inner_->list_signers) {
    sk_X509_push(untrusted.get(), inner_->find(signer));
  }
  for (const auto& crl : inner_->crls) sk_X509_CRL_push(crls.get(), crl.get());

  Recording recording;
  recording.main = context.get();
  recording.revocation = inner_->options.revocation;
  recording.path = x509s;
  bool check_crls = anchors == 1 && has_crls();
  X509_STORE_set_check_issued(store.get(), &is_issuer);
  bool ready = X509_STORE_set_ex_data(store.get(), 0, &recording) == 1;
  // One anchor, for the paths of those who sign lists too (CERT-53).
  if (anchors == 1) ready = ready && X509_STORE_add_cert(store.get(), x509s.back()) == 1;
  ready = ready && X509_STORE_CTX_init(context.get(), store.get(), x509s[0], untrusted.get()) == 1;
  ready = ready && set_parameters(X509_STORE_CTX_get0_param(context.get()), inner_->options,
                                  inner_->limits, check_crls);
  if (!ready) {
    outcome.findings.push_back(Finding::of(Rule::PathInvalid, path_place(0), "libcrypto"));
    return outcome;
  }
  X509_STORE_CTX_set0_crls(context.get(), crls.get());
  X509_STORE_CTX_set_verify_cb(context.get(), &on_verify);

  // The state machine of RFC 5280 6.1 (CERT-21): constraints of names (CERT-18, CERT-19), of CAs
  // (CERT-24..26), critical extensions (CERT-27), policies (CERT-29).
  outcome.valid = X509_verify_cert(context.get()) == 1;
  Judge(path, end, outcome).judge(recording.errors);
  bool asked_no_list = anchors == 1 && !check_crls;
  for (std::size_t i = 0; asked_no_list && i + 1 < path.size(); ++i) outcome.unchecked.insert(i);
  if (!outcome.valid) outcome.findings.push_back(Finding::of(Rule::PathInvalid, path_place(0)));
  return outcome;
}

}  // namespace bulla::x509

// What a Recipe's steps mean for this time and these keys: checked before anything
// is written, and described for whoever asks.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "bulla/seal.h"
#include "cms/writer.h"
#include "message/choose.h"

namespace bulla {

// RSA keys below this are named as short, of signers and of recipients (RFC 8551 4.2, 4.4; ALG-68,
// ALG-70).
inline constexpr std::size_t kShortRsaBits = 2'048;

// Whether these are a key and its certificate that sign at this time. Errors: key.no-certificate,
// key.no-private-key, key.mismatch, cert.expired, cert.not-yet-valid, cert.key-usage.
Result<void> check_signing_identity(const Identity& identity, Time at);

// A signature as the CMS writer wants it.
struct SignPlan {
  Sign::Form form = Sign::Form::Clear;
  cms::SignOptions options;
  std::vector<std::string> micalg;  // of its digests, each once (MIME-17, MIME-18)
  std::string description;          // "signed by CN=…: ECDSA with SHA-256"
  std::vector<AlgorithmChoice> choices;
};

// Errors: key.none-fits without a signer, key.no-private-key, key.no-certificate,
// key.mismatch, cert.expired, cert.not-yet-valid, cert.key-usage, cert.extended-key-usage,
// and those of cms::choose_scheme().
// `peers` are the recipients of the message, whose programs are to check the signature.
Result<SignPlan> plan_sign(const Sign& step, const SealOptions& options,
                           const std::vector<Peer>& peers, const AlgorithmRules& rules = {});

// An encryption as the CMS writer wants it.
struct EncryptPlan {
  cms::EncryptOptions options;
  std::string recipients;   // "2 recipients: CN=…; CN=…"
  std::string description;  // "encrypted with aes-256-cbc for 2 recipients: CN=…; CN=…"
  std::vector<AlgorithmChoice> choices;
  // enc.weak-key, enc.weak-cipher, enc.capabilities-too-weak, enc.no-common-cipher,
  // enc.beyond-capabilities
  Findings findings;
};

// A certificate that is given twice is one recipient, and the order is that of the
// fingerprints: it tells nothing (T-112). Errors: cms.no-recipients,
// enc.expired-recipient, enc.key-usage, crypto.unknown-algorithm, policy.algorithm.
Result<EncryptPlan> plan_encrypt(const Encrypt& step, const SealOptions& options,
                                 const AlgorithmRules& rules = {});

using StepPlan = std::variant<SignPlan, EncryptPlan, Compress>;

// The plans of all steps, innermost first, and what to report of them. Errors: those
// above, config.bad for a recipe without steps.
struct RecipePlan {
  std::vector<StepPlan> steps;
  SealReport report;
  bool has_protection = false;  // a signature or an encryption, not compression alone
  bool has_encryption = false;
};
Result<RecipePlan> plan_recipe(const Recipe& recipe, const SealOptions& options);

}  // namespace bulla

// Policy: what is acceptable when a message is opened.
//
// The defaults deny: a weak cipher is refused before any key is used, a SHA-1
// signature is indeterminate, an MD5 one invalid. A policy is a value; the same
// message, keys, time and policy give the same verdict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "bulla/algorithm.h"

namespace bulla {

// What a profile allows. An empty list allows all that is allowed anyway: rules take away and
// never add. When sealing the order is that of preference.
struct AlgorithmRules {
  std::vector<ContentCipher> ciphers;
  std::vector<Digest> digests;
  std::vector<SignatureAlgorithm> signatures;
  std::vector<KeyManagement> key_management;
  std::size_t min_rsa_bits = 0;  // of signers and recipients; those of issuers are not looked at
  std::size_t min_ec_bits = 0;   // as min_rsa_bits
};

enum class Revocation : std::uint8_t {
  Off,   // lists are not looked at
  Soft,  // lists are used where they are at hand
  Hard,  // a certificate without a usable list keeps the verdict from being valid
};

struct Policy {
  // What old senders wrote: Read opens it and names each thing as a warning.
  enum class Old : std::uint8_t { Refuse, Read };
  Old old_forms = Old::Refuse;

  Revocation revocation = Revocation::Soft;

  // What goes beyond is policy.algorithm, and the verdict not valid.
  AlgorithmRules accepted = {};

  // What the message must have. Any: signature or encryption; a message without
  // is Status::Unprotected. Nothing: an unprotected message passes unchanged.
  enum class Require : std::uint8_t { Nothing, Any, Signed, Encrypted, SignedAndEncrypted };
  Require require = Require::Any;

  // Sound: content goes out unless something failed. Even invalid content goes out
  // with Any, but never after a failed tag, MAC or padding.
  enum class Release : std::uint8_t { Sound, Any };
  Release release = Release::Sound;

  // Whether a signer must be the sender (RFC 8550 3).
  enum class Address : std::uint8_t { Check, Ignore };
  Address address = Address::Check;

  // Signing time and Date may differ by this many seconds before it is a warning:
  // a day covers mail that was written offline (ATTR-14).
  std::int64_t max_time_difference = 86'400;
};

}  // namespace bulla

// The MAC and the old ciphers of PKCS #12: what needs libcrypto.
#pragma once

#include "asn1/algorithm_identifier.h"
#include "asn1/reader.h"
#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"

namespace bulla::x509 {

struct MacData {
  asn1::AlgorithmIdentifier algorithm;
  ByteView digest;
  ByteView salt;
  std::uint64_t iterations = 1;

  static MacData read(asn1::Reader& in);
};

// How a program turned the password into octets.
enum class PasswordForm { Text, Absent };

// True if the MAC of the contents fits. `password` is UTF-8; PasswordForm::Absent is
// the empty string of octets that some write for no password.
Result<bool> check_mac(const MacData& mac, ByteView contents, ByteView password, PasswordForm form,
                       const Limits& limits);

// As crypto::decrypt_with_password, with the ciphers of RFC 7292 C that it leaves out:
// RC2 and RC4 come from libcrypto's legacy provider, if that is installed
// (crypto.unavailable else).
Result<Secret> decrypt_bag(const asn1::AlgorithmIdentifier& algorithm, ByteView ciphertext,
                           ByteView password, PasswordForm form, const Limits& limits);

}  // namespace bulla::x509

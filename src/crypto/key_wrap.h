// Key wrap and key derivation, random octets.
#pragma once

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::crypto {

enum class KeyWrap : std::uint8_t { Aes128, Aes192, Aes256, TripleDes };

std::size_t key_size(KeyWrap wrap);

// RFC 3394 for AES, RFC 3217 for Triple DES. REQUIRES: kek has key_size(wrap) octets.
Result<Bytes> wrap_key(KeyWrap wrap, ByteView kek, ByteView key);
// Lengths are checked before anything else (T-33). Every failure is Rule::EncFailed.
Result<Secret> unwrap_key(KeyWrap wrap, ByteView kek, ByteView wrapped);

// Key derivation. What libcrypto does not take (a digest without HMAC, no input, too
// much output) is crypto.bad-parameters.
//
// ANSI X9.63 KDF (RFC 5753 7.2): Hash(Z ‖ counter ‖ shared info), counter from 1.
Result<Secret> derive_x963(Digest digest, ByteView shared, ByteView shared_info, std::size_t size);
// One-step KDF of SP 800-56C, KDF3 of ANS X9.44: Hash(counter ‖ Z ‖ info), counter from 1.
Result<Secret> derive_single_step(Digest digest, ByteView shared, ByteView info, std::size_t size);
// HKDF (RFC 5869).
Result<Secret> derive_hkdf(Digest digest, ByteView input, ByteView salt, ByteView shared_info,
                           std::size_t size);
// PBKDF2 (RFC 8018 5.2). The caller bounds the iterations (Limits::pbkdf2_iterations); none
// or more than 2^31-1 are limit.iterations.
Result<Secret> derive_pbkdf2(Digest digest, ByteView password, ByteView salt,
                             std::uint64_t iterations, std::size_t size);

// From libcrypto's generators; an error of theirs is crypto.random and ends all.
Result<Bytes> random_bytes(std::size_t count);
Result<Secret> random_secret(std::size_t count);
// A fresh key for the cipher; a DES key has odd parity (KM-01, KM-06).
Result<Secret> random_content_key(ContentCipher cipher);

}  // namespace bulla::crypto

// GHASH's part for additional data that is known only after the ciphertext.
//
// authAttrs stand behind the content in AuthEnvelopedData (RFC 5083 2.1), and
// libcrypto takes additional data first. GHASH is linear: the tag with additional
// data is the tag without, XOR a term that depends on the additional data and the
// number of ciphertext octets alone (NIST SP 800-38D 6.4, 7.1).
#pragma once

#include <array>

#include "bulla/bytes.h"

namespace bulla::crypto {

using GhashBlock = std::array<std::uint8_t, 16>;

// `hash_key` is the block cipher's output for the zero block. In constant time but
// for the lengths.
GhashBlock late_additional_data(const GhashBlock& hash_key, ByteView aad,
                                std::uint64_t ciphertext_size);

}  // namespace bulla::crypto

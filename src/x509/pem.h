// PEM: textual encodings of DER (RFC 7468).
//
// Strict where it matters: base64 lines of at most 1,024 characters, no data behind
// `=`, no header lines, an END line that fits (T-58). Text around the blocks is
// passed over. Linear in the input.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::x509 {

struct PemBlock {
  std::string label;         // "CERTIFICATE"
  Secret contents;           // may be a private key
  std::uint64_t offset = 0;  // of the BEGIN line
};

// Whether a line of the text begins a block.
bool is_pem(ByteView file);

// All blocks; none is no error. Errors are key.unreadable at the line's offset, and
// key.passphrase-needed for a key in the encrypted form that RFC 7468 left behind
// (Proc-Type and DEK-Info lines).
Result<std::vector<PemBlock>> read_pem(ByteView file);

// One block with lines of 64 characters.
std::string write_pem(std::string_view label, ByteView contents);

}  // namespace bulla::x509

// A pkcs11: URI (RFC 7512) that names a private key in a token.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla::token {

struct Uri {
  // What the token must say of itself; what is absent is not compared.
  std::optional<std::string> token, manufacturer, model, serial;
  std::optional<std::string> slot_description, slot_manufacturer;
  std::optional<unsigned long> slot_id;
  // What the key must have.
  std::optional<std::string> object;
  std::optional<Bytes> id;
  // The file whose first line is the PIN.
  std::optional<std::string> pin_source;
};

bool is_uri(std::string_view name);

// Errors: key.token-uri. What is not understood is refused, for without it another key might fit;
// so is a PIN in the URI, which arguments would show to everybody (T-124), and a module, which
// would run code that the URI names.
Result<Uri> parse_uri(std::string_view text);

}  // namespace bulla::token

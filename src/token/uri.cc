#include "token/uri.h"

#include <algorithm>
#include <charconv>

#include "base/try.h"

namespace bulla::token {
namespace {

constexpr std::string_view kScheme = "pkcs11:";

tl::unexpected<Error> bad(std::string detail) {
  return failure(Rule::KeyTokenUri, 0, std::move(detail));
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> decode(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) return bad("% without two hexadecimal digits");
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

Result<void> set(std::optional<std::string>& field, std::string_view name, std::string value) {
  if (field) return bad(std::string(name) + " is there twice");
  field = std::move(value);
  return {};
}

Result<void> set_path_attribute(Uri& uri, std::string_view name, std::string value) {
  if (name == "token") return set(uri.token, name, std::move(value));
  if (name == "manufacturer") return set(uri.manufacturer, name, std::move(value));
  if (name == "model") return set(uri.model, name, std::move(value));
  if (name == "serial") return set(uri.serial, name, std::move(value));
  if (name == "object") return set(uri.object, name, std::move(value));
  if (name == "slot-description") return set(uri.slot_description, name, std::move(value));
  if (name == "slot-manufacturer") return set(uri.slot_manufacturer, name, std::move(value));
  if (name == "id") {
    if (uri.id) return bad("id is there twice");
    uri.id = to_bytes(value);
    return {};
  }
  if (name == "slot-id") {
    unsigned long number = 0;
    const char* end = value.data() + value.size();
    auto [stop, error] = std::from_chars(value.data(), end, number);
    if (uri.slot_id || error != std::errc() || stop != end) return bad("slot-id");
    uri.slot_id = number;
    return {};
  }
  if (name == "type") {
    if (value == "private") return {};
    return bad("type=" + value + " is no private key");
  }
  return bad("'" + std::string(name) + "' is not known");
}

Result<void> set_query_attribute(Uri& uri, std::string_view name, std::string value) {
  if (name == "pin-value") {
    return bad(
        "pin-value shows the PIN to everybody; use pin-source=file:/…, or --passphrase-file");
  }
  if (name == "module-path" || name == "module-name") {
    return bad(std::string(name) + " is not taken from a URI; use --token-module");
  }
  if (name != "pin-source") return bad("'" + std::string(name) + "' is not known");
  if (value.starts_with("file:")) value.erase(0, 5);
  if (value.starts_with("//")) value.erase(0, 2);
  if (!value.starts_with('/')) return bad("pin-source must be file: and an absolute path");
  return set(uri.pin_source, name, std::move(value));
}

template <typename Set>
Result<void> each_attribute(std::string_view text, char separator, Set set_attribute) {
  while (!text.empty()) {
    std::size_t end = std::min(text.find(separator), text.size());
    std::string_view attribute = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    std::size_t equals = attribute.find('=');
    if (equals == std::string_view::npos)
      return bad("'" + std::string(attribute) + "' has no value");
    std::string value = TRY(decode(attribute.substr(equals + 1)));
    TRY_VOID(set_attribute(attribute.substr(0, equals), std::move(value)));
  }
  return {};
}

}  // namespace

bool is_uri(std::string_view name) { return name.starts_with(kScheme); }

Result<Uri> parse_uri(std::string_view text) {
  if (!is_uri(text)) return bad("it does not begin with pkcs11:");
  text.remove_prefix(kScheme.size());
  std::size_t question = std::min(text.find('?'), text.size());
  Uri uri;
  TRY_VOID(
      each_attribute(text.substr(0, question), ';', [&](std::string_view name, std::string value) {
        return set_path_attribute(uri, name, std::move(value));
      }));
  if (question < text.size()) {
    TRY_VOID(each_attribute(text.substr(question + 1), '&',
                            [&](std::string_view name, std::string value) {
                              return set_query_attribute(uri, name, std::move(value));
                            }));
  }
  return uri;
}

}  // namespace bulla::token

// Text helpers: ASCII only, independent of the locale.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bulla {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
std::string lower(std::string_view text);
bool equal_ignoring_case(std::string_view a, std::string_view b);
bool ends_with_ignoring_case(std::string_view text, std::string_view end);

// Without spaces, tabs, CR and LF at both ends.
std::string_view trim(std::string_view text);

// The pieces between the separators; "" has one empty piece.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string join(const std::vector<std::string>& items, std::string_view between);

// Replaces control characters, DEL and invalid UTF-8 by \xNN, so that text from
// a message cannot steer a terminal or a log.
std::string printable(std::string_view text);

// Whether the octets are well-formed UTF-8 (RFC 3629: shortest form, no surrogates).
bool is_utf8(std::string_view text);

// Code points. REQUIRES: is_utf8().
std::size_t count_characters(std::string_view utf8);

// Appends a code point as UTF-8. REQUIRES: a Unicode scalar value.
void append_utf8(std::string& to, char32_t code_point);

// A non-negative decimal number, whole text, no sign.
std::optional<unsigned long long> parse_decimal(std::string_view text);

}  // namespace bulla

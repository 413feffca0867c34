#include <algorithm>

#include "asn1/reader.h"
#include "base/text.h"

namespace bulla::asn1 {
namespace {

std::optional<std::string> from_latin1(ByteView contents, std::uint8_t last) {
  std::string text;
  for (std::uint8_t octet : contents) {
    if (octet == 0 || octet > last) return std::nullopt;
    append_utf8(text, octet);
  }
  return text;
}

// BMPString (2 octets a character) and UniversalString (4).
std::optional<std::string> from_wide(ByteView contents, std::size_t width) {
  if (contents.size() % width != 0) return std::nullopt;
  std::string text;
  for (std::size_t i = 0; i < contents.size(); i += width) {
    char32_t code_point = 0;
    for (std::size_t k = 0; k < width; ++k) code_point = (code_point << 8) | contents[i + k];
    bool surrogate = code_point >= 0xd800 && code_point < 0xe000;
    if (code_point == 0 || surrogate || code_point > 0x10ffff) return std::nullopt;
    append_utf8(text, code_point);
  }
  return text;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_printable(char c) {
  return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z') ||
         std::string_view(" '()+,-./:=?").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> string_to_utf8(Tag tag, ByteView contents) {
  switch (tag) {
    case Tag::Utf8String: {
      std::string_view text = as_text(contents);
      if (!is_utf8(text) || text.find('\0') != text.npos) return std::nullopt;
      return std::string(text);
    }
    case Tag::NumericString:
    case Tag::PrintableString:
    case Tag::Ia5String:
    case Tag::VisibleString:
      return from_latin1(contents, 0x7f);
    case Tag::TeletexString:
      return from_latin1(contents, 0xff);
    case Tag::BmpString:
      return from_wide(contents, 2);
    case Tag::UniversalString:
      return from_wide(contents, 4);
    default:
      return std::nullopt;
  }
}

std::string read_string(Reader& in) {
  if (!in.more()) {
    in.fail(Rule::Asn1Truncated);
    return {};
  }
  Tag tag = in.peek();
  auto text = string_to_utf8(tag, in.contents(tag));
  if (!text) in.fail(Rule::Asn1BadString);
  return text.value_or("");
}

bool is_in_character_set(Tag tag, ByteView contents) {
  std::string_view text = as_text(contents);
  auto all = [&](auto is_of_it) { return std::all_of(text.begin(), text.end(), is_of_it); };
  switch (tag) {
    case Tag::PrintableString:
      return all(is_printable);
    case Tag::NumericString:
      return all([](char c) { return is_digit(c) || c == ' '; });
    case Tag::VisibleString:
      return all([](char c) { return c >= ' ' && c <= '~'; });
    case Tag::Ia5String:
      return all([](char c) { return static_cast<unsigned char>(c) < 0x80; });
    case Tag::Utf8String:
      return is_utf8(text);
    case Tag::BmpString:
      return contents.size() % 2 == 0;
    case Tag::UniversalString:
      return contents.size() % 4 == 0;
    default:
      return true;
  }
}

}  // namespace bulla::asn1

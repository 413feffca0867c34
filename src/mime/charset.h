// Charsets: text of a mail header to UTF-8.
//
// utf-8, us-ascii, iso-8859-1, iso-8859-15 and windows-1252 are converted here; a list
// of other charsets of real mail by iconv(3). A name that is not on the list is never
// given to iconv: its converters have had memory errors (CVE-2024-2961, ISO-2022-CN-EXT).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bulla::mime {

// The text in UTF-8, invalid octets replaced by U+FFFD. Nothing if the charset is unknown.
std::optional<std::string> to_utf8(std::string_view charset, std::string_view text);

// The text with each octet that is not well-formed UTF-8 replaced by U+FFFD.
std::string repair_utf8(std::string_view text);

}  // namespace bulla::mime

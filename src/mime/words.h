// Encoded words (RFC 2047), and writing of header fields.
//
//   std::string subject = decode_words("=?utf-8?q?Gr=C3=BC=C3=9Fe?=");
//   std::string line = write_field("Subject", subject);
//
// Whatever is written here has only printable ASCII and CR LF at folds, so that no value
// can begin another field (T-95), and lines of at most 76 columns where the value allows
// that, 998 in any case.
#pragma once

#include <string>
#include <string_view>

namespace bulla::mime {

// A field's value as UTF-8: unfolded, encoded words replaced by what they stand for. A word
// whose charset or encoding is unknown stays as it is. The result may hold control
// characters; whoever prints it uses printable().
std::string decode_words(std::string_view value);

// Whether the text has something that decode_words() would replace.
bool has_encoded_word(std::string_view text);

// Text in UTF-8 as an unstructured value: itself if it is printable ASCII and cannot be
// taken for an encoded word, else encoded words of at most 75 characters separated by a
// blank. Control characters become blanks, invalid UTF-8 becomes U+FFFD.
std::string encode_words(std::string_view text);

// "Name: value" with folds and the last CR LF. A value that is not ASCII, or has a line
// that cannot be folded, is encoded as unstructured text. Octets that no field name may have
// are left out of the name.
std::string write_field(std::string_view name, std::string_view value);

// "; name=value" for Content-Type and the like: a token, a quoted string, or RFC 2231
// (charset utf-8, continuations) where the value is not ASCII or long. Octets that no
// parameter name may have are left out of the name; nothing is written if none is left.
std::string write_parameter(std::string_view name, std::string_view value);

}  // namespace bulla::mime

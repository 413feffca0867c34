// Wrapping: how a signed mail is written around its content and its signature, as far as
// convert() has to know it to write the same octets again.
#pragma once

#include <string>
#include <vector>

#include "bulla/limits.h"
#include "bulla/seal.h"
#include "cms/signed_data_splitter.h"
#include "mime/base64.h"
#include "mime/header.h"

namespace bulla {

inline constexpr std::string_view kWrappingField = "X-Bulla-Wrapping";

// A field, and how many of the others stand behind it: relays add fields in front.
struct PlacedField {
  std::string raw;
  std::size_t behind = 0;
};

// How base64 is divided into lines, and what follows the last digit.
struct LineLayout {
  std::size_t digits = 0;  // of a line; 0: the octets are not encoded
  mime::LineBreak line_break = mime::LineBreak::Crlf;
  std::string after;
};

struct Wrapping {
  Sign::Form form = Sign::Form::Clear;
  mime::LineBreak line_break = mime::LineBreak::Crlf;  // of the header
  std::vector<PlacedField> fields;                     // those that differ between the forms
  LineLayout lines;                                    // of the CMS message
  Bytes cms_before;                                    // SplitSignedData::before
  // Clear: the line ends of the content, which OpenSSL writes with others than the header, and
  // what stands before it, and between it and the signature's base64.
  mime::LineBreak content_break = mime::LineBreak::Crlf;
  std::string before;
  std::string between;
  // Opaque.
  cms::ContentLayout layout;
  Bytes digest;  // SHA-256 of the body

  // The field with CRLF; nothing if it would be too long for a header.
  std::optional<std::string> encode() const;
  // Nothing if the header has none, or none that can be read. It comes from the message: what it
  // leads to is believed when it was read again.
  static std::optional<Wrapping> find(const mime::Header& header);
};

// Whether the field is written anew in the other form.
bool is_of_form(const mime::Field& field);

// The header with `fields` in the place of those that are_of_form(), and the empty line.
std::string with_fields(const mime::Header& header, const std::vector<PlacedField>& fields);

}  // namespace bulla

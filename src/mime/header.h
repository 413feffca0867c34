// Header: the fields of one header block, and its octets exactly as received.
//
//   Header header = TRY(Header::parse(octets, limits));
//   if (const Field* subject = header.find("Subject")) show(decode_words(subject->value));
//
// Nothing is repaired and nothing dropped: a line that is no field is kept as a
// Field without a name and counted in malformed(); raw() is the input (RFC 5322 2.2).
//
// Thread safety: a Header is immutable; copies share its octets. The views in a
// Field are valid as long as any copy of its Header is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"
#include "mime/content_type.h"

namespace bulla::mime {

struct Field {
  std::string_view name;     // as written; empty if the line is no field
  std::string_view value;    // after the colon, still folded, without the last line end
  std::string_view raw;      // everything, with line ends
  std::uint64_t offset = 0;  // of raw, in the input

  bool is(std::string_view other) const;

  // The value without folds and without blanks at its ends.
  std::string unfolded() const;
};

enum class LineEnds : std::uint8_t { None, Lf, Crlf, Mixed };

class Header {
 public:
  Header();

  // Parses a header block, with or without the empty line that ends it. `offset` is
  // where it begins in the input. Errors: limit.header.
  [[nodiscard]] static Result<Header> parse(ByteView octets, const Limits& limits = {},
                                            std::uint64_t offset = 0);

  // All of them in order, malformed ones too.
  const std::vector<Field>& fields() const { return fields_; }

  // The first field of that name, ignoring case, or null.
  const Field* find(std::string_view name) const;
  std::vector<const Field*> find_all(std::string_view name) const;
  std::size_t count(std::string_view name) const;

  // The octets as received, with the empty line if there is one.
  std::string_view raw() const { return *octets_; }
  // The empty line that ends the block ("\r\n" or "\n"), or nothing if the input ended before.
  std::string_view empty_line() const { return empty_line_; }
  LineEnds line_ends() const { return line_ends_; }
  std::uint64_t offset() const { return offset_; }

  // Number of lines that are no field or hold NUL, a bare CR or nothing but blanks
  // (mime.malformed-header): other programs may read them otherwise.
  std::size_t malformed() const { return malformed_; }

  // Content-Type, Content-Transfer-Encoding and MIME-Version, in lower case, if there is
  // more than one of them (mime.duplicate-field).
  std::vector<std::string> duplicates() const;

  // The first Content-Type; text/plain if there is none (RFC 2045 5.2).
  const ContentType& content_type() const { return *content_type_; }
  ContentDisposition content_disposition() const;
  // SevenBit if there is none (MIME-06).
  TransferEncoding transfer_encoding() const;

 private:
  void add_line(std::string_view line);
  void add_field(std::string_view line);
  void note_line_end(std::string_view line);

  std::shared_ptr<const std::string> octets_;
  std::shared_ptr<const ContentType> content_type_;
  std::vector<Field> fields_;
  std::string_view empty_line_;
  std::uint64_t offset_ = 0;
  std::size_t malformed_ = 0;
  LineEnds line_ends_ = LineEnds::None;
};

// Takes out folds: line ends, the blanks after them kept. Blanks at both ends go too.
std::string unfold(std::string_view value);

// Whether the field describes the body (MIME-Version, Content-*), and so is neither
// protected nor copied with the others (RFC 9788 1.1.1, HP-05).
bool is_structural(std::string_view name);

}  // namespace bulla::mime

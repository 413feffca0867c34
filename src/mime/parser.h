// EntityParser: one level of MIME, pushed in chunks, handed on in chunks.
//
//   struct Handler : EntityHandler {
//     Result<BodyPlan> on_header(const Header& header) override { return plan_body(header); }
//     Result<void> on_part(ByteView raw) override { return digest(raw); }
//   };
//   EntityParser parser(handler, limits);
//   while (…) TRY_VOID(parser.push(chunk));
//   TRY_VOID(parser.finish());
//
// The events of an entity, put together, are its octets: header, then either
// body or preamble, delimiters, parts and epilogue (MIME-11, MIME-13). A part is
// what a signature covers: from the first octet of its header up to, not
// including, the line end before the next delimiter (RFC 2046 5.1.1, MIME-12). It is not
// parsed itself; whoever wants its inside pushes it into another EntityParser, so
// nesting costs no recursion here. Events do not depend on how the input was cut but in
// the number of calls for one run of octets.
//
// A line ends with LF, or CR LF; a bare CR is data. A delimiter line is "--", the
// boundary, "--" for the last one, then blanks only: `--ab` does not end a part of
// boundary `a`. (RFC 2046 also allows to compare the beginning alone, which fails when
// an inner boundary begins with the outer.) The blanks are at most kMaxPadding.
//
// Time is linear and memory constant: only a header and a possible delimiter are held.
// Views are valid during the call. Offsets count from `base_offset`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"
#include "mime/header.h"

namespace bulla::mime {

// Blanks that may follow a boundary. Relays add a few; the limit keeps memory constant.
inline constexpr std::size_t kMaxPadding = 256;

struct BodyPlan {
  enum class Kind : std::uint8_t { Leaf, Multipart };
  Kind kind = Kind::Leaf;
  std::string boundary;  // of a Multipart; not empty
};

// What RFC 2045 and 2046 say of the body under this header: a multipart if the type is one,
// has a usable boundary, and is not transfer-encoded; else a leaf.
BodyPlan plan_body(const ContentType& type, TransferEncoding encoding);
BodyPlan plan_body(const Header& header);

// The boundary parameter without trailing blanks, or empty if it is missing, has control
// characters or is given twice with different values.
std::string usable_boundary(const ContentType& type);

enum class Delimiter : std::uint8_t { Open, Close };

class EntityHandler {
 public:
  virtual ~EntityHandler() = default;

  // Once, before all else.
  [[nodiscard]] virtual Result<BodyPlan> on_header(const Header& header) = 0;
  // The body of a leaf.
  [[nodiscard]] virtual Result<void> on_body(ByteView) { return {}; }
  [[nodiscard]] virtual Result<void> on_preamble(ByteView) { return {}; }
  // A part begins at this offset; it may turn out to be empty.
  [[nodiscard]] virtual Result<void> on_part_begin(std::uint64_t) { return {}; }
  [[nodiscard]] virtual Result<void> on_part(ByteView) { return {}; }
  [[nodiscard]] virtual Result<void> on_part_end() { return {}; }
  // One whole delimiter, with the line end before it, if it has one, and the one after.
  [[nodiscard]] virtual Result<void> on_delimiter(ByteView, Delimiter) { return {}; }
  [[nodiscard]] virtual Result<void> on_epilogue(ByteView) { return {}; }
};

class EntityParser {
 public:
  explicit EntityParser(EntityHandler& handler, const Limits& limits = {},
                        std::uint64_t base_offset = 0)
      : handler_(handler), limits_(limits), offset_(base_offset) {}

  // Errors: limit.header, limit.mime-parts, and those of the handler. After one, no more calls.
  [[nodiscard]] Result<void> push(ByteView chunk);

  // The entity ends here. REQUIRES: called once.
  [[nodiscard]] Result<void> finish();

  // After finish(): a multipart without its last delimiter (mime.unclosed).
  bool unclosed() const { return unclosed_; }

  // Octets pushed so far, plus base_offset.
  std::uint64_t offset() const { return offset_; }

  // Where the body began. REQUIRES: on_header() was called.
  std::uint64_t body_offset() const { return body_offset_; }

 private:
  enum class State : std::uint8_t { InHeader, InLeaf, InPreamble, InPart, InEpilogue };
  // How far the octets in held_ have come towards a delimiter.
  enum class Step : std::uint8_t {
    None,       // not inside a candidate
    Cr,         // the CR of a line end
    LineStart,  // after a line end, or at the start of the body or of a part
    Dash,
    Boundary,  // matched_ octets of the boundary
    After,     // the whole boundary
    CloseDash,
    Padding,
    FinalCr,
  };
  enum class Answer : std::uint8_t { More, Reject, Accept };

  Result<ByteView> push_header(ByteView chunk);
  Result<void> end_header();
  Result<ByteView> push_multipart(ByteView chunk);
  Result<ByteView> extend_candidate(ByteView chunk);
  std::size_t candidate_start(ByteView chunk) const;
  bool surely_no_delimiter(ByteView line) const;
  Answer step(std::uint8_t octet);
  Answer step_after_boundary(std::uint8_t octet);
  Result<void> reject();
  Result<void> accept();
  Result<void> content(ByteView octets);

  EntityHandler& handler_;
  Limits limits_;
  std::uint64_t offset_;
  std::uint64_t body_offset_ = 0;
  Bytes header_;
  std::size_t line_start_ = 0;  // of the last line in header_
  std::string boundary_;
  Bytes held_;
  std::size_t matched_ = 0;
  std::size_t padding_ = 0;
  std::size_t parts_ = 0;
  State state_ = State::InHeader;
  Step step_ = Step::None;
  bool closing_ = false;
  bool unclosed_ = false;
};

}  // namespace bulla::mime

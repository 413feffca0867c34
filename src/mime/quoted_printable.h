// Quoted-printable, streaming (RFC 2045 6.7).
//
// The encoder writes text so that no relay on the way has a reason to touch it: lines of
// at most 76 columns, no blank at the end of a line, no line that begins with "From " or
// with a dot (MIME-10, RFC 2049 3). The decoder takes what is not an escape literally and
// counts it, drops blanks before line ends as the RFC says, and leaves line ends as they
// are.
//
// Thread safety: each filter belongs to one thread.
#pragma once

#include <cstdint>

#include "mime/base64.h"
#include "mime/filter.h"

namespace bulla::mime {

class QuotedPrintableEncoder final : public Filter {
 public:
  enum class Input : std::uint8_t {
    Data,     // encode: "=" too; LF and CR LF are line ends, a bare CR is data
    Encoded,  // is quoted-printable already: mend only what is not safe to send
  };

  explicit QuotedPrintableEncoder(Sink& next, Input input = Input::Data,
                                  LineBreak line_break = LineBreak::Crlf)
      : Filter(next), input_(input), line_break_(line_break) {}

  Result<void> write(ByteView bytes) override;
  Result<void> flush() override;

 private:
  std::size_t put_plain(ByteView bytes);
  void take(std::uint8_t octet);
  void end_line();
  void put_line_break();
  void put(std::uint8_t octet);
  void put_literal(std::uint8_t octet);
  void put_escaped(std::uint8_t octet);
  void make_room(std::size_t columns);
  Result<void> pass();

  Input input_;
  LineBreak line_break_;
  Bytes out_;
  std::size_t column_ = 0;
  std::size_t from_ = 0;       // octets of "From" that the line has begun with
  std::size_t in_escape_ = 0;  // digits still to come after "=" (Input::Encoded)
  Bytes held_;                 // blanks, or a CR, that may stand before a line end
};

class QuotedPrintableDecoder final : public Filter {
 public:
  using Filter::Filter;

  Result<void> write(ByteView bytes) override;
  Result<void> flush() override;

  // Escapes that are none, and octets past ASCII (mime.bad-quoted-printable).
  std::uint64_t malformed() const { return malformed_; }

 private:
  enum class State : std::uint8_t { Text, Blanks, BlanksCr, Equals, Digit, SoftBlanks, SoftCr };

  bool take(std::uint8_t octet);
  bool take_in_escape(std::uint8_t octet);
  void release();

  State state_ = State::Text;
  Bytes held_;  // blanks before a possible line end; or the octets of an escape so far
  Bytes out_;
  std::uint64_t malformed_ = 0;
};

}  // namespace bulla::mime

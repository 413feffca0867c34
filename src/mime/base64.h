// Base64 for MIME bodies, streaming (RFC 2045 6.8).
//
//   Base64Decoder decoder(next);
//   TRY_VOID(decoder.write(body));
//   TRY_VOID(decoder.finish());
//   if (decoder.saw().foreign > 0) note(Rule::MimeBadBase64);
//
// Decoding skips line ends and blanks, and octets outside the alphabet, which it counts.
// The first padding ends the data: what follows (a list's footer, a second encoding) is
// dropped and counted. Missing padding is tolerated and told; one left-over digit, which
// no encoder writes, is mime.truncated-base64 (MIME-54, T-100).
//
// Thread safety: each filter belongs to one thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "mime/filter.h"

namespace bulla::mime {

enum class LineBreak : std::uint8_t { Crlf, Lf };

// The line end of the first line; CRLF if there is none.
LineBreak first_line_break(std::string_view text);

// Whether the last line of an encoding gets a line end: not inside a multipart, where
// the delimiter has its own.
enum class LastLine : std::uint8_t { Ended, Open };

struct EncoderOptions {
  LineBreak line_break = LineBreak::Crlf;
  LastLine last_line = LastLine::Ended;
};

// Lines of 76 characters.
class Base64Encoder final : public Filter {
 public:
  explicit Base64Encoder(Sink& next, EncoderOptions options = {})
      : Filter(next), options_(options) {}

  Result<void> write(ByteView bytes) override;
  Result<void> flush() override;

 private:
  Result<void> write_lines(ByteView octets);
  std::string_view line_break() const {
    return options_.line_break == LineBreak::Crlf ? "\r\n" : "\n";
  }

  EncoderOptions options_;
  Bytes pending_;  // less than one line of input
  Bytes out_;
  bool open_line_ = false;  // a line end is due before the next line
};

class Base64Decoder final : public Filter {
 public:
  using Filter::Filter;

  struct Saw {
    std::uint64_t foreign = 0;        // octets outside the alphabet
    std::uint64_t after_padding = 0;  // octets of data after the end
    bool missing_padding = false;
  };

  Result<void> write(ByteView bytes) override;
  Result<void> flush() override;
  const Saw& saw() const { return saw_; }

 private:
  void make_room(std::size_t octets);
  void take(std::uint8_t octet);
  Result<void> pass();

  Saw saw_;
  std::uint64_t offset_ = 0;
  std::uint32_t group_ = 0;  // the digits of an unfinished group
  unsigned digits_ = 0;
  unsigned pads_ = 0;
  bool ended_ = false;
  Bytes out_;
  std::size_t used_ = 0;
};

// Encodes in one piece, without line ends.
std::string base64(ByteView bytes);

}  // namespace bulla::mime

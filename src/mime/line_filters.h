// Filters that keep a body fit for mail transport (RFC 8551 3.1.3, RFC 5321 4.5.3.1.6).
//
// Both take text in canonical form (CR LF) and pass clean lines on without a copy.
//
// Thread safety: each filter belongs to one thread.
#pragma once

#include <cstdint>

#include "mime/filter.h"

namespace bulla::mime {

// Octets of a line, without its line end, that SMTP carries.
inline constexpr std::size_t kMaxLineOctets = 998;

// Refuses octets past ASCII, NUL and lines that are too long, with a rule of the owner's.
class SevenBitGuard final : public Filter {
 public:
  SevenBitGuard(Sink& next, Rule rule, std::uint64_t offset)
      : Filter(next), rule_(rule), offset_(offset) {}

  Result<void> write(ByteView bytes) override;
  Result<void> flush() override;

 private:
  Rule rule_;
  std::uint64_t offset_;
  std::size_t column_ = 0;
};

// Mends text whose exact octets mean nothing: base64 lines, a preamble. Blanks at line ends
// go, long lines are broken, and what else is not safe is dropped or replaced.
class LineScrubber final : public Filter {
 public:
  enum class Unsafe : std::uint8_t {
    Drop,     // leaves it out
    Replace,  // writes "?", also for the blank of "From " at the start of a line
  };

  LineScrubber(Sink& next, Unsafe unsafe) : Filter(next), unsafe_(unsafe) {}

  Result<void> write(ByteView bytes) override;
  Result<void> flush() override;

 private:
  std::size_t clean_lines(ByteView bytes) const;
  bool is_clean(ByteView line) const;
  void take(std::uint8_t octet);
  void put(std::uint8_t octet);
  Result<void> pass();

  Unsafe unsafe_;
  Bytes out_;
  Bytes held_;  // blanks that may stand before a line end, at most one line of them
  bool held_cr_ = false;
  std::size_t column_ = 0;
  std::size_t from_ = 0;
};

}  // namespace bulla::mime

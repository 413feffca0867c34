// Line ends: to the canonical form, CR LF, and back to LF.
//
//   Canonicalizer canonical(digest);
//   TRY_VOID(canonical.write("a\nb\r\n"));  // digest gets "a\r\nb\r\n"
//
// What a signature covers has CR LF (RFC 8551 3.1.1, MIME-04); files on a Unix host have
// LF. A bare CR is left alone (T-96): turning it into a line end would let one
// signature hold for two texts. Text that is canonical already goes on in the chunk it
// came in, without a copy.
//
// Thread safety: each filter belongs to one thread.
#pragma once

#include <cstdint>

#include "mime/filter.h"

namespace bulla::mime {

// What a text had for line ends.
struct LineEndCounts {
  bool crlf = false;
  bool bare_lf = false;
  bool bare_cr = false;
};

class Canonicalizer final : public Filter {
 public:
  using Filter::Filter;

  Result<void> write(ByteView bytes) override;
  Result<void> flush() override;

  // What was seen so far; a CR at the very end counts after flush().
  const LineEndCounts& saw() const { return saw_; }

 private:
  std::size_t clean_run(ByteView bytes);
  Result<void> pass(ByteView bytes);
  Result<void> convert(ByteView bytes);

  LineEndCounts saw_;
  Bytes out_;
  bool after_cr_ = false;  // the octet before this chunk was CR; it has been passed on
};

// CR LF to LF; everything else as it is.
class CrlfToLf final : public Filter {
 public:
  using Filter::Filter;

  Result<void> write(ByteView bytes) override;
  Result<void> flush() override;

 private:
  Bytes out_;
  bool held_cr_ = false;
};

}  // namespace bulla::mime

// Preparer: a MIME entity in the form in which it is signed, encrypted or compressed.
//
//   Preparer prepare(next, PrepareMode::SevenBit, limits);
//   TRY_VOID(prepare.write(chunk));
//   TRY_VOID(prepare.finish());
//
// The one preparation path of RFC 8551 3.1 (MIME-02): line ends become CR LF, and in
// SevenBit mode every leaf becomes safe for any mail transport (MIME-08, MIME-09, MIME-10):
// octets past ASCII, NUL, bare CR, lines of more than 998 octets, blanks at line ends and lines
// that begin with "From " are encoded, text as quoted-printable, other types (and text with
// NUL) as base64. An entity that is safe already changes in nothing but its line ends.
//
// It is done in one pass and constant memory. Whether a leaf needs encoding is seen in its
// first 64 KiB, kWindow. A leaf that is longer and clean so far:
//   - declared 8bit or binary: is encoded; that is always safe;
//   - without a declaration: is encoded too, since nobody promised what follows;
//   - declared 7bit: goes as it is; should an octet past ASCII, NUL or a line that is
//     too long follow, the result is the error mime.not-seven-bit, never a broken signature.
// A quoted-printable or base64 leaf stays as it is; what in it is not safe is mended without
// a change of meaning. multipart/signed and multipart/encrypted inside are never re-encoded
// (MIME-11); where they are not 7-bit, the result is mime.not-seven-bit. Levels of message and
// multipart inside each other are limited by Limits::mime_depth.
//
// Header fields with octets past ASCII are written anew, as encoded words or with RFC 2231.
//
// Errors: mime.not-seven-bit, mime.no-boundary, mime.encoded-multipart,
// mime.duplicate-field (the form would be ambiguous), mime.unknown-encoding,
// limit.header, limit.mime-depth, limit.mime-parts, and those of `next`.
//
// Thread safety: belongs to one thread. `next` outlives it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "bulla/limits.h"
#include "mime/filter.h"

namespace bulla::mime {

enum class PrepareMode : std::uint8_t {
  SevenBit,
  // Leaves keep their octets; only headers, text and what is not declared binary get CR LF. For
  // content that stays inside CMS, to recipients who prefer binary (MIME-08).
  Binary,
};

class Preparer final : public Filter {
 public:
  // Octets of a leaf that are looked at before it is decided how it goes.
  static constexpr std::size_t kWindow = 64u << 10;

  Preparer(Sink& next, PrepareMode mode, const Limits& limits = {});
  ~Preparer() override;
  Preparer(const Preparer&) = delete;
  Preparer& operator=(const Preparer&) = delete;

  Result<void> write(ByteView bytes) override;

  // The entity ends here. REQUIRES: called once; no write() after it.
  Result<void> flush() override;

 private:
  class Level;
  class Tail;

  Result<void> open_level(std::uint64_t offset);
  Result<void> close_level(std::size_t depth);

  PrepareMode mode_;
  Limits limits_;
  std::unique_ptr<Tail> tail_;
  std::vector<std::unique_ptr<Level>> levels_;  // outermost first
};

}  // namespace bulla::mime

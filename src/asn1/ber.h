// BER that comes in chunks, of any size, in constant memory.
//
// BerScanner finds the elements of one BER value and asks its handler, at the
// start of each, what to do with it: go inside, collect it whole, or hand out its
// octets as they come. Indefinite lengths, constructed OCTET STRINGs nested up to
// Limits::octet_string_depth, and definite lengths up to 2^63 are taken (CMS-05).
//
// to_der() turns a collected element into definite, minimal lengths and
// primitive OCTET STRINGs, so that the strict Reader can read it. It does not
// reorder SET OF: what was signed stays as it was sent.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "asn1/tag.h"
#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"

namespace bulla::asn1 {

enum class BerAction {
  Descend,  // report the elements inside, then leave()
  Capture,  // collect the whole element and report captured()
  Stream,   // report the contents as stream(), inner OCTET STRINGs joined
};

class BerHandler {
 public:
  virtual ~BerHandler() = default;

  // An element starts at `offset`. `length` is nothing if it is indefinite.
  virtual Result<BerAction> begin(Tag tag, std::optional<std::uint64_t> length,
                                  std::uint64_t offset) = 0;
  // A captured element, tag and lengths as received. Valid during the call.
  virtual Result<void> captured(ByteView element, std::uint64_t offset) = 0;
  // Part of a streamed element's contents. Valid during the call.
  virtual Result<void> stream(ByteView contents) = 0;
  // The streamed element is complete.
  virtual Result<void> stream_end() = 0;
  // The element that was descended into last is complete.
  virtual Result<void> leave(std::uint64_t offset) = 0;
};

class BerScanner {
 public:
  // `max_captured`: octets that one captured element may have. base_offset: where
  // the value starts in the message, for offsets of errors.
  BerScanner(BerHandler& handler, const Limits& limits, std::size_t max_captured,
             std::uint64_t base_offset = 0);

  [[nodiscard]] Result<void> push(ByteView chunk);
  // The input has ended. Fails if the value has not.
  [[nodiscard]] Result<void> finish();

  bool complete() const { return complete_; }
  // Sets how many octets the elements captured from now on may have.
  void set_max_captured(std::size_t octets) { max_captured_ = octets; }
  std::uint64_t offset() const { return offset_; }

 private:
  enum class Mode { Header, Stream, Capture };
  enum class Kind : std::uint8_t { Descended, StreamPart, CapturePart };
  struct Open {
    Kind kind;
    bool indefinite;
    std::uint64_t end;  // offset behind the contents, if definite
  };

  Result<void> take_header(ByteView& chunk);
  Result<bool> parse_header();
  Result<void> begin_element(Tag tag, std::optional<std::uint64_t> length);
  Result<void> begin_in_stream(Tag tag, std::optional<std::uint64_t> length);
  Result<void> begin_in_capture(std::optional<std::uint64_t> length);
  Result<void> start(BerAction action, Tag tag, std::optional<std::uint64_t> length);
  Result<void> open(Kind kind, std::optional<std::uint64_t> length);
  Result<void> end_of_contents();
  Result<void> close_finished();
  Result<void> close(const Open& element);
  Result<void> take_contents(ByteView& chunk);
  Result<void> keep(ByteView octets);
  Result<void> finish_capture();

  BerHandler& handler_;
  Limits limits_;
  std::size_t max_captured_;
  std::uint64_t offset_;
  bool complete_ = false;
  bool started_ = false;

  Mode mode_ = Mode::Header;
  std::uint64_t left_ = 0;  // contents octets of the primitive (or skipped) element
  Bytes header_;            // octets of a header that is not complete yet
  std::uint64_t header_offset_ = 0;
  std::vector<Open> open_;
  std::size_t elements_ = 0;
  std::size_t stream_depth_ = 0;

  Bytes capture_;
  std::uint64_t capture_offset_ = 0;
};

// Tag and length of the element that the octets begin with.
struct BerHeader {
  Tag tag;
  std::size_t size;                     // of the tag and the length octets themselves
  std::optional<std::uint64_t> length;  // nothing if it is indefinite
};
Result<BerHeader> read_header(ByteView data, std::uint64_t offset = 0);

// Octets of the whole element that `data` begins with, whatever its lengths look like.
Result<std::size_t> element_size(ByteView data, const Limits& limits = {});

// See above. Walks the element without recursion; fails on what is no single
// well-formed BER element, on high tag numbers, and past the limits.
Result<Bytes> to_der(ByteView element, const Limits& limits, std::uint64_t base_offset = 0);

}  // namespace bulla::asn1

// Walks DER elements as views of the input; copies nothing.
//
// Failure is sticky. The first one is recorded for the whole decode, and from
// then on every read yields an empty value and more() is false. Code that reads
// a structure therefore needs no error checks of its own, and reads like the
// ASN.1 that it implements:
//
//   // Validity ::= SEQUENCE { notBefore Time, notAfter Time }
//   Validity Validity::read(asn1::Reader& in) {
//     asn1::Reader seq = in.sequence();
//     return {.not_before = seq.time(), .not_after = seq.time()};
//   }
//
//   Result<Validity> validity = asn1::decode(der, &Validity::read);
//
// A Reader that is destroyed with input left over has failed: trailing data
// cannot be overlooked. Only decode() makes Readers and hands out what was read.
//
// DER is strict: definite and minimal lengths, minimal INTEGERs, no constructed
// strings. BER goes through to_der() (asn1/ber.h) first.
//
// Thread safety: a Reader belongs to one thread. Views stay valid as long as
// the input does.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "asn1/tag.h"
#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/oid.h"
#include "bulla/result.h"
#include "bulla/time.h"

namespace bulla::asn1 {

// A BIT STRING: octets, and how many low bits of the last one do not count.
struct BitString {
  ByteView bytes;
  unsigned unused_bits = 0;

  // Bit 0 is the first one (X.680 22.6), as in NamedBitList; false past the end.
  bool has(unsigned bit) const;
};

class Reader {
 public:
  Reader(Reader&& other) noexcept
      : state_(other.state_), rest_(std::exchange(other.rest_, {})), depth_(other.depth_) {}
  Reader& operator=(Reader&&) = delete;
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  // Whether an element is left. False after a failure.
  bool more() const { return !rest_.empty(); }
  // Whether the next element has this tag. False at the end and after a failure.
  bool next_is(Tag tag) const { return more() && rest_[0] == static_cast<std::uint8_t>(tag); }
  // The next element's tag. REQUIRES: more().
  Tag peek() const { return static_cast<Tag>(rest_[0]); }

  // Enters an element; the inner Reader must be read to its end.
  Reader enter(Tag tag);
  Reader sequence() { return enter(Tag::Sequence); }
  Reader set() { return enter(Tag::Set); }
  // Enters if the tag fits, else nothing is consumed.
  std::optional<Reader> optional_enter(Tag tag);

  // The whole next element, tag and length included.
  ByteView element();
  ByteView element(Tag tag);
  std::optional<ByteView> optional_element(Tag tag);
  // What is inside the next element.
  ByteView contents(Tag tag);
  std::optional<ByteView> optional_contents(Tag tag);
  // All that is left, as it is.
  ByteView rest() { return std::exchange(rest_, {}); }
  // Passes over all that is left, element by element.
  void skip_rest();

  Oid oid();
  // An INTEGER that fits into 63 bits and is not negative.
  std::int64_t small_integer(Tag tag = Tag::Integer);
  // The contents of an INTEGER of at most max_bytes: two's complement, big-endian, minimal.
  ByteView integer(std::size_t max_bytes = 2'056);
  bool boolean(Tag tag = Tag::Boolean);
  // BOOLEAN DEFAULT FALSE. An encoded default fails (X.690 11.5).
  bool optional_boolean();
  void null();
  ByteView octet_string() { return contents(Tag::OctetString); }
  BitString bit_string(Tag tag = Tag::BitString);
  // UTCTime or GeneralizedTime as RFC 5280 4.1.2.5 restricts them; YY >= 50 is 19YY.
  Time time();

  // Records a failure at the element read last, unless there is one already.
  void fail(Rule rule, std::string detail = {});
  bool failed() const;

 private:
  friend class Decoding;

  struct State {
    ByteView input;
    std::uint64_t base_offset;
    std::size_t elements_left;
    unsigned max_depth;
    const std::uint8_t* last;  // the element read last
    std::optional<Error> error;
  };

  struct Header {
    std::size_t header_size;
    std::size_t content_size;
  };

  Reader(State* state, ByteView rest, unsigned depth) : state_(state), rest_(rest), depth_(depth) {}
  std::optional<Header> header();
  std::optional<std::size_t> long_length(std::size_t octets);
  void fail_at(Rule rule, const std::uint8_t* where, std::string detail = {});

  State* state_;
  ByteView rest_;
  unsigned depth_;
};

// One decode: what its Readers share. Used by decode() alone.
class Decoding {
 public:
  Decoding(ByteView der, const Limits& limits, std::uint64_t base_offset)
      : state_{
            der,        base_offset, limits.der_elements, static_cast<unsigned>(limits.der_depth),
            der.data(), std::nullopt} {}
  Reader reader() { return {&state_, state_.input, 0}; }
  std::optional<Error>& error() { return state_.error; }

 private:
  Reader::State state_;
};

// Runs read(Reader&) over the whole of der. The error's offset counts from the
// start of der plus base_offset.
template <typename Read>
auto decode(ByteView der, Read read, const Limits& limits = {}, std::uint64_t base_offset = 0)
    -> Result<std::decay_t<decltype(read(std::declval<Reader&>()))>> {
  Decoding decoding(der, limits, base_offset);
  auto value = [&] {
    Reader reader = decoding.reader();
    return read(reader);
  }();
  if (decoding.error()) return tl::unexpected<Error>(std::move(*decoding.error()));
  return value;
}

// Reads a character string of any of the types of DirectoryString, IA5String,
// NumericString or VisibleString as UTF-8. TeletexString is taken as ISO 8859-1
// (T-54). Fails on ill-formed text and on U+0000.
std::string read_string(Reader& in);

// The same for contents whose tag is known.
std::optional<std::string> string_to_utf8(Tag tag, ByteView contents);
// Whether each octet is of the character set of the type (X.680 41).
bool is_in_character_set(Tag tag, ByteView contents);

// Whether the octets are exactly one well-formed DER element at the top level.
bool is_single_element(ByteView der);

}  // namespace bulla::asn1

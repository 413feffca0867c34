// Writes DER. An inner Writer writes its length when it goes out of scope.
//
//   // Validity ::= SEQUENCE { notBefore Time, notAfter Time }
//   Bytes der = asn1::encode([&](asn1::Writer& out) {
//     asn1::Writer seq = out.sequence();
//     seq.time(not_before);
//     seq.time(not_after);
//   });
//
// While an inner Writer lives, the outer one must not be used (CHECKed).
// Thread safety: a Writer belongs to one thread.
#pragma once

#include <cstdint>
#include <span>

#include "asn1/tag.h"
#include "bulla/bytes.h"
#include "bulla/oid.h"
#include "bulla/time.h"

namespace bulla::asn1 {

class Writer {
 public:
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  ~Writer();

  Writer enter(Tag tag);
  Writer sequence() { return enter(Tag::Sequence); }
  Writer set() { return enter(Tag::Set); }

  // An element that is already encoded.
  void element(ByteView encoded);
  // Tag, length and contents.
  void primitive(Tag tag, ByteView contents);

  void oid(const Oid& oid) { primitive(Tag::ObjectIdentifier, oid.der()); }
  void integer(std::uint64_t value, Tag tag = Tag::Integer);
  // A non-negative number from its big-endian octets, of any length.
  void unsigned_integer(ByteView big_endian, Tag tag = Tag::Integer);
  void boolean(bool value);
  void null() { primitive(Tag::Null, {}); }
  void octet_string(ByteView contents) { primitive(Tag::OctetString, contents); }
  void bit_string(ByteView bytes, unsigned unused_bits = 0);
  void utf8_string(std::string_view text) { primitive(Tag::Utf8String, as_bytes(text)); }
  // UTCTime from 1950 to 2049, else GeneralizedTime (RFC 5652 11.3, ATTR-10).
  void time(Time time);
  void generalized_time(Time time);

  // The elements of a SET OF in DER order (X.690 11.6), under `tag`.
  void set_of(std::vector<Bytes> elements, Tag tag = Tag::Set);

 private:
  template <typename Write>
  friend Bytes encode(Write write);

  explicit Writer(Bytes* out) : out_(out) {}
  Writer(Bytes* out, Writer* outer, Tag tag);

  Bytes* out_;
  Writer* outer_ = nullptr;
  Writer* inner_ = nullptr;
  std::size_t start_ = 0;
};

template <typename Write>
Bytes encode(Write write) {
  Bytes out;
  {
    Writer writer(&out);
    write(writer);
  }
  return out;
}

// The octets of a definite length in its shortest form.
Bytes encode_length(std::uint64_t length);

// Tag and definite length, for contents that follow apart.
Bytes encode_header(Tag tag, std::uint64_t length);

}  // namespace bulla::asn1

#include "asn1/writer.h"

#include <algorithm>
#include <cstdio>

#include "base/check.h"

namespace bulla::asn1 {

Bytes encode_length(std::uint64_t length) {
  if (length < 0x80) return {static_cast<std::uint8_t>(length)};
  Bytes octets;
  for (std::uint64_t rest = length; rest != 0; rest >>= 8) {
    octets.insert(octets.begin(), static_cast<std::uint8_t>(rest));
  }
  octets.insert(octets.begin(), static_cast<std::uint8_t>(0x80 | octets.size()));
  return octets;
}

Bytes encode_header(Tag tag, std::uint64_t length) {
  Bytes header{static_cast<std::uint8_t>(tag)};
  append(header, encode_length(length));
  return header;
}

Writer::Writer(Bytes* out, Writer* outer, Tag tag) : out_(out), outer_(outer) {
  CHECK(outer->inner_ == nullptr);
  outer->inner_ = this;
  out_->push_back(static_cast<std::uint8_t>(tag));
  start_ = out_->size();
}

Writer::~Writer() {
  CHECK(inner_ == nullptr);
  if (outer_ == nullptr) return;
  Bytes length = encode_length(out_->size() - start_);
  out_->insert(out_->begin() + static_cast<std::ptrdiff_t>(start_), length.begin(), length.end());
  outer_->inner_ = nullptr;
}

Writer Writer::enter(Tag tag) { return {out_, this, tag}; }

void Writer::element(ByteView encoded) {
  CHECK(inner_ == nullptr);
  append(*out_, encoded);
}

void Writer::primitive(Tag tag, ByteView contents) {
  CHECK(inner_ == nullptr);
  append(*out_, encode_header(tag, contents.size()));
  append(*out_, contents);
}

void Writer::integer(std::uint64_t value, Tag tag) {
  Bytes octets;
  for (std::uint64_t rest = value; rest != 0; rest >>= 8) {
    octets.insert(octets.begin(), static_cast<std::uint8_t>(rest));
  }
  unsigned_integer(octets, tag);
}

void Writer::unsigned_integer(ByteView big_endian, Tag tag) {
  while (!big_endian.empty() && big_endian[0] == 0) big_endian = big_endian.subspan(1);
  Bytes octets;
  if (big_endian.empty() || big_endian[0] >= 0x80) octets.push_back(0);
  append(octets, big_endian);
  primitive(tag, octets);
}

void Writer::boolean(bool value) {
  std::uint8_t octet = value ? 0xff : 0;
  primitive(Tag::Boolean, {&octet, 1});
}

void Writer::bit_string(ByteView bytes, unsigned unused_bits) {
  Bytes contents{static_cast<std::uint8_t>(unused_bits)};
  append(contents, bytes);
  primitive(Tag::BitString, contents);
}

namespace {

// YYYYMMDDhhmmssZ
std::string digits_of(Time time) {
  std::string iso = to_iso8601(time);
  std::string digits;
  std::copy_if(iso.begin(), iso.end(), std::back_inserter(digits),
               [](char c) { return (c >= '0' && c <= '9') || c == 'Z'; });
  return digits;
}

}  // namespace

void Writer::time(Time time) {
  std::string digits = digits_of(time);
  bool utc = digits >= "1950" && digits < "2050";
  primitive(utc ? Tag::UtcTime : Tag::GeneralizedTime, as_bytes(utc ? digits.substr(2) : digits));
}

void Writer::generalized_time(Time time) {
  primitive(Tag::GeneralizedTime, as_bytes(digits_of(time)));
}

void Writer::set_of(std::vector<Bytes> elements, Tag tag) {
  std::sort(elements.begin(), elements.end(),
            [](const Bytes& a, const Bytes& b) { return less(a, b); });
  Writer set = enter(tag);
  for (const Bytes& element : elements) set.element(element);
}

}  // namespace bulla::asn1

#include "asn1/reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/check.h"

namespace bulla::asn1 {

bool BitString::has(unsigned bit) const {
  return bit / 8 < bytes.size() && (bytes[bit / 8] & (0x80u >> (bit % 8))) != 0;
}

Reader::~Reader() {
  if (!rest_.empty()) fail_at(Rule::Asn1TrailingData, rest_.data());
}

bool Reader::failed() const { return state_->error.has_value(); }

void Reader::fail(Rule rule, std::string detail) { fail_at(rule, state_->last, std::move(detail)); }

void Reader::fail_at(Rule rule, const std::uint8_t* where, std::string detail) {
  rest_ = {};
  if (state_->error) return;
  auto offset = static_cast<std::uint64_t>(where - state_->input.data());
  state_->error = Error{rule, state_->base_offset + offset, std::move(detail)};
}

// The length in `octets` octets after tag and first length octet; minimal (X.690 10.1).
std::optional<std::size_t> Reader::long_length(std::size_t octets) {
  if (octets == 0 || octets > 8) {
    fail_at(Rule::Asn1BadLength, rest_.data());
    return std::nullopt;
  }
  if (rest_.size() < 2 + octets) {
    fail_at(Rule::Asn1Truncated, rest_.data());
    return std::nullopt;
  }
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < octets; ++i) length = (length << 8) | rest_[2 + i];
  if (length < 0x80 || rest_[2] == 0) {
    fail_at(Rule::Asn1NotMinimal, rest_.data());
    return std::nullopt;
  }
  return length;
}

std::optional<Reader::Header> Reader::header() {
  if (failed()) rest_ = {};
  if (rest_.size() < 2) {
    if (!failed()) fail_at(Rule::Asn1Truncated, rest_.empty() ? state_->last : rest_.data());
    return std::nullopt;
  }
  state_->last = rest_.data();
  if (state_->elements_left == 0) {
    fail_at(Rule::LimitElements, rest_.data());
    return std::nullopt;
  }
  --state_->elements_left;
  if (is_high(peek()) || peek() == Tag::EndOfContents) {
    fail_at(Rule::Asn1UnexpectedTag, rest_.data());
    return std::nullopt;
  }
  Header result{2, rest_[1]};
  if (rest_[1] >= 0x80) {
    std::size_t octets = rest_[1] & 0x7fu;
    auto length = long_length(octets);
    if (!length) return std::nullopt;
    result = {2 + octets, *length};
  }
  if (result.content_size > rest_.size() - result.header_size) {
    fail_at(Rule::Asn1Truncated, rest_.data());
    return std::nullopt;
  }
  return result;
}

ByteView Reader::element() {
  auto head = header();
  if (!head) return {};
  std::size_t size = head->header_size + head->content_size;
  ByteView result = rest_.first(size);
  rest_ = rest_.subspan(size);
  return result;
}

ByteView Reader::element(Tag tag) {
  if (more() && !next_is(tag) && !failed()) {
    fail_at(Rule::Asn1UnexpectedTag, rest_.data());
    return {};
  }
  return element();
}

std::optional<ByteView> Reader::optional_element(Tag tag) {
  if (!next_is(tag)) return std::nullopt;
  ByteView result = element();
  if (failed()) return std::nullopt;
  return result;
}

ByteView Reader::contents(Tag tag) {
  if (more() && !next_is(tag) && !failed()) {
    fail_at(Rule::Asn1UnexpectedTag, rest_.data());
    return {};
  }
  auto head = header();
  if (!head) return {};
  ByteView result = rest_.subspan(head->header_size, head->content_size);
  rest_ = rest_.subspan(head->header_size + head->content_size);
  return result;
}

std::optional<ByteView> Reader::optional_contents(Tag tag) {
  if (!next_is(tag)) return std::nullopt;
  ByteView result = contents(tag);
  if (failed()) return std::nullopt;
  return result;
}

Reader Reader::enter(Tag tag) {
  ByteView inside = contents(tag);
  if (depth_ + 1 > state_->max_depth) {
    fail(Rule::LimitDepth);
    inside = {};
  }
  return {state_, inside, depth_ + 1};
}

std::optional<Reader> Reader::optional_enter(Tag tag) {
  if (!next_is(tag)) return std::nullopt;
  return enter(tag);
}

void Reader::skip_rest() {
  while (more()) element();
}

Oid Reader::oid() {
  ByteView octets = contents(Tag::ObjectIdentifier);
  if (failed()) return {};
  auto result = Oid::from_der(octets);
  if (!result) fail(Rule::Asn1BadOid);
  return result.value_or(Oid());
}

ByteView Reader::integer(std::size_t max_bytes) {
  ByteView octets = contents(Tag::Integer);
  if (failed()) return {};
  if (octets.empty() || octets.size() > max_bytes) fail(Rule::Asn1BadInteger);
  bool padded = octets.size() > 1 &&
                ((octets[0] == 0 && octets[1] < 0x80) || (octets[0] == 0xff && octets[1] >= 0x80));
  if (padded) fail(Rule::Asn1NotMinimal);
  return failed() ? ByteView() : octets;
}

std::int64_t Reader::small_integer(Tag tag) {
  ByteView octets = contents(tag);
  if (failed()) return 0;
  bool padded = octets.size() > 1 && octets[0] == 0 && octets[1] < 0x80;
  if (octets.empty() || octets.size() > 8 || octets[0] >= 0x80 || padded) {
    fail(Rule::Asn1BadInteger);
    return 0;
  }
  std::int64_t value = 0;
  for (std::uint8_t octet : octets) value = (value << 8) | octet;
  return value;
}

bool Reader::boolean(Tag tag) {
  ByteView octets = contents(tag);
  if (failed()) return false;
  if (octets.size() != 1 || (octets[0] != 0 && octets[0] != 0xff)) fail(Rule::Asn1BadBoolean);
  return !failed() && octets[0] == 0xff;
}

bool Reader::optional_boolean() {
  if (!next_is(Tag::Boolean)) return false;
  bool value = boolean();
  if (!failed() && !value) fail(Rule::Asn1NotMinimal, "a default value is encoded");
  return value;
}

void Reader::null() {
  ByteView octets = contents(Tag::Null);
  if (!octets.empty()) fail(Rule::Asn1BadNull);
}

BitString Reader::bit_string(Tag tag) {
  ByteView octets = contents(tag);
  if (failed()) return {};
  bool bad = octets.empty() || octets[0] > 7 || (octets.size() == 1 && octets[0] != 0);
  if (!bad && octets.size() > 1) bad = (octets.back() & ((1u << octets[0]) - 1)) != 0;
  if (bad) {
    fail(Rule::Asn1BadBitString);
    return {};
  }
  return {octets.subspan(1), octets[0]};
}

namespace {

// The two decimal digits at `position`.
std::optional<unsigned> two_digits(ByteView text, std::size_t position) {
  unsigned high = text[position] - '0';
  unsigned low = text[position + 1] - '0';
  if (high > 9 || low > 9) return std::nullopt;
  return high * 10 + low;
}

// YYMMDDHHMMSSZ with `year_digits` digits of year (RFC 5280 4.1.2.5.1 and .2): of two, 50 and
// above are of the last century (ATTR-11).
std::optional<Time> parse_der_time(ByteView text, std::size_t year_digits) {
  if (text.size() != year_digits + 11 || text.back() != 'Z') return std::nullopt;
  std::array<unsigned, 7> fields{};
  std::size_t count = (year_digits + 10) / 2;
  for (std::size_t i = 0; i < count; ++i) {
    auto value = two_digits(text, 2 * i);
    if (!value) return std::nullopt;
    fields[i] = *value;
  }
  int year = year_digits == 4 ? static_cast<int>(fields[0] * 100 + fields[1])
                              : static_cast<int>(fields[0] + (fields[0] >= 50 ? 1900 : 2000));
  std::size_t month = year_digits / 2;
  return make_time(year, fields[month], fields[month + 1], fields[month + 2], fields[month + 3],
                   fields[month + 4]);
}

}  // namespace

Time Reader::time() {
  bool generalized = next_is(Tag::GeneralizedTime);
  ByteView text = contents(generalized ? Tag::GeneralizedTime : Tag::UtcTime);
  if (failed()) return {};
  auto time = parse_der_time(text, generalized ? 4 : 2);
  if (!time) fail(Rule::Asn1BadTime);
  return time.value_or(Time());
}

bool is_single_element(ByteView der) {
  return decode(der, [](Reader& in) { return in.element().size(); }).has_value();
}

}  // namespace bulla::asn1

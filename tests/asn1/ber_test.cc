#include "asn1/ber.h"

#include <gtest/gtest.h>

#include <random>

#include "asn1/writer.h"

namespace bulla::asn1 {
namespace {

Bytes bytes(std::initializer_list<unsigned> octets) {
  Bytes result;
  for (unsigned octet : octets) result.push_back(static_cast<std::uint8_t>(octet));
  return result;
}

// Streams OCTET STRINGs, captures SETs, descends into the rest; writes down what it saw.
class Recorder final : public BerHandler {
 public:
  std::string log;

  Result<BerAction> begin(Tag tag, std::optional<std::uint64_t>, std::uint64_t offset) override {
    log += "b" + std::to_string(offset) + " ";
    if (tag == Tag::OctetString || tag == Tag::ConstructedOctetString) return BerAction::Stream;
    if (tag == Tag::Sequence || tag == constructed(0)) return BerAction::Descend;
    return BerAction::Capture;
  }
  Result<void> captured(ByteView element, std::uint64_t) override {
    log += "c" + to_hex(element) + " ";
    return {};
  }
  Result<void> stream(ByteView contents) override {
    log += to_hex(contents);
    return {};
  }
  Result<void> stream_end() override {
    log += " s ";
    return {};
  }
  Result<void> leave(std::uint64_t) override {
    log += "l ";
    return {};
  }
};

std::string scan(ByteView input, std::size_t chunk) {
  Recorder recorder;
  BerScanner scanner(recorder, {}, 1000);
  while (!input.empty()) {
    ByteView part = input.first(std::min(chunk, input.size()));
    input = input.subspan(part.size());
    if (auto result = scanner.push(part); !result)
      return std::string(info(result.error().rule).slug);
  }
  if (auto result = scanner.finish(); !result) return std::string(info(result.error().rule).slug);
  return recorder.log;
}

void expect_scan(const Bytes& input, const std::string& expected) {
  for (std::size_t chunk : {input.size(), std::size_t{1}, std::size_t{2}, std::size_t{3}}) {
    EXPECT_EQ(scan(input, chunk), expected) << "chunks of " << chunk;
  }
}

TEST(BerScanner, T41_indefinite_and_constructed_content_streams) {
  // SEQUENCE indefinite { [0] indefinite { OCTET STRING constructed { "ab", { "c" } } }, SET { } }
  expect_scan(bytes({0x30, 0x80, 0xa0, 0x80, 0x24, 0x80, 0x04, 0x02, 'a',  'b',  0x24, 0x80, 0x04,
                     0x01, 'c',  0,    0,    0,    0,    0,    0,    0x31, 0x00, 0,    0}),
              "b0 b2 b4 616263 s l b21 c3100 l ");
}

TEST(BerScanner, definite_content_and_captures_of_both_forms) {
  expect_scan(bytes({0x30, 0x0b, 0x04, 0x02, 1, 2, 0x31, 0x80, 0x05, 0x00, 0x00, 0x00, 0x00}),
              "asn1.truncated");
  expect_scan(bytes({0x30, 0x0a, 0x04, 0x02, 1, 2, 0x31, 0x80, 0x05, 0x00, 0x00, 0x00}),
              "b0 b2 0102 s b6 c318005000000 l ");
  expect_scan(bytes({0x30, 0x02, 0x04, 0x00}), "b0 b2  s l ");
  expect_scan(bytes({0x30, 0x00}), "b0 l ");
}

TEST(BerScanner, T41_malformed_content_fails) {
  expect_scan(bytes({0x24, 0x80, 0x02, 0x01, 0x00, 0, 0}), "asn1.unexpected-tag");
  expect_scan(bytes({0x24, 0x80, 0x04, 0x01, 0x00}), "asn1.truncated");
  expect_scan(bytes({0x30, 0x02, 0x00, 0x00}), "asn1.unexpected-tag");
  expect_scan(bytes({0x04, 0x80, 0x00, 0x00}), "asn1.bad-length");
  expect_scan(bytes({0x30, 0x03, 0x04, 0x02, 0x00}), "asn1.bad-length");
  expect_scan(bytes({0x30, 0x00, 0x00}), "cms.trailing-data");
  expect_scan(bytes({0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}),
              "asn1.bad-length");
}

TEST(BerScanner, T42_string_nesting_is_bounded) {
  Bytes deep;
  for (int i = 0; i < 20; ++i) append(deep, bytes({0x24, 0x80}));
  expect_scan(deep, "limit.depth");
}

TEST(BerScanner, definite_lengths_past_4_GiB_are_taken) {
  Recorder recorder;
  BerScanner scanner(recorder, {}, 1000);
  ASSERT_TRUE(scanner.push(bytes({0x04, 0x85, 0x02, 0, 0, 0, 0})));
  Bytes block(1 << 20);
  class Counter final : public BerHandler {
   public:
    std::uint64_t count = 0;
    bool ended = false;
    Result<BerAction> begin(Tag, std::optional<std::uint64_t>, std::uint64_t) override {
      return BerAction::Stream;
    }
    Result<void> captured(ByteView, std::uint64_t) override { return {}; }
    Result<void> stream(ByteView contents) override {
      count += contents.size();
      return {};
    }
    Result<void> stream_end() override {
      ended = true;
      return {};
    }
    Result<void> leave(std::uint64_t) override { return {}; }
  } counter;
  BerScanner large(counter, {}, 1000);
  ASSERT_TRUE(large.push(bytes({0x04, 0x85, 0x02, 0, 0, 0, 0})));
  for (int i = 0; i < 8192; ++i) ASSERT_TRUE(large.push(block));
  EXPECT_TRUE(large.finish());
  EXPECT_EQ(counter.count, 8ull << 30);
  EXPECT_TRUE(counter.ended);
}

TEST(ToDer, lengths_become_minimal_and_strings_primitive) {
  auto der = to_der(bytes({0x30, 0x80, 0x24, 0x80, 0x04, 0x01, 1,    0x24, 0x03, 0x04,
                           0x01, 2,    0,    0,    0x02, 0x81, 0x01, 0x05, 0,    0}),
                    {});
  ASSERT_TRUE(der) << describe(der.error());
  EXPECT_EQ(to_hex(*der),
            "3007"
            "04020102"
            "020105");
}

TEST(ToDer, what_is_der_stays_and_order_is_kept) {
  Bytes der = bytes({0x31, 0x06, 0x02, 0x01, 0x05, 0x02, 0x01, 0x03});
  EXPECT_EQ(to_der(der, {}).value(), der);
}

TEST(ToDer, malformed_elements_fail) {
  EXPECT_FALSE(to_der(bytes({0x30, 0x80}), {}));
  EXPECT_FALSE(to_der(bytes({0x30, 0x01}), {}));
  EXPECT_FALSE(to_der(bytes({0x30, 0x00, 0x00}), {}));
  EXPECT_FALSE(to_der(bytes({0x00, 0x00}), {}));
  EXPECT_FALSE(to_der({}, {}));
  Bytes deep;
  for (int i = 0; i < 100; ++i) append(deep, bytes({0x30, 0x80}));
  EXPECT_EQ(to_der(deep, {}).error().rule, Rule::LimitDepth);
}

// Found by fuzzing: what is inside an indefinite length ran past the definite length around it.
TEST(ToDer, T41_an_indefinite_length_ends_within_the_definite_one_around_it) {
  EXPECT_EQ(to_der(bytes({0x30, 0x06, 0x30, 0x04, 0x30, 0x80, 0x05, 0x00, 0x05, 0x00, 0, 0}), {})
                .error()
                .rule,
            Rule::Asn1Truncated);
  EXPECT_EQ(to_der(bytes({0x30, 0x06, 0x30, 0x80, 0x05, 0x03, 1, 2, 3, 0, 0}), {}).error().rule,
            Rule::Asn1Truncated);
  EXPECT_EQ(to_hex(*to_der(bytes({0x30, 0x06, 0x30, 0x80, 0x05, 0x00, 0, 0}), {})), "300430020500");
}

TEST(ElementSize, is_that_of_the_first_element_whatever_follows) {
  EXPECT_EQ(element_size(bytes({0x04, 0x02, 1, 2, 9, 9})).value(), 4u);
  EXPECT_EQ(element_size(bytes({0x30, 0x81, 0x02, 0x05, 0x00, 9})).value(), 5u);
  // Indefinite, with a definite and an indefinite one inside; zeros are content there.
  EXPECT_EQ(element_size(bytes({0x30, 0x80, 0x04, 0x02, 0, 0, 0x31, 0x80, 0, 0, 0, 0, 7})).value(),
            12u);
}

TEST(ElementSize, what_has_no_end_fails) {
  EXPECT_EQ(element_size({}).error().rule, Rule::Asn1Truncated);
  EXPECT_EQ(element_size(bytes({0x04, 0x03, 1, 2})).error().rule, Rule::Asn1Truncated);
  EXPECT_EQ(element_size(bytes({0x30, 0x80, 0x05, 0x00})).error().rule, Rule::Asn1Truncated);
  EXPECT_EQ(element_size(bytes({0x00, 0x00})).error().rule, Rule::Asn1UnexpectedTag);
  EXPECT_EQ(element_size(bytes({0x30, 0x80, 0x00, 0x01, 5})).error().rule, Rule::Asn1UnexpectedTag);
  EXPECT_EQ(element_size(bytes({0x04, 0x80, 0, 0})).error().rule, Rule::Asn1BadLength);
  EXPECT_EQ(element_size(bytes({0x1f, 0x01, 0})).error().rule, Rule::Asn1UnexpectedTag);
  EXPECT_EQ(element_size(bytes({0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}))
                .error()
                .rule,
            Rule::Asn1Truncated);
  Bytes deep;
  for (int i = 0; i < 200; ++i) append(deep, bytes({0x30, 0x80}));
  Limits limits;
  limits.der_elements = 100;
  EXPECT_EQ(element_size(deep, limits).error().rule, Rule::LimitElements);
}

}  // namespace
}  // namespace bulla::asn1

#include "base/text.h"

#include <gtest/gtest.h>

#include "bulla/bytes.h"
#include "bulla/result.h"
#include "bulla/rule.h"
#include "bulla/stream.h"

namespace bulla {
namespace {

TEST(Text, printable_escapes_what_steers_a_terminal) {
  EXPECT_EQ(printable("plain \u00e4\u20ac"), "plain \u00e4\u20ac");
  EXPECT_EQ(printable("\x1b[31m"), "\\x1b[31m");
  EXPECT_EQ(printable("a\r\nBcc: x"), "a\\x0d\\x0aBcc: x");
  EXPECT_EQ(printable("\xff\xfe"), "\\xff\\xfe");
  EXPECT_EQ(printable("\u202e"), "\\xe2\\x80\\xae");
  EXPECT_EQ(printable("\u009b"), "\\xc2\\x9b");
}

TEST(Text, utf8_is_checked_as_rfc_3629_says) {
  EXPECT_TRUE(is_utf8("\u00e4\u20ac\U0001f600"));
  EXPECT_FALSE(is_utf8("\xc0\xaf"));          // overlong
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));      // surrogate
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));  // past U+10FFFF
  EXPECT_FALSE(is_utf8("\xe2\x82"));          // cut
  std::string euro;
  append_utf8(euro, 0x20ac);
  EXPECT_EQ(euro, "\u20ac");
}

TEST(Text, parse_decimal_takes_digits_alone) {
  EXPECT_EQ(parse_decimal("42"), 42u);
  for (auto bad : {"", "-1", "+1", "4 ", " 4", "0x1", "99999999999999999999999"}) {
    EXPECT_FALSE(parse_decimal(bad)) << bad;
  }
}

TEST(Bytes, secret_moves_and_truncates) {
  Secret a(as_bytes("secret"));
  Secret b = std::move(a);
  EXPECT_EQ(as_text(b.view()), "secret");
  EXPECT_TRUE(a.empty());
  b.truncate(3);
  EXPECT_EQ(as_text(b.view()), "sec");
}

TEST(Rule, slugs_are_unique_and_well_formed) {
  for (const RuleInfo& row : all_rules()) {
    EXPECT_EQ(find_rule(row.slug), row.rule);
    EXPECT_EQ(row.slug.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-"), row.slug.npos);
    EXPECT_FALSE(row.text.empty());
    EXPECT_NE(row.text.back(), '.');
  }
}

TEST(Result, describe_names_text_detail_offset_and_slug) {
  EXPECT_EQ(describe(Error{Rule::Asn1Truncated, 812, "x\n"}),
            "the ASN.1 data ends too early: x\\x0a at offset 812 [asn1.truncated]");
}

TEST(MemorySink, shows_nothing_before_finish) {
  MemorySink sink;
  ASSERT_TRUE(sink.write(as_bytes("abc")));
  EXPECT_TRUE(sink.bytes().empty());
  ASSERT_TRUE(sink.finish());
  EXPECT_EQ(as_text(sink.bytes()), "abc");
}

}  // namespace
}  // namespace bulla

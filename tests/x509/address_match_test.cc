#include "x509/address_match.h"

#include <gtest/gtest.h>

#include <cctype>
#include <ostream>
#include <string>

#include "x509/idna.h"
#include "x509/test_files.h"

namespace bulla::x509 {
namespace {

struct Row {
  std::string_view a;
  std::string_view b;
  bool ignoring_case;  // equal with LocalPart::IgnoreCase
  bool exact;          // equal with LocalPart::Exact
};

// A name for ctest, which some of these characters would confuse.
void PrintTo(const Row& row, std::ostream* out) {
  for (char c : std::string(row.a) + "-" + std::string(row.b)) {
    *out << (std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_');
  }
}

std::string row_number(const testing::TestParamInfo<Row>& row) {
  return "row_" + std::to_string(row.index + 1);
}

using namespace std::string_view_literals;

constexpr Row kRows[] = {
    // The same, and case (CERT-13, CERT-14).
    {"alice@example.org", "alice@example.org", true, true},
    {"alice@example.org", "alice@EXAMPLE.org", true, true},
    {"alice@example.org", "Alice@example.org", true, false},
    {"ALICE@EXAMPLE.ORG", "alice@example.org", true, false},
    {"a.b+c_d-e=f@example.org", "a.b+c_d-e=f@example.org", true, true},
    // Others.
    {"alice@example.org", "bob@example.org", false, false},
    {"alice@example.org", "alice@example.com", false, false},
    {"alice@example.org", "alice@mail.example.org", false, false},
    {"alice@mail.example.org", "alice@example.org", false, false},
    {"alice@example.org", "alic@example.org", false, false},
    {"alice@example.org", "alicee@example.org", false, false},
    {"alice@example.org", "alice@example.orgx", false, false},
    {"alice@example.org", "alice@xexample.org", false, false},
    // Nothing is stripped (T-79): no tags, no dots, no wildcard (CERT-16).
    {"alice+tag@example.org", "alice@example.org", false, false},
    {"a.lice@example.org", "alice@example.org", false, false},
    {"*@example.org", "alice@example.org", false, false},
    {"@example.org", "alice@example.org", false, false},
    {"example.org", "alice@example.org", false, false},
    {".example.org", "alice@example.org", false, false},
    // Malformed equals nothing, not even itself.
    {"", "", false, false},
    {"alice", "alice", false, false},
    {"@", "@", false, false},
    {"alice@", "alice@", false, false},
    {"@example.org", "@example.org", false, false},
    {"alice@example.org.", "alice@example.org.", false, false},
    {"alice@example.org.", "alice@example.org", false, false},
    {"alice@.example.org", "alice@.example.org", false, false},
    {"alice@example..org", "alice@example..org", false, false},
    {"alice@exa mple.org", "alice@exa mple.org", false, false},
    {" alice@example.org", "alice@example.org", false, false},
    {"alice @example.org", "alice@example.org", false, false},
    {"alice@example.org ", "alice@example.org", false, false},
    {"alice@ example.org", "alice@example.org", false, false},
    // NUL and control characters (T-77).
    {"alice@example.org\0.evil.test"sv, "alice@example.org", false, false},
    {"alice\0x@example.org"sv, "alice\0x@example.org"sv, false, false},
    {"alice@example.org\r\nX: y", "alice@example.org", false, false},
    {"alice@example.org\n", "alice@example.org", false, false},
    {"ali\tce@example.org", "ali\tce@example.org", false, false},
    {"alice\x7f@example.org", "alice\x7f@example.org", false, false},
    {"\xff@example.org", "\xff@example.org", false, false},
    {"alice@\xc3.org", "alice@\xc3.org", false, false},
    // Which @ counts.
    {"alice@evil.test@example.org", "alice@example.org", false, false},
    {"\"alice@evil.test\"@example.org", "alice@evil.test@example.org", true, true},
    // Quoted strings.
    {"\"alice\"@example.org", "alice@example.org", true, true},
    {"\"a b\"@example.org", "\"a b\"@example.org", true, true},
    {"\"a b\"@example.org", "a b@example.org", true, true},
    {"\"a\\\"b\"@example.org", "\"a\\\"b\"@example.org", true, true},
    {"\"\\a\\l\"@example.org", "al@example.org", true, true},
    {"\"alice@example.org", "\"alice@example.org", false, false},
    {"\"alice\"x@example.org", "alicex@example.org", false, false},
    {"\"alice\\\"@example.org", "alice@example.org", false, false},
    {"\"\"@example.org", "\"\"@example.org", false, false},
    // Domain literals.
    {"alice@[192.0.2.1]", "alice@[192.0.2.1]", true, true},
    {"alice@[IPv6:2001:DB8::1]", "alice@[ipv6:2001:db8::1]", true, true},
    {"alice@[192.0.2.1]", "alice@192.0.2.1", false, false},
    {"alice@[192.0.2.1", "alice@[192.0.2.1", false, false},
    // International domains (CERT-13, CERT-15, CERT-17): A-label and U-label are one.
    {"alice@bücher.example", "alice@xn--bcher-kva.example", true, true},
    {"alice@bücher.example", "alice@XN--BCHER-KVA.example", true, true},
    {"alice@bücher.example", "alice@bucher.example", false, false},
    {"alice@münchen.example", "alice@xn--mnchen-3ya.example", true, true},
    {"alice@例え.テスト", "alice@xn--r8jz45g.xn--zckzah", true, true},
    {"alice@пример.example", "alice@xn--e1afmkfd.example", true, true},
    {"alice@faß.example", "alice@fass.example", false, false},
    {"alice@faß.example", "alice@xn--fa-hia.example", true, true},
    // Look-alikes are others (T-79): Cyrillic а, full width, joiner, RTL override.
    {"alice@раypal.example", "alice@paypal.example", false, false},
    {"аlice@example.org", "alice@example.org", false, false},
    {"alice@ｅxample.org", "alice@example.org", false, false},
    {"alice@exam\u200dple.org", "alice@example.org", false, false},
    {"alice@\u202eexample.org", "alice@example.org", false, false},
    {"alice@example。org", "alice@example.org", false, false},
    // International local parts: no folding beyond ASCII.
    {"jürgen@example.org", "jürgen@example.org", true, true},
    {"jürgen@example.org", "JüRGEN@example.org", true, false},
    {"jürgen@example.org", "jÜrgen@example.org", false, false},
    {"jürgen@example.org", "ju\u0308rgen@example.org", false, false},
};

class AddressPair : public testing::TestWithParam<Row> {};

TEST_P(AddressPair, T_77_T_79) {
  const Row& row = GetParam();
  EXPECT_EQ(equal_addresses(row.a, row.b, LocalPart::IgnoreCase), row.ignoring_case);
  EXPECT_EQ(equal_addresses(row.b, row.a, LocalPart::IgnoreCase), row.ignoring_case);
  EXPECT_EQ(equal_addresses(row.a, row.b, LocalPart::Exact), row.exact);
  EXPECT_EQ(equal_addresses(row.b, row.a, LocalPart::Exact), row.exact);
}

INSTANTIATE_TEST_SUITE_P(Table, AddressPair, testing::ValuesIn(kRows), row_number);

TEST(AddressPairs, OfAnyLengthAreBounded) {
  std::string longest(1'012, 'a');
  EXPECT_TRUE(
      equal_addresses(longest + "@example.org", longest + "@example.org", LocalPart::Exact));
  EXPECT_FALSE(
      equal_addresses(longest + "a@example.org", longest + "a@example.org", LocalPart::Exact));
  std::string label(64, 'a');
  EXPECT_FALSE(equal_addresses("a@" + label, "a@" + label, LocalPart::Exact));
  std::string wide;
  for (int i = 0; i < 64'000; ++i) wide += "ü";
  EXPECT_FALSE(equal_addresses("a@" + wide, "a@" + wide, LocalPart::Exact));
}

TEST(MatchAddress, FindsAnyAlternativeName_T_78) {
  Certificate alice = load("alice");
  auto found = match_address(alice, "ALICE@example.org");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->address, "alice@example.org");
  EXPECT_TRUE(match_address(alice, "lovelace@example.org"));
  EXPECT_FALSE(match_address(alice, "bob@example.org"));
  EXPECT_FALSE(match_address(alice, "lovelace@example.org", LocalPart::Exact));
  EXPECT_TRUE(match_address(alice, "Lovelace@example.org", LocalPart::Exact));
}

TEST(MatchAddress, TakesTheSubjectOnlyIfTheAlternativeNameHasNone_T_78) {
  auto found = match_address(load("subject_only"), "subject@example.org");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->source, AddressSource::SubjectEmailAddress);
  EXPECT_TRUE(match_address(load("both_addresses"), "san@example.org"));
  EXPECT_FALSE(match_address(load("both_addresses"), "subject@example.org"));
  EXPECT_FALSE(match_address(load("no_address"), "alice@example.org"));
}

TEST(MatchAddress, TakesInternationalMailboxes_CERT_15) {
  Certificate certificate = load("utf8_mailbox");
  EXPECT_TRUE(match_address(certificate, "jürgen@bücher.example"));
  EXPECT_TRUE(match_address(certificate, "jürgen@xn--bcher-kva.example"));
  EXPECT_FALSE(match_address(certificate, "jurgen@xn--bcher-kva.example"));
}

TEST(DomainToAscii, EncodesRfc3492Samples) {
  EXPECT_EQ(domain_to_ascii("Example.ORG"), "example.org");
  EXPECT_EQ(domain_to_ascii("他们为什么不说中文"), "xn--ihqwcrb4cv8a8dqg056pqjye");
  EXPECT_EQ(domain_to_ascii("почемужеонинеговорятпорусски"),
            "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l");
  EXPECT_EQ(domain_to_ascii("ليهمابتكلموشعربي؟"), "xn--egbpdaj6bu4bxfgehfvwxn");
  EXPECT_EQ(domain_to_ascii("-ü-"), "xn-----xka");
}

TEST(DomainToAscii, RefusesWhatIsNoDomain) {
  for (std::string_view text :
       {""sv, "."sv, "a."sv, ".a"sv, "a..b"sv, "a b"sv, "a/b"sv, "a\0b"sv, "\xed\xa0\x80"sv}) {
    EXPECT_FALSE(domain_to_ascii(text)) << text;
  }
  EXPECT_FALSE(domain_to_ascii(std::string(64, 'a')));
  EXPECT_FALSE(domain_to_ascii(std::string(65'536, 'a')));
}

}  // namespace
}  // namespace bulla::x509

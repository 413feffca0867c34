#include "x509/pem.h"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>

namespace bulla::x509 {
namespace {

struct Row {
  const char* name;
  std::string text;
  // The contents of the blocks, or the error.
  std::vector<std::string> contents;
  std::optional<Rule> error = std::nullopt;
};

void PrintTo(const Row& row, std::ostream* out) { *out << row.name; }

std::string block(std::string_view body, std::string_view end = "X") {
  return "-----BEGIN X-----\n" + std::string(body) + "\n-----END " + std::string(end) + "-----\n";
}

std::vector<Row> rows() {
  using namespace std::string_literals;
  auto bad = [](const char* name, std::string text) {
    return Row{name, std::move(text), {}, Rule::KeyUnreadable};
  };
  return {
      {"Nothing", "", {}},
      {"NoBlock", "no block here\n", {}},
      {"One", block("aGVsbG8="), {"hello"}},
      {"TwoPadding", block("aGVsbA=="), {"hell"}},
      {"NoPadding", block("aGVsbG8h"), {"hello!"}},
      {"Two", block("aGVsbG8=") + "text\n" + block("aGVsbA=="), {"hello", "hell"}},
      {"SeveralLines", block("aGVs\nbG8="), {"hello"}},
      {"CarriageReturns", "-----BEGIN X-----\r\naGVs\r\nbG8=\r\n-----END X-----\r\n", {"hello"}},
      {"MixedLineEnds", "-----BEGIN X-----\r\naGVs\nbG8=\r-----END X-----", {"hello"}},
      {"SpacesAtLineEnds", block("aGVs \nbG8=\t"), {"hello"}},
      {"TextBefore", "Bag Attributes: x\n" + block("aGVsbG8="), {"hello"}},
      {"BeginInsideALine", "see -----BEGIN X-----\n", {}},
      bad("DataBehindPadding", block("aGVsbA==aGVs")),
      bad("DataBehindPaddingOnTheNextLine", block("aGVsbA==\naGVs")),
      bad("PaddingInTheMiddle", block("aG=sbG8=")),
      bad("ThreePaddings", block("aGV===")),
      bad("PaddingAlone", block("====")),
      bad("OnePaddingShort", block("aGVsbA=")),
      bad("UnpaddedEnd", block("aGVsbG8")),
      bad("BitsBehindTheEnd", block("aGVsbG9=")),
      bad("Empty", block("")),
      bad("NulOctet", block("aGVs\0bG8="s)),
      bad("UrlAlphabet", block("aGV_bG8=")),
      bad("OtherEnd", block("aGVsbG8=", "Y")),
      bad("NoEnd", "-----BEGIN X-----\naGVsbG8=\n"),
      bad("BeginTwice", "-----BEGIN X-----\n-----BEGIN X-----\naGVsbG8=\n-----END X-----\n"),
      bad("HeaderLine", block("Comment: x\n\naGVsbG8=")),
      bad("LongLine", block(std::string(1'028, 'A'))),
      {"LineAtTheCap", block(std::string(1'024, 'A')), {std::string(768, '\0')}},
      {"EncryptedInTheOldForm",
       block("Proc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,00\n\naGVsbG8="),
       {},
       Rule::KeyUnreadable},
  };
}

class Pem : public testing::TestWithParam<Row> {};

TEST_P(Pem, T_58) {
  auto blocks = read_pem(as_bytes(GetParam().text));
  if (GetParam().error) {
    ASSERT_FALSE(blocks);
    EXPECT_EQ(blocks.error().rule, *GetParam().error);
    return;
  }
  ASSERT_TRUE(blocks) << describe(blocks.error());
  std::vector<std::string> contents;
  for (const PemBlock& found : *blocks) {
    EXPECT_EQ(found.label, "X");
    contents.emplace_back(as_text(found.contents.view()));
  }
  EXPECT_EQ(contents, GetParam().contents);
}

INSTANTIATE_TEST_SUITE_P(Table, Pem, testing::ValuesIn(rows()),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(PemFile, IsRecognisedByALineThatBeginsABlock) {
  EXPECT_TRUE(is_pem(as_bytes("text\n-----BEGIN X-----\n")));
  EXPECT_TRUE(is_pem(as_bytes("-----BEGIN X-----\n")));
  EXPECT_FALSE(is_pem(as_bytes("say -----BEGIN X-----\n")));
  EXPECT_FALSE(is_pem({}));
}

TEST(PemFile, ManyBeginLinesAreReadInLinearTime_T_58) {
  std::string text;
  for (int i = 0; i < 1'000'000; ++i) text += "-----BEGIN X-----\n";
  EXPECT_FALSE(read_pem(as_bytes(text)));
  // Blocks that end at once: each would need room for all that follows.
  std::string blocks;
  for (int i = 0; i < 200'000; ++i) blocks += "-----BEGIN X-----\nAAAA\n-----END X-----\n";
  auto read = read_pem(as_bytes(blocks));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().rule, Rule::LimitCertificates);
}

}  // namespace
}  // namespace bulla::x509

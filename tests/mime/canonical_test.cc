#include "mime/canonical.h"

#include <gtest/gtest.h>

#include "mime/collect.h"

namespace bulla::mime {
namespace {

struct Row {
  std::string_view in;
  std::string_view canonical;
  std::string_view unix_form;
  LineEndCounts saw;
};

const Row kRows[] = {
    {"", "", "", {false, false, false}},
    {"a", "a", "a", {false, false, false}},
    {"a\n", "a\r\n", "a\n", {false, true, false}},
    {"a\r\n", "a\r\n", "a\n", {true, false, false}},
    {"\n", "\r\n", "\n", {false, true, false}},
    {"\n\n\n", "\r\n\r\n\r\n", "\n\n\n", {false, true, false}},
    {"\r\n\n\r\n", "\r\n\r\n\r\n", "\n\n\n", {true, true, false}},
    {"a\rb", "a\rb", "a\rb", {false, false, true}},
    {"a\r", "a\r", "a\r", {false, false, true}},
    {"\r\r\n", "\r\r\n", "\r\n", {true, false, true}},
    {"\r\r\r", "\r\r\r", "\r\r\r", {false, false, true}},
    {"\n\r", "\r\n\r", "\n\r", {false, true, true}},
    {"one\ntwo\r\nthree\rfour\n",
     "one\r\ntwo\r\nthree\rfour\r\n",
     "one\ntwo\nthree\rfour\n",
     {true, true, true}},
};

TEST(Canonicalizer, makes_crlf_of_bare_lf_and_leaves_bare_cr_alone_MIME_04_T_96) {
  for (const Row& row : kRows) {
    for (const auto& chunks : chunkings(row.in)) {
      Collect out;
      Canonicalizer canonical(out);
      for (auto chunk : chunks) ASSERT_TRUE(canonical.write(as_bytes(chunk)));
      ASSERT_TRUE(canonical.finish());
      EXPECT_EQ(out.text, row.canonical);
      EXPECT_EQ(out.finished, 1);
      EXPECT_EQ(canonical.saw().crlf, row.saw.crlf) << row.in;
      EXPECT_EQ(canonical.saw().bare_lf, row.saw.bare_lf) << row.in;
      EXPECT_EQ(canonical.saw().bare_cr, row.saw.bare_cr) << row.in;
    }
  }
}

TEST(Canonicalizer, passes_canonical_text_on_in_one_piece) {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "a line of text\r\n";
  Collect out;
  Canonicalizer canonical(out);
  ASSERT_TRUE(canonical.write(as_bytes(text)));
  EXPECT_EQ(out.writes, 1);
  EXPECT_EQ(out.text, text);
}

// Long enough for vectors and for several blocks, with all kinds of line ends at their borders.
TEST(LineEnds, are_the_same_however_long_text_is_cut_T_96) {
  std::mt19937 random(3);
  for (int i = 0; i < 12; ++i) {
    std::string text;
    while (text.size() < 150'000) {
      text += std::string(random() % (i % 2 == 0 ? 90 : 9000), 'x');
      constexpr std::string_view kEnds[] = {"\n", "\r\n", "\r", "\n\n", "\r\r\n"};
      text += kEnds[random() % (i % 3 == 0 ? 1 : std::size(kEnds))];
    }
    std::string crlf;
    std::string lf;
    for (std::size_t at = 0; at < text.size(); ++at) {
      bool after_cr = at > 0 && text[at - 1] == '\r';
      if (text[at] == '\n' && !after_cr) crlf += '\r';
      crlf += text[at];
      if (text[at] == '\n' && after_cr) lf.pop_back();
      lf += text[at];
    }
    for (const auto& chunks : chunkings(text)) {
      Collect canonical_text;
      Canonicalizer canonical(canonical_text);
      Collect unix_text;
      CrlfToLf to_lf(unix_text);
      for (auto chunk : chunks) {
        ASSERT_TRUE(canonical.write(as_bytes(chunk)));
        ASSERT_TRUE(to_lf.write(as_bytes(chunk)));
      }
      ASSERT_TRUE(canonical.finish());
      ASSERT_TRUE(to_lf.finish());
      EXPECT_TRUE(canonical_text.text == crlf);
      EXPECT_TRUE(unix_text.text == lf);
    }
  }
}

TEST(CrlfToLf, takes_the_cr_before_lf_away_and_no_other) {
  for (const Row& row : kRows) {
    for (const auto& chunks : chunkings(row.in)) {
      Collect out;
      CrlfToLf filter(out);
      for (auto chunk : chunks) ASSERT_TRUE(filter.write(as_bytes(chunk)));
      ASSERT_TRUE(filter.finish());
      EXPECT_EQ(out.text, row.unix_form);
    }
  }
}

}  // namespace
}  // namespace bulla::mime

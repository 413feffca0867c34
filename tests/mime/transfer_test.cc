#include "mime/transfer.h"

#include <gtest/gtest.h>

#include <random>

#include "base/text.h"
#include "mime/base64.h"
#include "mime/collect.h"
#include "mime/quoted_printable.h"

namespace bulla::mime {
namespace {

struct Decoded {
  std::string text;
  std::string problem;
};

Decoded decode(TransferEncoding encoding, std::string_view body) {
  Decoded first;
  bool have = false;
  for (const auto& chunks : chunkings(body)) {
    Collect out;
    auto decoder = make_transfer_decoder(encoding, out);
    for (auto chunk : chunks) EXPECT_TRUE(decoder->write(as_bytes(chunk)));
    Result<void> done = decoder->finish();
    Decoded now{out.text, done ? "" : std::string(info(done.error().rule).slug)};
    if (done && decoder->malformed() > 0) now.problem = std::to_string(decoder->malformed());
    if (have) {
      EXPECT_EQ(now.text, first.text) << body;
      EXPECT_EQ(now.problem, first.problem) << body;
    }
    first = now;
    have = true;
  }
  return first;
}

struct Row {
  std::string_view body;
  std::string_view text;
  std::string_view problem;
};

const Row kBase64Rows[] = {
    {"", "", ""},
    {"YQ==", "a", ""},
    {"YWI=", "ab", ""},
    {"YWJj", "abc", ""},
    {"YWJj\r\nZGVm\r\n", "abcdef", ""},
    {"YW\nJj Z\tGVm", "abcdef", ""},
    {"Y\r\nQ\r\n=\r\n=\r\n", "a", ""},
    {"YQ", "a", ""},
    {"YWI", "ab", ""},
    {"YQ=", "a", ""},
    {"Y", "", "mime.truncated-base64"},
    {"YWJjZ", "abc", "mime.truncated-base64"},
    {"YW!Jj", "abc", "1"},
    {"YW\x80Jj\xff-_", "abc", "4"},
    {"=YWJj", "abc", "1"},
    {"Y=WJj", "abc", "1"},
    {"YQ==YQ==", "a", "4"},
    {"YQ===", "a", "1"},
    {"YWI=YQ==", "ab", "4"},
    {"YQ==\r\n\r\n", "a", ""},
    {"YQ==\r\n_____\r\nfooter", "a", "11"},
};

TEST(Base64Decoder, every_row_MIME_54_T_100) {
  for (const Row& row : kBase64Rows) {
    Decoded got = decode(TransferEncoding::Base64, row.body);
    EXPECT_EQ(got.problem, row.problem) << row.body;
    if (got.problem.starts_with("mime")) continue;
    EXPECT_EQ(got.text, row.text) << row.body;
  }
}

// The same behind so many lines that vectors are at work, and with lines behind it.
TEST(Base64Decoder, every_row_among_long_lines_MIME_54_T_100) {
  for (std::size_t width : {76, 75, 64}) {
    for (const Row& row : kBase64Rows) {
      std::string lines;
      for (std::size_t i = 0; i < width * 8; ++i) {
        lines += i % width == width - 1 ? "A\r\n" : "A";
      }
      Decoded got = decode(TransferEncoding::Base64, lines + std::string(row.body));
      EXPECT_EQ(got.problem, row.problem) << row.body;
      if (got.problem.starts_with("mime")) continue;
      EXPECT_EQ(got.text, std::string(width * 6, '\0') + std::string(row.text)) << row.body;
    }
  }
}

TEST(Base64Decoder, counts_foreign_octets_among_long_lines_T_100) {
  std::string line(76, 'A');
  std::string body;
  for (int i = 0; i < 40; ++i) body += line + (i % 3 == 0 ? "!\r\n" : "\r\n");
  Decoded got = decode(TransferEncoding::Base64, body);
  EXPECT_EQ(got.text, std::string(40 * 57, '\0'));
  EXPECT_EQ(got.problem, "14");
}

TEST(Base64Decoder, tells_that_padding_is_missing) {
  for (auto [body, missing] :
       {std::pair("YQ==", false), {"YQ", true}, {"YQ=", true}, {"YWJj", false}}) {
    Collect out;
    Base64Decoder decoder(out);
    ASSERT_TRUE(decoder.write(as_bytes(body)));
    ASSERT_TRUE(decoder.finish());
    EXPECT_EQ(decoder.saw().missing_padding, missing) << body;
  }
}

const Row kQuotedPrintableRows[] = {
    {"", "", ""},
    {"plain", "plain", ""},
    {"a=3Db", "a=b", ""},
    {"=e4=E4", "\xe4\xe4", ""},
    {"a=\r\nb", "ab", ""},
    {"a=\nb", "ab", ""},
    {"a= \t\r\nb", "ab", ""},
    {"a=", "a", ""},
    {"a= ", "a", ""},
    {"a  \r\nb\t\n", "a\r\nb\n", ""},
    {"a  ", "a", ""},
    {"a  b", "a  b", ""},
    {"a \rb", "a \rb", ""},
    {"a=3", "a=3", "1"},
    {"a=3\nb", "a=3\nb", "1"},
    {"a=zz", "a=zz", "1"},
    {"a==3D", "a==", "1"},
    {"a=\rb", "a=\rb", "1"},
    {"a= b", "a= b", "1"},
    {"a\xe4", "a\xe4", "1"},
    {"=0D=0A", "\r\n", ""},
    {"a=20\r\n", "a \r\n", ""},
};

TEST(QuotedPrintableDecoder, every_row_T_100) {
  for (const Row& row : kQuotedPrintableRows) {
    Decoded got = decode(TransferEncoding::QuotedPrintable, row.body);
    EXPECT_EQ(got.text, row.text) << row.body;
    EXPECT_EQ(got.problem, row.problem) << row.body;
  }
}

TEST(TransferDecoder, passes_identity_and_unknown_encodings_on) {
  for (auto encoding : {TransferEncoding::SevenBit, TransferEncoding::EightBit,
                        TransferEncoding::Binary, TransferEncoding::Unknown}) {
    EXPECT_EQ(decode(encoding, "a=3D\r\n\xff").text, "a=3D\r\n\xff");
  }
}

template <typename Encoder, typename... Arguments>
std::string encode(std::string_view text, Arguments... arguments) {
  std::string first;
  bool have = false;
  for (const auto& chunks : chunkings(text)) {
    Collect out;
    Encoder encoder(out, arguments...);
    for (auto chunk : chunks) EXPECT_TRUE(encoder.write(as_bytes(chunk)));
    EXPECT_TRUE(encoder.finish());
    if (have) {
      EXPECT_EQ(out.text, first);
    }
    first = out.text;
    have = true;
  }
  return first;
}

TEST(Base64Encoder, writes_lines_of_76_and_ends_them_as_asked) {
  std::string line = encode<Base64Encoder>(std::string(57, 'a'));
  EXPECT_EQ(line.size(), 78u);
  EXPECT_EQ(encode<Base64Encoder>(""), "");
  EXPECT_EQ(encode<Base64Encoder>("a"), "YQ==\r\n");
  EncoderOptions open{.line_break = LineBreak::Lf, .last_line = LastLine::Open};
  EXPECT_EQ(encode<Base64Encoder>("a", open), "YQ==");
  EXPECT_EQ(encode<Base64Encoder>(std::string(58, '\0'), open), std::string(76, 'A') + "\nAA==");
  EXPECT_EQ(encode<Base64Encoder>(std::string(57, '\0'), open), std::string(76, 'A'));
}

std::string random_text(std::mt19937& random, std::string_view alphabet) {
  std::string text(random() % 700, ' ');
  for (char& c : text)
    c = alphabet.empty() ? static_cast<char>(random()) : alphabet[random() % alphabet.size()];
  return text;
}

TEST(Base64Encoder, the_decoder_reads_it_back) {
  std::mt19937 random(5);
  for (int i = 0; i < 300; ++i) {
    std::string text = random_text(random, {});
    Decoded back = decode(TransferEncoding::Base64, encode<Base64Encoder>(text));
    EXPECT_EQ(back.text, text);
    EXPECT_EQ(back.problem, "");
  }
}

struct EncodedRow {
  std::string_view text;
  std::string_view data;
  std::string_view mended;  // with Input::Encoded
};

const EncodedRow kEncoded[] = {
    {"plain\r\n", "plain\r\n", "plain\r\n"},
    {"a\nb", "a\r\nb", "a\r\nb"},
    {"a=b", "a=3Db", "a=b"},
    {"caf\xe9", "caf=E9", "caf=E9"},
    {"a \r\n", "a=20\r\n", "a\r\n"},
    {"a\t\n", "a=09\r\n", "a\r\n"},
    {"a  \n", "a =20\r\n", "a\r\n"},
    {"a ", "a=20", "a"},
    {"a b", "a b", "a b"},
    {"From me\nFrom you", "From=20me\r\nFrom=20you", "From=20me\r\nFrom=20you"},
    {"xFrom me\nFrom\nfrom me", "xFrom me\r\nFrom\r\nfrom me", "xFrom me\r\nFrom\r\nfrom me"},
    {".\r\n..\r\na.", "=2E\r\n=2E.\r\na.", "=2E\r\n=2E.\r\na."},
    {"a\rb\r", "a=0Db=0D", "a=0Db=0D"},
    {"a \rb", "a =0Db", "a =0Db"},
    {"=\r\nx=3D= \r\ny", "=3D\r\nx=3D3D=3D=20\r\ny", "=\r\nx=3D=\r\ny"},
};

TEST(QuotedPrintableEncoder, leaves_nothing_for_a_relay_to_change_MIME_10) {
  using Input = QuotedPrintableEncoder::Input;
  for (const EncodedRow& row : kEncoded) {
    EXPECT_EQ(encode<QuotedPrintableEncoder>(row.text), row.data);
    EXPECT_EQ(encode<QuotedPrintableEncoder>(row.text, Input::Encoded), row.mended);
  }
  EXPECT_EQ(encode<QuotedPrintableEncoder>("a\r\nb\n", Input::Data, LineBreak::Lf), "a\nb\n");
  EXPECT_EQ(encode<QuotedPrintableEncoder>(std::string_view("\0", 1)), "=00");
}

void expect_safe(std::string_view encoded, std::size_t columns) {
  for (std::string_view line : split(encoded, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    EXPECT_LE(line.size(), columns);
    EXPECT_FALSE(line.starts_with("From "));
    EXPECT_FALSE(line.starts_with('.'));
    EXPECT_FALSE(line.ends_with(' ') || line.ends_with('\t')) << line;
    EXPECT_EQ(
        line.find_first_not_of("\t !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                               "[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"),
        line.npos);
  }
}

TEST(QuotedPrintableEncoder, is_safe_and_read_back_for_any_text) {
  std::mt19937 random(6);
  for (int i = 0; i < 400; ++i) {
    std::string text = random_text(random, i % 2 ? "a .From \t=\r\xe4" : "From  . \xe4");
    std::string encoded = encode<QuotedPrintableEncoder>(text);
    expect_safe(encoded, 76);
    EXPECT_EQ(decode(TransferEncoding::QuotedPrintable, encoded).text, text);
  }
}

TEST(QuotedPrintableEncoder, mends_long_lines_without_a_change_of_meaning) {
  std::mt19937 random(8);
  for (int i = 0; i < 50; ++i) {
    std::string encoded;
    while (encoded.size() < 3000) encoded += random() % 3 ? "=C3" : random() % 2 ? "x" : ".";
    std::string mended =
        encode<QuotedPrintableEncoder>(encoded, QuotedPrintableEncoder::Input::Encoded);
    expect_safe(mended, 998);
    EXPECT_EQ(decode(TransferEncoding::QuotedPrintable, mended).text,
              decode(TransferEncoding::QuotedPrintable, encoded).text);
  }
}

TEST(Decoders, a_flood_of_blanks_is_held_in_constant_memory) {
  std::string blanks(100'000, ' ');
  EXPECT_GE(decode(TransferEncoding::QuotedPrintable, "a" + blanks + "\n").text.size(), 99'000u);
  EXPECT_EQ(decode(TransferEncoding::QuotedPrintable, "a" + blanks + "b").text, "a" + blanks + "b");
}

}  // namespace
}  // namespace bulla::mime

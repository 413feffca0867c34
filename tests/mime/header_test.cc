#include "mime/header.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "mime/words.h"

namespace bulla::mime {
namespace {

Header parse(std::string_view text) { return Header::parse(as_bytes(text), {}, 100).value(); }

TEST(Header, keeps_fields_in_order_with_their_octets_and_places) {
  std::string_view text = "From: a@b\r\nSubject : one\r\n\ttwo\r\n three\r\nX:\r\n\r\n";
  Header header = parse(text);
  ASSERT_EQ(header.fields().size(), 3u);
  EXPECT_EQ(header.raw(), text);
  EXPECT_EQ(header.fields()[1].name, "Subject");
  EXPECT_EQ(header.fields()[1].raw, "Subject : one\r\n\ttwo\r\n three\r\n");
  EXPECT_EQ(header.fields()[1].value, " one\r\n\ttwo\r\n three");
  EXPECT_EQ(header.fields()[1].unfolded(), "one\ttwo three");
  EXPECT_EQ(header.fields()[1].offset, 111u);
  EXPECT_EQ(header.fields()[2].value, "");
  EXPECT_EQ(header.empty_line(), "\r\n");
  EXPECT_EQ(header.malformed(), 0u);
}

TEST(Header, copies_share_octets_and_outlive_the_first) {
  Header copy;
  {
    Header header = parse("A: b\n\n");
    copy = header;
  }
  EXPECT_EQ(copy.find("a")->unfolded(), "b");
}

TEST(Header, finds_fields_by_name_ignoring_case) {
  Header header = parse("A: 1\nb: 2\na: 3\n");
  EXPECT_EQ(header.find("a")->unfolded(), "1");
  EXPECT_EQ(header.find_all("A").size(), 2u);
  EXPECT_EQ(header.count("B"), 1u);
  EXPECT_EQ(header.find("c"), nullptr);
  EXPECT_EQ(header.empty_line(), "");
}

TEST(Header, keeps_and_counts_lines_that_are_no_field) {
  EXPECT_EQ(parse("no field\nA: b\n\n").malformed(), 1u);
  EXPECT_EQ(parse("no field\nA: b\n\n").fields().size(), 2u);
  EXPECT_EQ(parse(">From me\nA: b\n\n").malformed(), 1u);
  EXPECT_EQ(parse("From a@b Mon Jan 1 00:00:00 2026\nA: b\n\n").malformed(), 1u);
  EXPECT_EQ(parse(": b\n\n").malformed(), 1u);
  EXPECT_EQ(parse("A b: c\n\n").malformed(), 1u);
  EXPECT_EQ(parse(" A: b\n\n").malformed(), 1u);
  EXPECT_EQ(parse("A: b\n \t\nC: d\n\n").malformed(), 1u);
  EXPECT_EQ(parse("A: b\rC: d\n\n").malformed(), 1u);
  EXPECT_EQ(parse(std::string_view("A: \0\n\n", 6)).malformed(), 1u);
  EXPECT_EQ(parse("A\xff: b\n\n").malformed(), 1u);
}

TEST(Header, tells_the_line_ends) {
  EXPECT_EQ(parse("A: b\r\n\r\n").line_ends(), LineEnds::Crlf);
  EXPECT_EQ(parse("A: b\n\n").line_ends(), LineEnds::Lf);
  EXPECT_EQ(parse("A: b\n\r\n").line_ends(), LineEnds::Mixed);
  EXPECT_EQ(parse("A: b").line_ends(), LineEnds::None);
}

TEST(Header, names_structural_fields_given_twice_T_106) {
  EXPECT_TRUE(parse("Content-Type: a/b\nFrom: a\nFrom: b\n").duplicates().empty());
  Header header =
      parse("Content-Type: a/b\ncontent-type: c/d\nMIME-Version: 1.0\nmime-version: 1\n");
  EXPECT_EQ(header.duplicates(), (std::vector<std::string>{"content-type", "mime-version"}));
  EXPECT_EQ(header.content_type().name(), "a/b");
}

TEST(Header, absent_fields_have_the_defaults_of_rfc_2045_MIME_06) {
  Header header = parse("\r\n");
  EXPECT_EQ(header.content_type().name(), "text/plain");
  EXPECT_FALSE(header.content_type().malformed);
  EXPECT_EQ(header.transfer_encoding(), TransferEncoding::SevenBit);
  EXPECT_EQ(header.content_disposition().kind, "");
}

TEST(Header, limits_octets_and_fields_T_99) {
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "A:\n";
  EXPECT_EQ(Header::parse(as_bytes(many)).error().rule, Rule::LimitHeader);
  std::string large = "A: " + std::string(300'000, 'x');
  EXPECT_EQ(Header::parse(as_bytes(large)).error().rule, Rule::LimitHeader);
  std::string folds = "A:\n";
  while (folds.size() < 250'000) folds += " x\n";
  Header header = parse(folds);
  ASSERT_EQ(header.fields().size(), 1u);
  EXPECT_EQ(header.fields()[0].raw, folds);
}

TEST(Header, structural_fields_are_mime_version_and_content_HP_05) {
  EXPECT_TRUE(is_structural("MIME-Version"));
  EXPECT_TRUE(is_structural("content-TYPE"));
  EXPECT_FALSE(is_structural("Contentment"));
  EXPECT_FALSE(is_structural("Subject"));
}

// --- parameters ---

std::string get(std::string_view value, std::string_view name) {
  ContentType type = ContentType::parse(value);
  auto found = type.get(name);
  return found ? std::string(*found) : "(absent)";
}

TEST(ContentType, reads_type_and_parameters) {
  ContentType type =
      ContentType::parse(" Text/HTML ; Charset=\"utf-8\"; x=(c)y ; z = \"a\\\"b;c\"");
  EXPECT_EQ(type.name(), "text/html");
  EXPECT_EQ(type.get("charset"), "utf-8");
  EXPECT_EQ(type.get("x"), "y");
  EXPECT_EQ(type.get("z"), "a\"b;c");
  EXPECT_FALSE(type.malformed);
  EXPECT_FALSE(type.parameters.malformed());
  EXPECT_EQ(ContentType::parse("multipart(c)/(c)mixed\r\n (c) ;\r\n\tboundary=x").get("boundary"),
            "x");
}

TEST(ContentType, what_is_no_type_is_text_plain_and_told) {
  for (auto value : {"", "text", "text/", "/plain", ";a=b", "text plain", "\"text/html\""}) {
    ContentType type = ContentType::parse(value);
    EXPECT_TRUE(type.malformed) << value;
    EXPECT_EQ(type.name(), "text/plain");
  }
}

TEST(ContentType, reads_parameters_as_senders_write_them) {
  EXPECT_EQ(get("a/b; name=my file.txt; x=y", "name"), "my file.txt");
  EXPECT_EQ(get("a/b; name=my file.txt; x=y", "x"), "y");
  EXPECT_EQ(get("a/b; name=foo (1).pdf", "name"), "foo (1).pdf");
  EXPECT_EQ(get("a/b; boundary=a=_b/c?:x", "boundary"), "a=_b/c?:x");
  EXPECT_EQ(get("a/b;; x=y;", "x"), "y");
  EXPECT_EQ(get("a/b; x; y=z", "y"), "z");
  EXPECT_EQ(get("a/b x=y; z=w", "z"), "w");
  EXPECT_EQ(get("a/b; x=\"y", "x"), "y");
  EXPECT_EQ(get("a/b; x=", "x"), "");
  EXPECT_EQ(get("a/b; x=\"\"", "x"), "");
  EXPECT_EQ(get("a/b; name=\"=?utf-8?q?Gr=C3=BC=C3=9Fe.p7m?=\"", "name"), "Gr\u00fc\u00dfe.p7m");
  EXPECT_EQ(get("a/b; boundary=\"=?utf-8?q?x?=\"", "boundary"), "=?utf-8?q?x?=");
  EXPECT_TRUE(ContentType::parse("a/b; x=\"y").parameters.malformed());
  EXPECT_TRUE(ContentType::parse("a/b; x=y z").parameters.malformed());
}

TEST(ContentType, reads_rfc_2231_in_all_forms_MIME_35) {
  EXPECT_EQ(get("a/b; name*=utf-8''Gr%C3%BC%C3%9Fe.p7m", "name"), "Gr\u00fc\u00dfe.p7m");
  EXPECT_EQ(get("a/b; name*=iso-8859-1'de'Gr%FC%DFe", "name"), "Gr\u00fc\u00dfe");
  EXPECT_EQ(get("a/b; name*0=one; name*1=two", "name"), "onetwo");
  EXPECT_EQ(get("a/b; name*1=two; name*0=one", "name"), "onetwo");
  EXPECT_EQ(get("a/b; name*0*=utf-8''%E2%82; name*1*=%AC; name*2=\"%20\"", "name"), "\u20ac%20");
  EXPECT_EQ(get("a/b; name*0=one; name*2=three", "name"), "one");
  EXPECT_EQ(get("a/b; name*1=two", "name"), "");
  EXPECT_EQ(get("a/b; name*00=x; name=y", "name"), "y");
  EXPECT_EQ(get("a/b; name*99999999999999999999999=x; name=y", "name"), "y");
  EXPECT_EQ(get("a/b; name=plain; name*=utf-8''rich", "name"), "rich");
  EXPECT_EQ(get("a/b; name*=x-unknown''%ff", "name"), "\ufffd");
  EXPECT_EQ(get("a/b; name*=no-charset%41", "name"), "no-charsetA");
  EXPECT_EQ(get("a/b; *=x; *0=y; y=z", "y"), "z");
}

TEST(ContentType, names_parameters_given_twice_T_106) {
  auto conflicts = [](std::string_view value) {
    return ContentType::parse(value).parameters.conflicts();
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(conflicts("a/b; x=1; X=2; y=3"), Names{"x"});
  EXPECT_EQ(get("a/b; x=1; X=2", "x"), "1");
  EXPECT_EQ(conflicts("a/b; x*0=1; x*0=2"), Names{"x"});
  EXPECT_EQ(conflicts("a/b; x=1; x*=2"), Names{"x"});
  EXPECT_EQ(conflicts("a/b; name=1; name*=2"), Names{});
  EXPECT_EQ(conflicts("a/b; x=1; y=2"), Names{});
}

TEST(ContentType, a_bomb_of_parameters_costs_n_log_n_T_99) {
  std::string many = "a/b";
  for (int i = 0; i < 60'000; ++i) many += ";x*" + std::to_string((i * 7919) % 60'000) + "=y";
  ContentType type = ContentType::parse(many);
  EXPECT_EQ(type.get("x")->size(), 60'000u);
  std::string names = "a/b";
  for (int i = 0; i < 60'000; ++i) names += ";" + std::to_string(i) + "=y";
  EXPECT_EQ(ContentType::parse(names).parameters.all().size(), 60'000u);
  std::string quotes = "a/b;x=" + std::string(100'000, '(') + std::string(100'000, ';');
  EXPECT_TRUE(ContentType::parse(quotes).parameters.malformed());
}

TEST(ContentDisposition, reads_kind_and_file_name) {
  ContentDisposition value = ContentDisposition::parse("Attachment;\r\n filename=\"smime.p7m\"");
  EXPECT_EQ(value.kind, "attachment");
  EXPECT_EQ(value.get("filename"), "smime.p7m");
}

TEST(TransferEncoding, reads_the_five_and_tells_what_is_none_of_them) {
  EXPECT_EQ(parse_transfer_encoding(" Base64 (c)"), TransferEncoding::Base64);
  EXPECT_EQ(parse_transfer_encoding("QUOTED-PRINTABLE"), TransferEncoding::QuotedPrintable);
  EXPECT_EQ(parse_transfer_encoding("7bit;"), TransferEncoding::SevenBit);
  EXPECT_EQ(parse_transfer_encoding("8bit"), TransferEncoding::EightBit);
  EXPECT_EQ(parse_transfer_encoding("binary"), TransferEncoding::Binary);
  for (auto value : {"", "x-uuencode", "base64 base64", "8-bit", "base64, 7bit"}) {
    EXPECT_EQ(parse_transfer_encoding(value), TransferEncoding::Unknown) << value;
  }
}

// --- encoded words and writing ---

TEST(Words, decodes_as_rfc_2047_says) {
  EXPECT_EQ(decode_words("=?utf-8?q?Gr=C3=BC=C3=9Fe?="), "Gr\u00fc\u00dfe");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?= b"), "a b");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?="), "ab");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?=\r\n =?ISO-8859-1?Q?b?="), "ab");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a_b?="), "a b");
  EXPECT_EQ(decode_words("=?ISO-8859-1?Q?a?= =?ISO-8859-2?Q?_b?="), "a b");
  EXPECT_EQ(decode_words("=?utf-8*en?b?aGk=?="), "hi");
  EXPECT_EQ(decode_words("=?utf-8?q?=E2=82?= =?utf-8?q?=AC?="), "\u20ac");
  EXPECT_EQ(decode_words("=?windows-1252?q?=80=93?="), "\u20ac\u201c");
  EXPECT_EQ(decode_words("=?iso-8859-15?q?=A4?="), "\u20ac");
  EXPECT_EQ(decode_words("=?koi8-r?b?89TB1NXT?="), "\u0421\u0442\u0430\u0442\u0443\u0441");
  EXPECT_EQ(decode_words("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?="), "\u65e5\u672c");
  EXPECT_EQ(decode_words("plain = ? text"), "plain = ? text");
  EXPECT_EQ(decode_words("x=?utf-8?q?a?=y"), "xay");
}

TEST(Words, leaves_what_it_does_not_know_T_101) {
  for (std::string_view text : {"=?x-none?q?a?=", "=?iso-2022-cn-ext?q?a?=", "=?utf-8?x?a?=",
                                "=?utf-8?q?a", "=??q?a?=", "=?utf-8?q?a?b?=", "=?utf-8?"}) {
    EXPECT_EQ(decode_words(text), text);
  }
  EXPECT_EQ(decode_words("x\xff"), "x\ufffd");
  EXPECT_EQ(decode_words("=?utf-8?q?=FF=C0=AF?="), "\ufffd\ufffd\ufffd");
}

TEST(Words, encodes_what_needs_it_and_reads_it_back) {
  EXPECT_EQ(encode_words("plain text"), "plain text");
  EXPECT_EQ(encode_words("Gr\u00fc\u00dfe"), "=?utf-8?b?R3LDvMOfZQ==?=");
  std::string text;
  for (int i = 0; i < 60; ++i) {
    text += i % 3 ? "wort " : "\u00fc\u20ac\U0001f600 ";
    std::string_view trimmed = trim(text);
    std::string encoded = encode_words(trimmed);
    EXPECT_EQ(decode_words(encoded), trimmed);
    for (auto word : split(encoded, ' ')) EXPECT_LE(word.size(), 75u);
  }
  EXPECT_EQ(decode_words(encode_words("=?utf-8?q?a?=")), "=?utf-8?q?a?=");
  EXPECT_EQ(decode_words(encode_words("\xff\x80 x")), "\ufffd\ufffd x");
}

TEST(WriteField, lets_no_line_end_through_T_95) {
  for (std::string_view evil :
       {"x\r\nBcc: v@x", "x\nBcc: v@x", "x\rBcc: v@x", "\u00fc\r\n\r\n<html>"}) {
    std::string field = write_field("Subject", evil);
    Header header = parse(field);
    ASSERT_EQ(header.fields().size(), 1u) << field;
    EXPECT_EQ(header.malformed(), 0u);
    EXPECT_EQ(field.find("\r\n\r\n"), field.npos);
    EXPECT_EQ(decode_words(header.fields()[0].value).find_first_of("\r\n"), std::string::npos);
  }
  EXPECT_EQ(write_field("Sub\r\nject:", std::string_view("a\0b", 3)), "Subject: a b\r\n");
}

TEST(WriteField, folds_at_76_and_unfolds_to_the_same) {
  std::string value = "word";
  for (int i = 0; i < 300; ++i) {
    value += i % 7 ? " word" + std::to_string(i) : "  longer-word-" + std::to_string(i);
    std::string field = write_field("X-Long", value);
    EXPECT_EQ(parse(field).fields()[0].unfolded(), value);
    for (auto line : split(field, '\n')) {
      EXPECT_LE(line.size(), 77u);
      EXPECT_FALSE(line.ends_with(" \r"));
    }
  }
  std::string endless(5000, 'x');
  std::string field = write_field("X-Long", endless);
  for (auto line : split(field, '\n')) EXPECT_LE(line.size(), 77u);
  EXPECT_EQ(decode_words(parse(field).fields()[0].value), endless);
}

TEST(WriteParameter, is_read_back_whatever_it_holds_T_95_T_102) {
  EXPECT_EQ(write_parameter("name", "smime.p7m"), "; name=smime.p7m");
  EXPECT_EQ(write_parameter("name", "a b\"c\\"), "; name=\"a b\\\"c\\\\\"");
  EXPECT_EQ(write_parameter("name", "\u00fc.p7m"), "; name*=utf-8''%C3%BC.p7m");
  for (std::string value :
       {std::string(), std::string("../../etc/cron.d/x"), std::string("=?utf-8?q?a?="),
        std::string(500, 'x'), std::string("%41'*\"\\"), std::string("\U0001f600 \u20ac"),
        std::string(100, ' ') + "\u20ac"}) {
    std::string field = write_field("Content-Type", "a/b" + write_parameter("name", value));
    EXPECT_EQ(parse(field).content_type().get("name"), value) << field;
    EXPECT_FALSE(parse(field).content_type().parameters.malformed());
    for (auto line : split(field, '\n')) EXPECT_LE(line.size(), 80u);
  }
  std::string evil = write_parameter("name", "a\r\n\r\n<html>");
  EXPECT_EQ(evil.find_first_of("\r\n"), evil.npos);
}

}  // namespace
}  // namespace bulla::mime

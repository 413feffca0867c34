#include "mime/prepare.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "mime/collect.h"
#include "mime/line_filters.h"
#include "mime/parser.h"
#include "mime/transfer.h"

namespace bulla::mime {
namespace {

// The prepared entity, or the slug of the error; the same in all chunkings.
std::string prepare(std::string_view text, PrepareMode mode = PrepareMode::SevenBit) {
  std::string first;
  bool have = false;
  for (const auto& chunks : chunkings(text)) {
    Collect out;
    Preparer preparer(out, mode);
    Result<void> done;
    for (auto chunk : chunks) {
      if (done) done = preparer.write(as_bytes(chunk));
    }
    if (done) done = preparer.finish();
    std::string now = done ? out.text : std::string(info(done.error().rule).slug);
    if (done) {
      EXPECT_EQ(out.finished, 1);
    }
    EXPECT_TRUE(!have || now == first) << now.substr(0, 200);
    first = now;
    have = true;
  }
  return first;
}

std::string binary(std::string_view text) { return prepare(text, PrepareMode::Binary); }

TEST(Preparer, what_is_safe_changes_in_nothing_but_line_ends_MIME_04) {
  std::string_view safe =
      "Content-Type: multipart/mixed; boundary=b\r\nSubject: x\r\n\r\npreamble\r\n--b\r\n\r\n"
      "text\r\n\r\n--b\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n"
      "AAAA\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\na=3D=\r\nb\r\n--b--\r\n"
      "epilogue\r\n";
  EXPECT_EQ(prepare(safe), safe);
  EXPECT_EQ(binary(safe), safe);
  std::string lf;
  for (char c : safe) {
    if (c != '\r') lf += c;
  }
  EXPECT_EQ(prepare(lf), safe);
  EXPECT_EQ(binary(lf), safe);
}

TEST(Preparer, entities_without_header_or_without_body) {
  EXPECT_EQ(prepare("\nbody\n"), "\r\nbody\r\n");
  EXPECT_EQ(prepare("A: b\n"), "A: b\r\n");
  EXPECT_EQ(prepare("A: b"), "A: b");
  EXPECT_EQ(prepare("A: b\n\n"), "A: b\r\n\r\n");
  EXPECT_EQ(prepare(""), "");
}

TEST(Preparer, text_that_is_not_safe_becomes_quoted_printable_MIME_09_MIME_10) {
  constexpr std::string_view kQp = "Content-Transfer-Encoding: quoted-printable\r\n";
  EXPECT_EQ(prepare("\ncaf\xc3\xa9\n"), std::string(kQp) + "\r\ncaf=C3=A9\r\n");
  EXPECT_EQ(prepare("A: b\n\nx \n"), "A: b\r\n" + std::string(kQp) + "\r\nx=20\r\n");
  EXPECT_EQ(prepare("\nFrom me\n"), std::string(kQp) + "\r\nFrom=20me\r\n");
  EXPECT_EQ(prepare("\na\rb\n"), std::string(kQp) + "\r\na=0Db\r\n");
  EXPECT_EQ(prepare("content-transfer-encoding: 8bit\nA: b\n\n\xe4"),
            std::string(kQp) + "A: b\r\n\r\n=E4");
  std::string long_line(999, 'x');
  EXPECT_TRUE(prepare("\n" + long_line).starts_with(kQp));
  EXPECT_EQ(prepare("\n" + long_line.substr(1)), "\r\n" + long_line.substr(1));
}

TEST(Preparer, other_types_become_base64_of_their_own_octets_MIME_09) {
  EXPECT_EQ(prepare("Content-Type: image/png\nContent-Transfer-Encoding: binary\n\na\n\xff"),
            "Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\nYQr/\r\n");
  EXPECT_EQ(prepare("Content-Type: text/plain; charset=UTF-16LE\nContent-Transfer-Encoding: "
                    "binary\n\na\n\xff"),
            "Content-Type: text/plain; charset=UTF-16LE\r\nContent-Transfer-Encoding: "
            "base64\r\n\r\nYQr/\r\n");
  EXPECT_EQ(prepare(std::string_view("\na\n\0", 4)),
            "Content-Transfer-Encoding: base64\r\n\r\nYQ0KAA==\r\n");
}

TEST(Preparer, a_label_of_8bit_goes_when_all_is_7bit) {
  EXPECT_EQ(prepare("Content-Transfer-Encoding: 8bit\n\nplain\n"),
            "Content-Transfer-Encoding: 7bit\r\n\r\nplain\r\n");
  EXPECT_EQ(
      prepare("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: "
              "8bit\n\n--b\nContent-Transfer-Encoding: 8bit\n\n\xe4\n--b--\n"),
      "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: "
      "7bit\r\n\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E4\r\n--b--\r\n");
}

TEST(Preparer, goes_into_nested_multiparts_and_messages) {
  std::string_view in =
      "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; "
      "boundary=ab\n\n--ab\n\n\xe4\n--ab--\n\n--a\nContent-Type: message/rfc822\n\nSubject: "
      "x\nContent-Type: image/png\n\n\xff\n--a--\n";
  EXPECT_EQ(prepare(in),
            "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\nContent-Type: "
            "multipart/mixed; boundary=ab\r\n\r\n--ab\r\nContent-Transfer-Encoding: "
            "quoted-printable\r\n\r\n=E4\r\n--ab--\r\n\r\n--a\r\nContent-Type: "
            "message/rfc822\r\n\r\nSubject: x\r\nContent-Type: "
            "image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n/w==\r\n--a--\r\n");
}

TEST(Preparer, around_the_parts_nothing_unsafe_stays) {
  EXPECT_EQ(
      prepare("Content-Type: multipart/mixed; boundary=b\n\nFrom me \xe4\n--b  \nx: y\n--b-- \n"
              "end\t\nFrom\n"),
      "Content-Type: multipart/mixed; boundary=b\r\n\r\nFrom?me ?\r\n--b\r\nx: y\r\n--b--\r\n"
      "end\r\nFrom\r\n");
}

TEST(Preparer, mends_encoded_leaves_without_a_change_of_meaning) {
  EXPECT_EQ(prepare("Content-Transfer-Encoding: base64\n\nAA \nAA\xff\n"),
            "Content-Transfer-Encoding: base64\r\n\r\nAA\r\nAA\r\n");
  std::string body(5000, 'A');
  std::string out = prepare("Content-Transfer-Encoding: base64\n\n" + body);
  for (auto line : split(out, '\n')) EXPECT_LE(line.size(), 999u);
  EXPECT_EQ(prepare("Content-Transfer-Encoding: quoted-printable\n\na=3D\xe4 \nFrom x=\n"),
            "Content-Transfer-Encoding: quoted-printable\r\n\r\na=3D=E4\r\nFrom=20x=\r\n");
}

TEST(Preparer, signed_parts_inside_are_left_as_they_are_or_refused_MIME_11) {
  std::string_view good =
      "Content-Type: multipart/signed; boundary=b\r\n\r\n--b \r\n\r\nx \r\nFrom y\r\n--b--\r\n";
  EXPECT_EQ(prepare(good), good);
  EXPECT_EQ(prepare("Content-Type: multipart/signed; boundary=b\n\n--b\n\n\xe4\n--b--"),
            "mime.not-seven-bit");
  std::string_view odd =
      "Content-Type: multipart/signed; boundary=b\r\n\r\n--b\r\n\r\n\xe4\n\xff\r\n--b--\r\n";
  EXPECT_EQ(binary(odd), odd);
}

TEST(Preparer, refuses_what_has_no_one_form_T_100_T_106) {
  EXPECT_EQ(prepare("Content-Type: multipart/mixed\n\n--b\n"), "mime.no-boundary");
  EXPECT_EQ(prepare("Content-Type: multipart/mixed; boundary=\"\xc3\xa4\"\n\n"),
            "mime.no-boundary");
  std::string endless(995, 'b');
  EXPECT_EQ(prepare("Content-Type: multipart/mixed; boundary=" + endless + "\n\n"),
            "mime.no-boundary");
  EXPECT_EQ(prepare("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: "
                    "base64\n\n"),
            "mime.encoded-multipart");
  EXPECT_EQ(prepare("Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: 8bit\n\n"),
            "mime.duplicate-field");
  EXPECT_EQ(prepare("Content-Transfer-Encoding: x-uu\n\n\xff"), "mime.unknown-encoding");
  EXPECT_EQ(prepare("Content-Transfer-Encoding: x-uu\n\nabc\n"),
            "Content-Transfer-Encoding: x-uu\r\n\r\nabc\r\n");
}

std::string lines(std::size_t octets) {
  std::string text;
  while (text.size() < octets) text += "a line of text that goes on for some time\r\n";
  return text;
}

TEST(Preparer, a_long_leaf_is_judged_by_its_beginning_and_its_label) {
  std::string text = lines(Preparer::kWindow + 1000);
  std::string with_label = "Content-Transfer-Encoding: 7bit\r\n\r\n" + text;
  EXPECT_TRUE(prepare(with_label) == with_label);
  EXPECT_EQ(prepare(with_label + "\xe4"), "mime.not-seven-bit");
  EXPECT_EQ(prepare(with_label + std::string(999, 'x')), "mime.not-seven-bit");
  EXPECT_TRUE(prepare("\r\n" + text + "\xe4") ==
              "Content-Transfer-Encoding: quoted-printable\r\n\r\n" + text + "=E4");
  std::string short_text = lines(Preparer::kWindow - 100).substr(0, Preparer::kWindow);
  EXPECT_TRUE(prepare("\r\n" + short_text) == "\r\n" + short_text);
}

TEST(Preparer, a_line_cut_by_the_window_is_not_judged_by_the_cut) {
  std::string text = lines(Preparer::kWindow + 200);
  for (char last : {' ', '\r', '\t'}) {
    std::string cut = text;
    std::size_t at = Preparer::kWindow - 1;
    while (cut[at] == '\r' || cut[at] == '\n' || cut[at + 1] == '\n') cut.insert(0, "xx\r\n");
    cut[at] = last;
    if (last == '\r')
      cut.insert(at + 1, "\n");
    else
      cut[at + 1] = 'x';
    std::string in = "Content-Transfer-Encoding: 7bit\r\n\r\n" + cut;
    EXPECT_TRUE(prepare(in) == in) << static_cast<int>(last);
  }
}

TEST(Preparer, header_fields_are_written_in_ascii) {
  EXPECT_EQ(prepare("Subject: Gr\xc3\xbc\xc3\x9f\x65\n\n"),
            "Subject: =?utf-8?b?R3LDvMOfZQ==?=\r\n\r\n");
  EXPECT_EQ(prepare("Subject: \xe4\n\n"), "Subject: =?utf-8?b?w6Q=?=\r\n\r\n");
  EXPECT_EQ(prepare("From: J\xc3\xb6rg <a@b>, \"X, Y\" <c@d>\n\n"),
            "From: =?utf-8?b?SsO2cmc=?= <a@b>, \"X, Y\" <c@d>\r\n\r\n");
  EXPECT_EQ(prepare("From: j\xc3\xb6rg@b\n\n"), "mime.not-seven-bit");
  EXPECT_EQ(prepare("\xe4\n\n"), "mime.not-seven-bit");
  EXPECT_EQ(prepare("Content-Type: image/png; name=\"\xc3\xa4.png\"\n\n"),
            "Content-Type: image/png; name*=utf-8''%C3%A4.png\r\n\r\n");
  EXPECT_EQ(prepare("Content-Type: image/p\xe4ng\n\n"), "mime.not-seven-bit");
  EXPECT_EQ(prepare("Content-Type: image/png; n\xe4me=x; y=z; v=\xe4\n\n"),
            "Content-Type: image/png; nme=x; y=z; v*=utf-8''%C3%A4\r\n\r\n");
  EXPECT_EQ(binary("Subject: \xe4\n\n"), "Subject: \xe4\r\n\r\n");
}

TEST(Preparer, binary_mode_leaves_leaves_as_they_are_MIME_08) {
  EXPECT_EQ(binary("Content-Type: image/png\nContent-Transfer-Encoding: binary\n\na\n\xff\n"),
            "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\na\n\xff\n");
  EXPECT_EQ(binary("Content-Type: image/png\n\na\n\xff\n"),
            "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\na\n\xff\n");
  EXPECT_EQ(binary("Content-Transfer-Encoding: 8bit\n\n\xe4 \n"),
            "Content-Transfer-Encoding: 8bit\r\n\r\n\xe4 \r\n");
  EXPECT_EQ(binary("\n\xe4\n"), "\r\n\xe4\r\n");
}

TEST(Preparer, depth_is_limited_without_recursion_T_98) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) {
    std::string b = std::to_string(i);
    deep += "Content-Type: multipart/mixed; boundary=" + b + "\n\n--" + b + "\n";
  }
  Collect out;
  Preparer preparer(out, PrepareMode::SevenBit);
  Result<void> done = preparer.write(as_bytes(deep));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().rule, Rule::LimitMimeDepth);
}

TEST(LineScrubber, passes_clean_lines_in_one_piece) {
  std::string text = lines(10'000);
  Collect out;
  LineScrubber scrubber(out, LineScrubber::Unsafe::Drop);
  ASSERT_TRUE(scrubber.write(as_bytes(text)));
  ASSERT_TRUE(scrubber.finish());
  EXPECT_EQ(out.text, text);
  EXPECT_EQ(out.writes, 1);
}

}  // namespace
}  // namespace bulla::mime

#include "mime/writer.h"

#include <gtest/gtest.h>

#include "mime/smime_type.h"

namespace bulla::mime {
namespace {

Header parse(std::string_view text) { return Header::parse(as_bytes(text)).value(); }

TEST(Writer, pkcs7_mime_says_type_name_and_encoding_MIME_24_MIME_28_MIME_30) {
  std::string text = write_pkcs7_mime_header({.smime_type = "enveloped-data"});
  EXPECT_EQ(
      text,
      "Content-Type: application/pkcs7-mime; smime-type=enveloped-data;\r\n name=smime.p7m\r\n"
      "Content-Transfer-Encoding: base64\r\n"
      "Content-Disposition: attachment; filename=smime.p7m\r\n");
  Header header = parse(text);
  EXPECT_EQ(recognize_smime(header).kind, SmimeKind::Pkcs7Mime);
  EXPECT_EQ(recognize_smime(header).smime_type, "enveloped-data");
  header = parse(write_pkcs7_mime_header(
      {.smime_type = "compressed-data", .suffix = "p7z", .encoding = TransferEncoding::Binary}));
  EXPECT_EQ(header.content_disposition().get("filename"), "smime.p7z");
  EXPECT_EQ(header.transfer_encoding(), TransferEncoding::Binary);
  EXPECT_EQ(recognize_smime(parse(write_pkcs7_signature_header())).kind, SmimeKind::Pkcs7Signature);
  EXPECT_EQ(recognize_smime(parse(write_pkcs10_header())).kind, SmimeKind::Pkcs10);
}

TEST(Writer, multipart_signed_says_protocol_and_micalg_MIME_16_MIME_18) {
  std::string text = write_multipart_signed_header({"sha-256", "sha-512"}, "=_b");
  EXPECT_NE(text.find("protocol=\"application/pkcs7-signature\""), text.npos);
  EXPECT_NE(text.find("micalg=\"sha-256,sha-512\""), text.npos);
  SmimeType found = recognize_smime(parse(text));
  EXPECT_EQ(found.kind, SmimeKind::MultipartSigned);
  EXPECT_EQ(found.micalg.size(), 2u);
  EXPECT_EQ(parse(text).content_type().get("boundary"), "=_b");
  EXPECT_EQ(parse(write_multipart_signed_header({}, "b")).content_type().get("micalg"), "unknown");
}

TEST(Writer, a_boundary_is_made_of_the_octets_given) {
  Bytes random(32, 0xab);
  std::string boundary = make_boundary(random);
  EXPECT_TRUE(boundary.starts_with("=_abab"));
  EXPECT_LE(boundary.size(), 70u);
  EXPECT_EQ(first_delimiter("b") + "x" + next_delimiter("b") + "y" + close_delimiter("b"),
            "--b\r\nx\r\n--b\r\ny\r\n--b--\r\n");
}

TEST(Writer, splits_structural_fields_from_the_others_HP_05) {
  SplitHeader split = split_header(parse(
      "From: a\r\nContent-Type: a/b;\r\n c=d\r\nno field\r\nMIME-Version: 1.0\r\nTo: b\r\n\r\n"));
  EXPECT_EQ(split.structural, "Content-Type: a/b;\r\n c=d\r\nMIME-Version: 1.0\r\n");
  EXPECT_EQ(split.non_structural, "From: a\r\nno field\r\nTo: b\r\n");
  split = split_header(parse("Content-Type: a/b\nFrom: a"));
  EXPECT_EQ(split.non_structural, "From: a\n");
}

}  // namespace
}  // namespace bulla::mime

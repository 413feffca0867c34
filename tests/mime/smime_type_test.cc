#include "mime/smime_type.h"

#include <gtest/gtest.h>

namespace bulla::mime {
namespace {

SmimeType recognize(std::string_view type, std::string_view disposition = "") {
  return recognize_smime(ContentType::parse(type), ContentDisposition::parse(disposition));
}

struct Row {
  std::string_view type;
  std::string_view disposition;
  SmimeKind kind;
  bool legacy = false;
};

const Row kRows[] = {
    // MIME-31, MIME-36
    {"application/pkcs7-mime", "", SmimeKind::Pkcs7Mime},
    {"Application/PKCS7-MIME; smime-type=x; name=foo.txt", "", SmimeKind::Pkcs7Mime},
    {"application/x-pkcs7-mime", "", SmimeKind::Pkcs7Mime, true},
    {"application/pkcs7-signature", "", SmimeKind::Pkcs7Signature},
    {"application/x-pkcs7-signature; name=smime.p7s", "", SmimeKind::Pkcs7Signature, true},
    {"application/pkcs10", "", SmimeKind::Pkcs10},
    {"application/x-pkcs10", "", SmimeKind::Pkcs10, true},
    // MIME-32, MIME-16, T-107
    {"multipart/signed; protocol=\"application/pkcs7-signature\"", "", SmimeKind::MultipartSigned},
    {"multipart/signed; protocol=\"Application/X-PKCS7-Signature\"", "", SmimeKind::MultipartSigned,
     true},
    {"multipart/signed", "", SmimeKind::MultipartSigned},
    {"multipart/signed; protocol=\"application/pgp-signature\"", "",
     SmimeKind::MultipartSignedForeign},
    {"multipart/signed; protocol=\"application/x-pkcs7-mime\"", "",
     SmimeKind::MultipartSignedForeign},
    {"multipart/signed; protocol=pkcs7-signature", "", SmimeKind::MultipartSignedForeign},
    // RFC 3156 4 (OpenPGP), and whatever else there may be
    {"Multipart/Encrypted; protocol=\"application/pgp-encrypted\"", "",
     SmimeKind::MultipartEncrypted},
    {"multipart/encrypted; protocol=\"application/pkcs7-mime\"", "", SmimeKind::MultipartEncrypted},
    {"multipart/encrypted", "", SmimeKind::MultipartEncrypted},
    // MIME-33, MIME-34, MIME-35
    {"application/octet-stream; name=smime.p7m", "", SmimeKind::OctetStreamP7m},
    {"application/octet-stream; name=SMIME.P7M", "", SmimeKind::OctetStreamP7m},
    {"application/octet-stream", "attachment; filename=smime.p7s", SmimeKind::OctetStreamP7s},
    {"application/octet-stream; name=x.bin", "attachment; filename=x.p7c",
     SmimeKind::OctetStreamP7c},
    {"application/octet-stream; name=x.p7z", "attachment; filename=x.bin",
     SmimeKind::OctetStreamP7z},
    {"application/octet-stream; name*=utf-8''x%2Ep7m", "", SmimeKind::OctetStreamP7m},
    {"application/octet-stream; name*0=smime.; name*1=p7m", "", SmimeKind::OctetStreamP7m},
    {"application/octet-stream; name=\"=?utf-8?q?x=2Ep7m?=\"", "", SmimeKind::OctetStreamP7m},
    {"application/octet-stream; name=\"smime.p7m \"", "", SmimeKind::OctetStreamP7m},
    {"application/octet-stream; name=x.p10", "", SmimeKind::OctetStreamP10},
    {"application/octet-stream; name=x.aps", "", SmimeKind::OctetStreamP7s},
    {"application/octet-stream; name=p7m", "", SmimeKind::None},
    {"application/octet-stream; name=x.p7m.exe", "", SmimeKind::None},
    {"application/octet-stream", "", SmimeKind::None},
    // neither
    {"text/plain; name=smime.p7m", "", SmimeKind::None},
    {"application/pkcs7-mime2", "", SmimeKind::None},
    {"application/x-octet-stream; name=smime.p7m", "", SmimeKind::None},
    {"image/pkcs7-mime", "", SmimeKind::None},
    {"multipart/mixed; protocol=\"application/pkcs7-signature\"", "", SmimeKind::None},
    {"", "", SmimeKind::None},
};

TEST(SmimeType, every_row_MIME_31_to_37) {
  for (const Row& row : kRows) {
    SmimeType found = recognize(row.type, row.disposition);
    EXPECT_EQ(found.kind, row.kind) << row.type;
    EXPECT_EQ(found.legacy, row.legacy) << row.type;
  }
}

TEST(SmimeType, gives_the_hints_in_lower_case) {
  EXPECT_EQ(recognize("application/pkcs7-mime; smime-type=\"authEnveloped-Data\"").smime_type,
            "authenveloped-data");
  SmimeType found = recognize("multipart/signed; micalg=\"SHA-256, sha1,\"; protocol=X");
  EXPECT_EQ(found.micalg, (std::vector<std::string>{"sha-256", "sha1"}));
  EXPECT_EQ(found.protocol, "x");
}

TEST(SmimeType, micalg_is_a_bounded_list_MIME_18_MIME_19) {
  EXPECT_EQ(parse_micalg("sha-256"), std::vector<std::string>{"sha-256"});
  EXPECT_TRUE(parse_micalg(" , ,").empty());
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "md5,";
  EXPECT_EQ(parse_micalg(many).size(), 16u);
}

}  // namespace
}  // namespace bulla::mime

#include <gtest/gtest.h>

#include "cms/capabilities.h"
#include "cms/writer.h"
#include "hex.h"

namespace bulla::cms {
namespace {

std::vector<std::string> encoded_one_by_one() {
  std::vector<std::string> result;
  for (const Capability& capability : own_capabilities()) {
    // SEQUENCE OF one: its header has two octets.
    result.push_back(to_hex(ByteView(encode_capabilities({capability})).subspan(2)));
  }
  return result;
}

TEST(Capabilities, HaveTheExactFormsOfTheRfcsInTheirOrder_ATTR16_ATTR17_ATTR31) {
  EXPECT_EQ(encoded_one_by_one(),
            (std::vector<std::string>{
                "300d06092a864886f70d01010b0500",  // ATTR-18
                "300a06082a8648ce3d040302",        // ATTR-20
                "300506032b6570",                  // ATTR-35
                "300b060960864801650304012a",      // ATTR-22
                "300b060960864801650304012e",      // ATTR-23
                "300b0609608648016503040106", "300b0609608648016503040102",
                "300d060b2a864886f70d010910031f",  // ATTR-28
                // ATTR-34: id-sha256 and MGF1 with id-sha256 under their tags.
                "303c06092a864886f70d010107302fa00f300d06096086480165030402010500a11c301a06092a8648"
                "86f70d010108300d06096086480165030402010500",
                "301506062b8104010b01300b060960864801650304012d",  // ATTR-30
                "301506062b8104010b01300b0609608648016503040105",
                "301a060b2a864886f70d0109100313300b060960864801650304012d",  // ATTR-32
                "301a060b2a864886f70d0109100313300b0609608648016503040105",
                "300d060b2a864886f70d0109100308",  // ATTR-26
            }));
}

StatedAlgorithms stated(const std::string& capability) {
  Bytes one = from_hex(capability);
  Bytes list{0x30, static_cast<std::uint8_t>(one.size())};
  append(list, one);
  auto capabilities = decode_capabilities(list);
  EXPECT_TRUE(capabilities) << capability;
  return interpret(*capabilities);
}

TEST(Capabilities, OfSignaturesAreReadWithNullAndWithout_ATTR19_ATTR20) {
  struct Row {
    const char* hex;
    SignatureAlgorithm algorithm;
    Digest digest;
  };
  using enum SignatureAlgorithm;
  for (const Row& row : {Row{"300d06092a864886f70d01010e0500", RsaPkcs1, Digest::Sha224},
                         Row{"300d06092a864886f70d01010c0500", RsaPkcs1, Digest::Sha384},
                         Row{"300d06092a864886f70d01010d0500", RsaPkcs1, Digest::Sha512},
                         Row{"300a06082a8648ce3d040303", Ecdsa, Digest::Sha384},
                         Row{"300b06072a8648ce3d04010500", Ecdsa, Digest::Sha1},
                         Row{"300906072a8648ce3d0401", Ecdsa, Digest::Sha1}}) {
    StatedAlgorithms found = stated(row.hex);
    ASSERT_EQ(found.signatures.size(), 1u) << row.hex;
    EXPECT_EQ(found.signatures[0].algorithm, row.algorithm);
    EXPECT_EQ(found.signatures[0].digest, row.digest);
  }
}

TEST(Capabilities, OfCiphersAreReadByTheirOid_ATTR24_ATTR25_ATTR27) {
  struct Row {
    const char* hex;
    ContentCipher cipher;
  };
  for (const Row& row : {Row{"300a06082a864886f70d0307", ContentCipher::TripleDesCbc},
                         Row{"300d06082a864886f70d0302020128", ContentCipher::Rc2_40Cbc},
                         Row{"300d06082a864886f70d0302020140", ContentCipher::Rc2_64Cbc},
                         Row{"300e06082a864886f70d030202020080", ContentCipher::Rc2_128Cbc},
                         Row{"300d060b2a864886f70d0109100312", ContentCipher::ChaCha20Poly1305}}) {
    EXPECT_EQ(stated(row.hex).ciphers, std::vector<ContentCipher>{row.cipher}) << row.hex;
  }
  EXPECT_TRUE(stated("300d06082a864886f70d03020201a0").ciphers.empty()) << "no version";
}

TEST(Capabilities, OfOaepAreReadAsTheRfcPrintsThemToo_ATTR33_ATTR34) {
  struct Row {
    const char* hex;
    Digest digest;
  };
  for (const Row& row : {Row{"300d06092a864886f70d0101073000", Digest::Sha1},
                         Row{"303c06092a864886f70d010107302fa00f300d06096086480165030402010500"
                             "a11c301a06092a864886f70d010108300d06096086480165030402010500",
                             Digest::Sha256},
                         Row{"303806092a864886f70d010107302b300d06096086480165030402010500"
                             "301a06092a864886f70d010108300d06096086480165030402010500",
                             Digest::Sha256}}) {
    StatedAlgorithms found = stated(row.hex);
    ASSERT_EQ(found.transports.size(), 1u) << row.hex;
    EXPECT_EQ(found.transports[0].algorithm, TransportAlgorithm::RsaOaep);
    EXPECT_EQ(found.transports[0].digest, row.digest);
    EXPECT_EQ(found.transports[0].mgf_digest, row.digest);
  }
}

TEST(Capabilities, AreASequenceInOrderOfPreferenceATTR15) {
  Bytes null{5, 0};
  EXPECT_EQ(to_hex(encode_capabilities({{.id = Oid::of("1.2.3"), .parameters = null},
                                        {.id = Oid::of("1.2.2"), .parameters = std::nullopt}})),
            "300e"
            "300606022a030500"
            "300406022a02");
  EXPECT_EQ(to_hex(encode_capabilities({})), "3000");
}

}  // namespace
}  // namespace bulla::cms

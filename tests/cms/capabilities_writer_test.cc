#include <gtest/gtest.h>

#include "cms/capabilities.h"
#include "cms/writer.h"

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

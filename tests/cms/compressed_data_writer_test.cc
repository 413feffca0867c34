#include <gtest/gtest.h>

#include "cms/decrypt.h"
#include "cms/writer_read_back.h"

namespace bulla::cms {
namespace {

using testing::compress;
using testing::content_of;
using testing::kWhole;
using testing::ReadBack;

Bytes inflate(ByteView compressed) {
  Bytes content;
  Inflater inflater = Inflater::create(Limits{}).value();
  EXPECT_TRUE(inflater.update(compressed, [&](ByteView bytes) -> Result<void> {
    append(content, bytes);
    return {};
  }));
  EXPECT_TRUE(inflater.finish());
  return content;
}

// Text-like octets that deflate to about a third.
Bytes text_of(std::size_t size) {
  Bytes text = content_of(size);
  for (std::uint8_t& octet : text) octet = static_cast<std::uint8_t>('a' + octet % 8);
  return text;
}

TEST(CompressedDataWriter, IsVersion0WithoutParametersCMS74) {
  EXPECT_EQ(to_hex(compress({})),
            "303c"
            "060b2a864886f70d0109100109"
            "a02d"
            "302b"
            "020100"
            "300d060b2a864886f70d0109100308"
            "3017"
            "06092a864886f70d010701"
            "a00a"
            "0408"
            "789c030000000001");
}

TEST(CompressedDataWriter, ReadsBackInEverySizeAndChunking) {
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65'536}, kDerLimit + 1}) {
    for (const Bytes& content : {content_of(size), text_of(size)}) {
      for (std::size_t chunk : {kWhole, std::size_t{0}}) {
        ReadBack message(compress(content, chunk), chunk);
        EXPECT_EQ(message.type, kCompressedData);
        EXPECT_TRUE(inflate(message.octets) == content) << size;
      }
    }
  }
  EXPECT_EQ(inflate(ReadBack(compress(text_of(300), 1), 1).octets), text_of(300));
}

TEST(CompressedDataWriter, TextGetsShorter) {
  EXPECT_LT(compress(text_of(100'000)).size(), 50'000u);
}

}  // namespace
}  // namespace bulla::cms

#include <gtest/gtest.h>

#include "asn1/reader.h"
#include "asn1/writer.h"
#include "cms/content_framing.h"
#include "cms/writer_support.h"

namespace bulla::cms {
namespace {

using testing::content_of;
using testing::feed;
using testing::kWhole;
using Wrap = ContentFraming::Wrap;

Bytes element(std::uint64_t number) {
  return asn1::encode([&](asn1::Writer& out) { out.integer(number); });
}

ContentFraming::Shape shape(Wrap wrap) {
  return {.type = kSignedData, .header = element(3), .content_header = element(4), .wrap = wrap};
}

crypto::Output into(Bytes& out) {
  return [&out](ByteView bytes) -> Result<void> {
    append(out, bytes);
    return {};
  };
}

Bytes framed(ByteView content, Wrap wrap, std::size_t chunk, ByteView tail) {
  Bytes out;
  ContentFraming framing(shape(wrap), into(out));
  feed(content, chunk, [&](ByteView piece) { EXPECT_TRUE(framing.write(piece)); });
  EXPECT_TRUE(framing.finish(tail));
  return out;
}

// [0] IMPLICIT OCTET STRING as it is streamed: to_der() cannot know that it is a string.
void write_chunks(asn1::Writer& out, ByteView content) {
  asn1::Writer chunks = out.enter(asn1::constructed(0));
  feed(content, ContentFraming::kChunk, [&](ByteView chunk) { chunks.octet_string(chunk); });
}

// What the shape above says, in one go.
Bytes expected(ByteView content, Wrap wrap, ByteView tail) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer info = out.sequence();
    info.oid(kSignedData);
    asn1::Writer explicit_content = info.enter(asn1::constructed(0));
    asn1::Writer data = explicit_content.sequence();
    data.integer(3);
    {
      asn1::Writer inner = data.sequence();
      inner.integer(4);
      if (wrap == Wrap::Explicit) {
        inner.enter(asn1::constructed(0)).octet_string(content);
      } else if (content.size() > kDerLimit) {
        write_chunks(inner, content);
      } else {
        inner.primitive(asn1::primitive(0), content);
      }
    }
    data.element(tail);
  });
}

TEST(ContentFraming, WritesDerForSmallContentInEveryChunking) {
  for (std::size_t size : {0u, 1u, 15u, 16u, 17u, 127u, 128u, 300u}) {
    for (Wrap wrap : {Wrap::Explicit, Wrap::Implicit}) {
      for (std::size_t chunk : {kWhole, std::size_t{1}, std::size_t{0}}) {
        Bytes content = content_of(size);
        EXPECT_EQ(framed(content, wrap, chunk, element(5)), expected(content, wrap, element(5)));
      }
    }
  }
}

TEST(ContentFraming, WritesDerUpToTheLimitAndIndefiniteLengthsAboveCMS06) {
  for (std::size_t size : {kDerLimit - 1, kDerLimit}) {
    Bytes content = content_of(size);
    EXPECT_EQ(framed(content, Wrap::Explicit, 0, {}), expected(content, Wrap::Explicit, {}));
  }
  Bytes message = framed(content_of(kDerLimit + 1), Wrap::Explicit, 0, {});
  EXPECT_EQ(to_hex(ByteView(message).first(2)), "3080");
  EXPECT_EQ(to_hex(ByteView(message).last(12)), "000000000000000000000000");
}

TEST(ContentFraming, StreamedContentIsTheSameElementForEveryChunking) {
  for (Wrap wrap : {Wrap::Explicit, Wrap::Implicit}) {
    for (std::size_t size : {kDerLimit + 1, kDerLimit + ContentFraming::kChunk,
                             kDerLimit + ContentFraming::kChunk + 1, 3 * kDerLimit}) {
      Bytes content = content_of(size);
      Bytes whole = framed(content, wrap, kWhole, element(5));
      EXPECT_EQ(framed(content, wrap, 0, element(5)), whole);
      EXPECT_EQ(framed(content, wrap, ContentFraming::kChunk - 1, element(5)), whole);
      EXPECT_EQ(testing::as_der(whole), expected(content, wrap, element(5)));
    }
  }
}

TEST(ContentFraming, StreamedOctetStringsArePrimitiveOfOneChunkEach) {
  Bytes message = framed(content_of(kDerLimit + 1), Wrap::Implicit, kWhole, {});
  // SEQUENCE, OID, [0], SEQUENCE, 3, SEQUENCE, 4, [0], and the first chunk.
  EXPECT_EQ(to_hex(ByteView(message).first(32)),
            "3080"
            "06092a864886f70d010702"
            "a080"
            "3080"
            "020103"
            "3080"
            "020104"
            "a080"
            "0483010000");
}

TEST(ContentFraming, HoldsBackAtMostTheLimitAndThenOneChunk) {
  std::size_t written = 0;
  std::size_t taken = 0;
  ContentFraming framing(shape(Wrap::Implicit), [&](ByteView bytes) -> Result<void> {
    written += bytes.size();
    return {};
  });
  Bytes piece = content_of(1'000);
  for (int i = 0; i < 3'000; ++i) {
    ASSERT_TRUE(framing.write(piece));
    taken += piece.size();
    if (taken > kDerLimit) {
      ASSERT_LT(taken, written + ContentFraming::kChunk);
    }
  }
}

TEST(ContentFraming, LeavesOutContentThatIsElsewhereCMS13) {
  Bytes out;
  ContentFraming framing(shape(Wrap::Explicit), into(out));
  ASSERT_TRUE(framing.finish_without_content(element(5)));
  EXPECT_EQ(to_hex(out),
            "301a"
            "06092a864886f70d010702"
            "a00d"
            "300b"
            "020103"
            "3003020104"
            "020105");
}

TEST(ContentFraming, FailureOfTheOutputIsTheWritersFailure) {
  ContentFraming framing(shape(Wrap::Explicit),
                         [](ByteView) -> Result<void> { return failure(Rule::IoWrite); });
  ASSERT_TRUE(framing.write(content_of(10)));
  Result<void> streamed = framing.write(content_of(kDerLimit));
  ASSERT_FALSE(streamed);
  EXPECT_EQ(streamed.error().rule, Rule::IoWrite);
}

}  // namespace
}  // namespace bulla::cms

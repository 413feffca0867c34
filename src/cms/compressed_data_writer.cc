#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

#include "asn1/algorithm_identifier.h"
#include "base/check.h"
#include "base/try.h"
#include "cms/content_framing.h"
#include "cms/writer.h"

namespace bulla::cms {
namespace {

constexpr std::size_t kBufferSize = 32u << 10;

// zlib's deflate (RFC 1950).
class Deflater {
 public:
  Deflater() {
    int status = deflateInit(&stream_, Z_DEFAULT_COMPRESSION);
    if (status == Z_MEM_ERROR) throw std::bad_alloc();
    CHECK(status == Z_OK);
  }
  ~Deflater() { deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  Result<void> update(ByteView content, ContentFraming& framing) {
    while (!content.empty()) {
      // zlib counts in unsigned int.
      ByteView part = content.first(std::min(content.size(), std::size_t{1} << 30));
      TRY_VOID(run(part, Z_NO_FLUSH, framing));
      content = content.subspan(part.size());
    }
    return {};
  }

  Result<void> finish(ContentFraming& framing) { return run({}, Z_FINISH, framing); }

 private:
  // Output that does not fill the buffer is all that there was.
  Result<void> run(ByteView content, int flush, ContentFraming& framing) {
    stream_.next_in = const_cast<Bytef*>(content.data());
    stream_.avail_in = static_cast<uInt>(content.size());
    do {
      stream_.next_out = buffer_.data();
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      CHECK(deflate(&stream_, flush) != Z_STREAM_ERROR);
      TRY_VOID(framing.write(ByteView(buffer_).first(buffer_.size() - stream_.avail_out)));
    } while (stream_.avail_out == 0);
    return {};
  }

  z_stream stream_{};
  std::array<std::uint8_t, kBufferSize> buffer_{};
};

// CompressedData ::= SEQUENCE {
//     version               CMSVersion,
//     compressionAlgorithm  CompressionAlgorithmIdentifier,
//     encapContentInfo      EncapsulatedContentInfo }
//
// The parameters of id-alg-zlibCompress are absent (CMS-74).
ContentFraming::Shape compressed_data_shape() {
  asn1::AlgorithmIdentifier zlib{.algorithm = kZlibCompress, .parameters = std::nullopt};
  return {.type = kCompressedData,
          .header = asn1::encode([&](asn1::Writer& out) {
            out.integer(0);
            zlib.write(out);
          }),
          .content_header = asn1::encode([](asn1::Writer& out) { out.oid(kData); }),
          .wrap = ContentFraming::Wrap::Explicit};
}

class CompressedDataWriter final : public Writer {
 public:
  explicit CompressedDataWriter(crypto::Output output)
      : framing_(compressed_data_shape(), std::move(output)) {}

  Result<void> write(ByteView content) override { return deflater_.update(content, framing_); }

  Result<void> finish() override {
    TRY_VOID(deflater_.finish(framing_));
    return framing_.finish({});
  }

 private:
  Deflater deflater_;
  ContentFraming framing_;
};

}  // namespace

Result<std::unique_ptr<Writer>> make_compressed_data_writer(crypto::Output output) {
  return std::make_unique<CompressedDataWriter>(std::move(output));
}

}  // namespace bulla::cms

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "base/try.h"
#include "cms/decrypt.h"

namespace bulla::cms {
namespace {

// Octets that come out of one step.
constexpr std::size_t kPieceBytes = 64u << 10;

}  // namespace

struct Inflater::Inner {
  Inner() : buffer(kPieceBytes) {}
  ~Inner() { inflateEnd(&stream); }
  Inner(const Inner&) = delete;
  Inner& operator=(const Inner&) = delete;

  Result<void> step(const crypto::Output& output);

  z_stream stream{};
  Bytes buffer;
  std::size_t ratio = 0;
  std::uint64_t free_bytes = 0;
  std::uint64_t taken = 0;
  std::uint64_t given = 0;
  bool ended = false;
};

Inflater::Inflater(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Inflater::Inflater(Inflater&&) noexcept = default;
Inflater::~Inflater() = default;

Result<Inflater> Inflater::create(const Limits& limits) {
  auto inner = std::make_unique<Inner>();
  inner->ratio = std::max<std::size_t>(limits.compression_ratio, 1);
  inner->free_bytes = limits.compression_free_bytes;
  // The zlib form of RFC 1950 alone, no gzip, no raw deflate.
  if (inflateInit2(&inner->stream, MAX_WBITS) != Z_OK) return failure(Rule::Internal, 0, "zlib");
  return Inflater(std::move(inner));
}

// One call of zlib: from what is left of the input to at most one piece.
Result<void> Inflater::Inner::step(const crypto::Output& output) {
  stream.next_out = buffer.data();
  stream.avail_out = static_cast<uInt>(buffer.size());
  uInt before = stream.avail_in;
  int result = inflate(&stream, Z_NO_FLUSH);
  // Z_BUF_ERROR: no progress was possible, more input will come. A preset dictionary
  // (Z_NEED_DICT) has no place in CompressedData.
  if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
    return failure(Rule::CmsBadCompression);
  }
  ended = result == Z_STREAM_END;
  taken += before - stream.avail_in;
  std::size_t size = buffer.size() - stream.avail_out;
  given += size;
  // While it streams (CMS-75).
  if (given > free_bytes && given / ratio > taken) return failure(Rule::LimitCompression);
  return size > 0 ? output(ByteView(buffer).first(size)) : Result<void>();
}

Result<void> Inflater::update(ByteView compressed, const crypto::Output& output) {
  z_stream& stream = inner_->stream;
  while (!compressed.empty()) {
    if (inner_->ended) return failure(Rule::CmsBadCompression, 0, "data behind the end");
    auto size = std::min<std::size_t>(compressed.size(), std::numeric_limits<uInt>::max());
    stream.next_in = const_cast<Bytef*>(compressed.data());
    stream.avail_in = static_cast<uInt>(size);
    do {
      TRY_VOID(inner_->step(output));
    } while (!inner_->ended && (stream.avail_in > 0 || stream.avail_out == 0));
    compressed = compressed.subspan(size - stream.avail_in);
  }
  return {};
}

Result<void> Inflater::finish() {
  if (!inner_->ended) return failure(Rule::CmsBadCompression, 0, "cut");
  return {};
}

}  // namespace bulla::cms

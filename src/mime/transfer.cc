#include "mime/transfer.h"

#include "mime/base64.h"
#include "mime/quoted_printable.h"

namespace bulla::mime {
namespace {

class IdentityDecoder final : public TransferDecoder {
 public:
  using TransferDecoder::TransferDecoder;
  Result<void> write(ByteView bytes) override {
    return bytes.empty() ? Result<void>{} : next().write(bytes);
  }
};

std::uint64_t count_malformed(const Base64Decoder& decoder) {
  return decoder.saw().foreign + decoder.saw().after_padding;
}
std::uint64_t count_malformed(const QuotedPrintableDecoder& decoder) { return decoder.malformed(); }

template <typename Decoder>
class Decoding final : public TransferDecoder {
 public:
  explicit Decoding(Sink& next) : TransferDecoder(next), decoder_(next) {}
  Result<void> write(ByteView bytes) override { return decoder_.write(bytes); }
  Result<void> flush() override { return decoder_.flush(); }
  std::uint64_t malformed() const override { return count_malformed(decoder_); }

 private:
  Decoder decoder_;
};

}  // namespace

std::unique_ptr<TransferDecoder> make_transfer_decoder(TransferEncoding encoding, Sink& next) {
  if (encoding == TransferEncoding::Base64) return std::make_unique<Decoding<Base64Decoder>>(next);
  if (encoding == TransferEncoding::QuotedPrintable) {
    return std::make_unique<Decoding<QuotedPrintableDecoder>>(next);
  }
  return std::make_unique<IdentityDecoder>(next);
}

}  // namespace bulla::mime

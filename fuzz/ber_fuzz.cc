// The BER scanner over any octets: whole and in chunks it reports the same.
#include <algorithm>
#include <string>

#include "asn1/ber.h"
#include "base/check.h"
#include "base/try.h"

namespace bulla {
namespace {

// Writes down what it is told. Descends, streams and captures by tag.
class Recorder final : public asn1::BerHandler {
 public:
  Result<asn1::BerAction> begin(asn1::Tag tag, std::optional<std::uint64_t> length,
                                std::uint64_t offset) override {
    log += "b" + std::to_string(offset) + (length ? "d" : "i");
    if (tag == asn1::Tag::Set || tag == asn1::constructed(1)) return asn1::BerAction::Capture;
    if (tag == asn1::Tag::Sequence || tag == asn1::constructed(2)) return asn1::BerAction::Descend;
    return asn1::BerAction::Stream;
  }
  Result<void> captured(ByteView element, std::uint64_t offset) override {
    log += "c" + std::to_string(offset) + to_hex(element);
    return {};
  }
  Result<void> stream(ByteView contents) override {
    log += to_hex(contents);
    return {};
  }
  Result<void> stream_end() override {
    log += "s";
    return {};
  }
  Result<void> leave(std::uint64_t offset) override {
    log += "l" + std::to_string(offset);
    return {};
  }

  std::string log;
};

Result<void> feed(asn1::BerScanner& scanner, ByteView input, std::size_t chunk) {
  while (!input.empty()) {
    ByteView part = input.first(std::min(chunk, input.size()));
    TRY_VOID(scanner.push(part));
    input = input.subspan(part.size());
  }
  return scanner.finish();
}

std::string scan(ByteView input, std::size_t chunk) {
  Recorder recorder;
  asn1::BerScanner scanner(recorder, {}, 4'096);
  auto result = feed(scanner, input, chunk);
  if (result) return recorder.log;
  return recorder.log + " " + describe(result.error());
}

}  // namespace
}  // namespace bulla

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bulla::ByteView input(data, size);
  std::string whole = bulla::scan(input, size + 1);
  for (std::size_t chunk : {1, 2, 3, 13}) CHECK(bulla::scan(input, chunk) == whole);
  return 0;
}

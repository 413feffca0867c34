// Base64: decoding does not depend on how the input was cut; what is encoded is read back.
#include <cstdlib>
#include <string>

#include "mime/base64.h"

using namespace bulla;
using namespace bulla::mime;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

struct Outcome {
  std::string text;
  bool good = false;
  std::uint64_t odd = 0;
};

class Collect final : public Sink {
 public:
  Result<void> write(ByteView bytes) override {
    text += as_text(bytes);
    return {};
  }
  Result<void> finish() override { return {}; }
  std::string text;
};

template <typename Filter>
bool run(Filter& filter, ByteView octets, std::size_t size) {
  while (!octets.empty()) {
    ByteView chunk = octets.first(std::min(size, octets.size()));
    octets = octets.subspan(chunk.size());
    if (!filter.write(chunk)) return false;
  }
  return filter.finish().has_value();
}

Outcome decode(ByteView octets, std::size_t size) {
  Collect out;
  Base64Decoder decoder(out);
  bool good = run(decoder, octets, size);
  return {out.text, good, decoder.saw().foreign * 1000 + decoder.saw().after_padding};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView octets(data, size);
  Outcome whole = decode(octets, size + 1);
  for (std::size_t chunk : {1u, 3u, 64u}) {
    Outcome now = decode(octets, chunk);
    require(now.text == whole.text && now.good == whole.good && now.odd == whole.odd);
  }
  Collect one;
  Base64Encoder encoder(one);
  require(run(encoder, octets, size + 1));
  Collect two;
  Base64Encoder again(two, {.line_break = LineBreak::Crlf, .last_line = LastLine::Ended});
  require(run(again, octets, 5));
  require(one.text == two.text);
  Outcome back = decode(as_bytes(one.text), 11);
  require(back.good && back.odd == 0 && back.text == as_text(octets));
  return 0;
}

// Quoted-printable: results do not depend on how the input was cut; what is encoded is
// safe and read back; what is mended means the same.
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "mime/canonical.h"
#include "mime/quoted_printable.h"

using namespace bulla;
using namespace bulla::mime;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

class Collect final : public Sink {
 public:
  Result<void> write(ByteView bytes) override {
    text += as_text(bytes);
    return {};
  }
  Result<void> finish() override { return {}; }
  std::string text;
};

template <typename Filter, typename... Arguments>
std::string run(std::string_view text, std::size_t size, Arguments... arguments) {
  Collect out;
  Filter filter(out, arguments...);
  while (!text.empty()) {
    std::string_view chunk = text.substr(0, size);
    text.remove_prefix(chunk.size());
    require(filter.write(as_bytes(chunk)).has_value());
  }
  require(filter.finish().has_value());
  return out.text;
}

void check_safe(std::string_view encoded, std::size_t columns) {
  for (std::string_view line : split(encoded, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    require(line.size() <= columns);
    require(!line.starts_with("From ") && !line.starts_with('.'));
    require(line.find('\r') == line.npos && line.find('\0') == line.npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using Input = QuotedPrintableEncoder::Input;
  std::string_view text = as_text({data, size});
  std::string decoded = run<QuotedPrintableDecoder>(text, size + 1);
  require(run<QuotedPrintableDecoder>(text, 1) == decoded);
  require(run<QuotedPrintableDecoder>(text, 3) == decoded);

  std::string encoded = run<QuotedPrintableEncoder>(text, size + 1);
  require(run<QuotedPrintableEncoder>(text, 2) == encoded);
  check_safe(encoded, 76);
  std::string canonical = run<Canonicalizer>(text, 4);
  require(run<QuotedPrintableDecoder>(encoded, 9) == canonical);

  std::string mended = run<QuotedPrintableEncoder>(text, size + 1, Input::Encoded);
  require(run<QuotedPrintableEncoder>(text, 1, Input::Encoded) == mended);
  check_safe(mended, 998);
  require(run<CrlfToLf>(run<QuotedPrintableDecoder>(mended, 5), 6).size() <= size * 3 + 8);
  return 0;
}

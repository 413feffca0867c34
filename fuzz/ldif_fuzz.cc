// LDIF: whatever the input is; what is taken of it can be written and read back.
#include <cstdint>

#include "base/check.h"
#include "message/publication.h"
#include "store/ldif.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace bulla;
  ByteView input(data, size);
  (void)store::is_ldif(input);
  auto contents = store::read_ldif(input);
  if (!contents) {
    CHECK(contents.error().offset <= size);
    return 0;
  }
  for (const Error& error : contents->passed_over) CHECK(error.offset < size);
  if (contents->certificates.empty()) return 0;
  std::string text = write_ldif_change("uid=x", contents->certificates);
  CHECK(store::is_ldif(as_bytes(text)));
  auto again = store::read_ldif(as_bytes(text));
  CHECK(again && again->certificates == contents->certificates && again->passed_over.empty());
  return 0;
}

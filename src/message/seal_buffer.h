// Coalescer: joins small writes. Line filters write a line at a time; digests, ciphers
// and files cost more for each call than for each octet.
//
// Thread safety: belongs to one thread.
#pragma once

#include "mime/filter.h"

namespace bulla {

class Coalescer final : public mime::Filter {
 public:
  using Filter::Filter;

  Result<void> write(ByteView octets) override;
  Result<void> flush() override;

 private:
  Bytes held_;
};

}  // namespace bulla

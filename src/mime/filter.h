// Filter: a Sink that changes octets on their way to another Sink.
//
//   Base64Decoder decoder(next);
//   TRY_VOID(decoder.write(chunk));
//   TRY_VOID(decoder.finish());  // ends next as well
//
// Octets come in chunks of any size; what goes on does not depend on where the
// chunks were cut. flush() ends the filter's own work and leaves `next` open,
// for an owner that has more to write to it.
//
// Lifetime: `next` outlives the filter.
#pragma once

#include "bulla/stream.h"

namespace bulla::mime {

class Filter : public Sink {
 public:
  explicit Filter(Sink& next) : next_(&next) {}

  // Passes on everything that is held back. After it, write() starts anew.
  [[nodiscard]] virtual Result<void> flush() { return {}; }

  Result<void> finish() override {
    if (Result<void> flushed = flush(); !flushed) return flushed;
    return next_->finish();
  }

 protected:
  Sink& next() { return *next_; }

 private:
  Sink* next_;
};

}  // namespace bulla::mime

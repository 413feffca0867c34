// HandoverSink: a Sink in front of another one, which workers may write to.
//
//   HandoverSink output(out, options.workers);
//   … write …
//   TRY_VOID(output.finish());
//
// Thread safety: belongs to one thread. Lifetime: `next` outlives it.
#pragma once

#include <memory>

#include "bulla/stream.h"
#include "bulla/workers.h"

namespace bulla {

class HandoverSink final : public Sink {
 public:
  // Without workers, or where none can be spared, `next` is written to at once.
  HandoverSink(Sink& next, const Workers* workers)
      : next_(next), handover_(workers == nullptr ? nullptr : workers->hand_over(next)) {}

  Result<void> write(ByteView bytes) override {
    return handover_ ? handover_->write(bytes) : next_.write(bytes);
  }

  // All that was written has reached `next`, or the reason why not.
  Result<void> settle() { return handover_ ? handover_->settle() : Result<void>(); }

  Result<void> finish() override {
    if (Result<void> settled = settle(); !settled) return settled;
    return next_.finish();
  }

 private:
  Sink& next_;
  std::unique_ptr<Handover> handover_;
};

}  // namespace bulla

// Output: the Sink at the end of all stages, which workers may write to.
//
//   Output output(out, options.workers);
//   … write …
//   TRY_VOID(output.finish());
//
// Thread safety: belongs to one thread. Lifetime: `out` outlives it.
#pragma once

#include <memory>

#include "bulla/stream.h"
#include "bulla/workers.h"

namespace bulla {

class Output final : public Sink {
 public:
  Output(Sink& out, const Workers* workers)
      : out_(out), handover_(workers == nullptr ? nullptr : workers->hand_over(out)) {}

  Result<void> write(ByteView bytes) override {
    return handover_ ? handover_->write(bytes) : out_.write(bytes);
  }

  // All that was written has reached `out`, or the reason why not.
  Result<void> settle() { return handover_ ? handover_->settle() : Result<void>(); }

  Result<void> finish() override {
    if (Result<void> settled = settle(); !settled) return settled;
    return out_.finish();
  }

 private:
  Sink& out_;
  std::unique_ptr<Handover> handover_;
};

}  // namespace bulla

// Workers: the threads that a program lends to the library, which starts none itself.
//
//   bulla::ThreadPool threads(2);
//   bulla::open(in, out, {.at = now, .trust = &roots, .workers = &threads});
//
// Without workers everything runs on the caller's thread. With them open() and seal()
// give away what nothing else waits for (digests of content, what is written to the
// output) and the keys of recipients. What comes out is the same octets, verdicts and
// errors either way.
//
// Thread safety: const functions may be called from several threads.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "bulla/stream.h"

namespace bulla {

// Hands octets to a Sink that another thread writes to, in order, one call at a time.
//
// Whatever `next` refuses is told by a later call, and by all calls from then on. A
// Handover that is destroyed before settle() drops what `next` has not got yet.
// Belongs to one thread.
class Handover {
 public:
  virtual ~Handover() = default;

  // Takes a copy; waits if `next` is far behind.
  [[nodiscard]] virtual Result<void> write(ByteView bytes) = 0;

  // Waits until `next` has got everything. From then until the next write() it belongs to
  // the caller's thread.
  [[nodiscard]] virtual Result<void> settle() = 0;
};

class Workers {
 public:
  virtual ~Workers() = default;

  // Nothing if no thread can be spared: then the caller writes itself. `next` outlives the
  // Handover. REQUIRES: next.write() writes to no Handover that is made after this one.
  [[nodiscard]] virtual std::unique_ptr<Handover> hand_over(Sink& next) const = 0;

  // Calls work(0) to work(count - 1), some at the same time, and returns when all are done.
  virtual void for_each(std::size_t count, const std::function<void(std::size_t)>& work) const = 0;
};

}  // namespace bulla

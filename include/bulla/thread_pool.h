// ThreadPool: Workers over threads of this process.
//
//   ThreadPool threads(2);  // the caller's and one more
//   OpenOptions options{.at = now, .workers = &threads};
//
// Whoever waits works: a caller that has run ahead does itself what lies there, so that
// all threads are busy however unequal their shares are. Threads are started when there is
// something to do for them, which small messages never reach.
//
// Thread safety: const functions may be called from several threads. Lifetime: outlives
// its Handovers.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "bulla/workers.h"

namespace bulla {

class ThreadPool final : public Workers {
 public:
  // Octets that are handed on at once, and how many times that may wait: larger ones were
  // not faster (64 MiB on two cores).
  static constexpr std::size_t kBlock = 128u << 10;
  static constexpr std::size_t kBlocks = 4;
  // Handovers at one time; triple wrapping has three. More would only cost memory.
  static constexpr std::size_t kHandovers = 8;

  // The caller's thread is one of them. REQUIRES: neither is 0.
  explicit ThreadPool(std::size_t threads, std::size_t block = kBlock);
  ~ThreadPool() override;
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  std::unique_ptr<Handover> hand_over(Sink& next) const override;
  void for_each(std::size_t count, const std::function<void(std::size_t)>& work) const override;

 private:
  class Lane;
  class Loop;
  class Shared;

  std::unique_ptr<Shared> shared_;
};

}  // namespace bulla

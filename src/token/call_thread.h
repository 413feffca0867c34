// CallThread: calls that may never return, each with a time limit (T-129).
//
// A module of PKCS #11 talks to hardware, and none of its functions can be given up. They run on a
// thread of their own; whoever waits for it goes on when the time is over, and the thread is left
// to itself. What a call uses therefore belongs to the call: nothing of the caller's stack.
//
// Thread safety: run() may be called from several threads; the calls come one after the other.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace bulla::token {

class CallThread {
 public:
  explicit CallThread(std::chrono::milliseconds limit);
  // Ends the thread after its last call, or leaves it if that hangs.
  ~CallThread();
  CallThread(const CallThread&) = delete;
  CallThread& operator=(const CallThread&) = delete;

  // Whether a call of this process has hung. Its thread may wake up at any time, and find a module
  // whose static objects are gone: such a process must end with std::_Exit().
  static bool has_left_one();

  // What `call` returned; nothing if it did not in time, and for every call after that one. So it
  // is in a child of fork(), which has no such thread.
  template <typename T>
  std::optional<T> run(std::function<T()> call) {
    auto slot = std::make_shared<std::optional<T>>();
    bool ended = wait([slot, call = std::move(call)] { *slot = call(); });
    if (!ended) return std::nullopt;
    return std::move(*slot);
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    std::function<void()> call;  // empty: nothing to do
    bool stops = false;
    bool is_lost = false;
  };
  static void serve(const std::shared_ptr<State>& state);
  bool wait(std::function<void()> call);

  std::chrono::milliseconds limit_;
  int process_;
  std::mutex turn_;
  std::shared_ptr<State> state_;
  std::thread thread_;
};

}  // namespace bulla::token

#include "token/call_thread.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

namespace bulla::token {
namespace {

std::atomic<bool> has_left{false};

}  // namespace

bool CallThread::has_left_one() { return has_left; }

CallThread::CallThread(std::chrono::milliseconds limit)
    : limit_(limit), process_(::getpid()), state_(std::make_shared<State>()) {
  // Signals are for the program's own threads.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  try {
    thread_ = std::thread([state = state_] { serve(state); });
  } catch (const std::exception&) {
    state_->is_lost = true;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

// A thread that ends is waited for: what libraries keep for it goes with it. One that hangs is
// left behind, and so is that of another process.
CallThread::~CallThread() {
  bool ended = ::getpid() == process_ && wait({});
  if (!thread_.joinable()) return;
  if (ended) {
    thread_.join();
  } else {
    thread_.detach();
  }
}

void CallThread::serve(const std::shared_ptr<State>& state) {
  std::unique_lock lock(state->mutex);
  while (true) {
    state->changed.wait(lock, [&] { return state->call || state->stops; });
    if (state->call) {
      lock.unlock();
      try {
        state->call();
      } catch (const std::exception&) {
        // The slot stays empty.
      }
      lock.lock();
      state->call = nullptr;
    }
    if (state->stops) break;
    state->changed.notify_all();
  }
  state->stops = false;
  state->changed.notify_all();
}

// An empty call ends the thread.
bool CallThread::wait(std::function<void()> call) {
  if (::getpid() != process_) return false;
  std::lock_guard turn(turn_);
  std::unique_lock lock(state_->mutex);
  if (state_->is_lost) return false;
  state_->stops = !call;
  state_->call = std::move(call);
  state_->changed.notify_all();
  bool ended =
      state_->changed.wait_for(lock, limit_, [&] { return !state_->call && !state_->stops; });
  if (!ended) {
    state_->is_lost = true;
    state_->stops = true;
    has_left = true;
  }
  return ended;
}

}  // namespace bulla::token

#include "host/stop_signal.h"

#include <signal.h>

#include <atomic>
#include <initializer_list>

namespace bulla::host {
namespace {

std::atomic<int> caught{0};
static_assert(std::atomic<int>::is_always_lock_free);

extern "C" void note_signal(int signal_number) { caught.store(signal_number); }

}  // namespace

void catch_stop_signals() {
  for (int number : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction old {};
    ::sigaction(number, nullptr, &old);
    if (old.sa_handler != SIG_DFL) continue;
    struct sigaction action {};
    action.sa_handler = note_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
    ::sigaction(number, &action, nullptr);
  }
}

bool stop_is_requested() { return caught.load() != 0; }

void end_by_stop_signal() {
  int number = caught.load();
  if (number == 0) return;
  ::signal(number, SIG_DFL);
  ::raise(number);
}

}  // namespace bulla::host

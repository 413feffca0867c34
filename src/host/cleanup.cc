#include "host/cleanup.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>

namespace bulla::host {
namespace {

struct Slot {
  std::atomic<const char*> name{nullptr};
  std::atomic<int> folder{-1};
};

// One command has an output and a report; eight leaves room for tests in one process.
std::array<Slot, 8> slots;
static_assert(std::atomic<const char*>::is_always_lock_free);

extern "C" void remove_and_end(int signal_number) {
  for (Slot& slot : slots) {
    if (const char* name = slot.name.load()) ::unlinkat(slot.folder.load(), name, 0);
  }
  ::raise(signal_number);  // the handler is one-shot: this one ends the process
}

void install(int signal_number) {
  struct sigaction old {};
  ::sigaction(signal_number, nullptr, &old);
  if (old.sa_handler != SIG_DFL) return;  // ignored by nohup(1), or another's
  struct sigaction action {};
  action.sa_handler = remove_and_end;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  ::sigaction(signal_number, &action, nullptr);
}

}  // namespace

int remove_on_signal(int folder, const char* name) {
  for (int number : {SIGINT, SIGTERM, SIGHUP}) install(number);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (slots[i].name.load() != nullptr) continue;
    slots[i].folder.store(folder);
    slots[i].name.store(name);
    return static_cast<int>(i);
  }
  return -1;
}

void forget(int slot) {
  if (slot >= 0) slots[static_cast<std::size_t>(slot)].name.store(nullptr);
}

}  // namespace bulla::host

#include <cstdio>
#include <cstdlib>
#include <new>

#include "cli/commands.h"
#include "host/environment.h"
#include "token/call_thread.h"

namespace {

// Everything is written; what is left to do at an end is for the memory of the process alone.
int end(bulla::cli::Exit exit) {
  int code = static_cast<int>(exit);
  if (!bulla::token::CallThread::has_left_one()) return code;
  std::fflush(nullptr);
  std::_Exit(code);
}

}  // namespace

// The one place where memory that is not there is told; everything else is a Result.
int main(int argc, char** argv) {
  bulla::host::prepare_process();
  try {
    return end(bulla::cli::run({argv + 1, argv + argc}));
  } catch (const std::bad_alloc&) {
    bulla::cli::print(2, "bulla: error: out of memory [io.internal]\n");
    return end(bulla::cli::Exit::Temporary);
  }
}

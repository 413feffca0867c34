#include <new>

#include "cli/commands.h"
#include "host/environment.h"

// The one place where memory that is not there is told; everything else is a Result.
int main(int argc, char** argv) {
  bulla::host::prepare_process();
  try {
    return static_cast<int>(bulla::cli::run({argv + 1, argv + argc}));
  } catch (const std::bad_alloc&) {
    bulla::cli::print(2, "bulla: error: out of memory [io.internal]\n");
    return static_cast<int>(bulla::cli::Exit::Temporary);
  }
}

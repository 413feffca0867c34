#include "host/environment.h"

#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>

namespace bulla::host {

Time current_time() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

// An XDG path that is not absolute is ignored, as the XDG specification says.
std::string data_folder() {
  const char* data = std::getenv("XDG_DATA_HOME");
  if (data != nullptr && *data == '/') return std::string(data) + "/bulla";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::string(home) + "/.local/share/bulla";
  return {};
}

void prepare_process() {
  rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace bulla::host

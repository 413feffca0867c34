#include "host/environment.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>

namespace bulla::host {

Time current_time() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

namespace {

// An XDG path that is not absolute is ignored, as the XDG specification says.
std::string xdg_folder(const char* variable, std::string_view below_home) {
  const char* folder = std::getenv(variable);
  if (folder != nullptr && *folder == '/') return std::string(folder) + "/bulla";
  const char* home = std::getenv("HOME");
  if (home != nullptr && *home == '/') return std::string(home) + std::string(below_home);
  return {};
}

// The folder of the running program, without a slash at the end.
std::string program_folder() {
  std::array<char, 4'096> path{};
  ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
  if (size <= 0 || static_cast<std::size_t>(size) == path.size()) return {};
  std::string_view program(path.data(), static_cast<std::size_t>(size));
  return std::string(program.substr(0, program.rfind('/')));
}

}  // namespace

std::string data_folder() { return xdg_folder("XDG_DATA_HOME", "/.local/share/bulla"); }

std::string configuration_folder() { return xdg_folder("XDG_CONFIG_HOME", "/.config/bulla"); }

std::string cache_folder() { return xdg_folder("XDG_CACHE_HOME", "/.cache/bulla"); }

std::string environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : value;
}

std::vector<std::string> profile_folders() {
  std::vector<std::string> folders;
  std::string own = configuration_folder();
  if (!own.empty()) folders.push_back(own + "/profiles");
  std::string program = program_folder();
  if (!program.empty()) folders.push_back(program + "/../share/bulla/profiles");
  return folders;
}

void prepare_process() {
  rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace bulla::host

#include "token/module.h"

#include <unistd.h>

#include <map>
#include <memory>

#include "base/shared_library.h"

namespace bulla::token {
namespace {

constexpr const char* kAllModules = "libp11-kit.so.0";

std::unique_ptr<Module> load(const std::string& path) {
  SharedLibrary library(path.empty() ? kAllModules : path.c_str());
  CK_C_GetFunctionList get_list = nullptr;
  library.find("C_GetFunctionList", get_list);
  auto module = std::make_unique<Module>();
  if (!library.is_whole() || get_list(&module->functions) != CKR_OK ||
      module->functions == nullptr || module->functions->version.major < 2) {
    return nullptr;
  }
  CK_C_INITIALIZE_ARGS arguments{};
  arguments.flags = CKF_OS_LOCKING_OK;
  CK_RV code = module->functions->C_Initialize(&arguments);
  if (code != CKR_OK && code != CKR_CRYPTOKI_ALREADY_INITIALIZED) return nullptr;
  return module;
}

}  // namespace

Module* find_module(const std::string& path) {
  static std::mutex mutex;
  static auto* const modules = new std::map<std::string, std::unique_ptr<Module>>();
  static const pid_t process = ::getpid();
  // A module must be started again in a child of fork(): that is left to whoever forks.
  if (::getpid() != process) return nullptr;
  std::lock_guard lock(mutex);
  std::unique_ptr<Module>& module = (*modules)[path];
  if (!module) module = load(path);
  return module.get();
}

}  // namespace bulla::token

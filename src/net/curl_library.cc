#include "net/curl_library.h"

#include <dlfcn.h>

namespace bulla::net {
namespace {

constexpr const char* kName = "libcurl.so.4";

template <typename Function>
bool find(void* library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(::dlsym(library, name));
  return function != nullptr;
}

Result<CurlLibrary> load() {
  void* library = ::dlopen(kName, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    return failure(Rule::IoNetwork, 0, std::string(kName) + " is not installed");
  }
  CurlLibrary curl;
  bool is_whole = find(library, "curl_global_init", curl.global_init) &&
                  find(library, "curl_easy_init", curl.easy_init) &&
                  find(library, "curl_easy_setopt", curl.easy_setopt) &&
                  find(library, "curl_easy_perform", curl.easy_perform) &&
                  find(library, "curl_easy_getinfo", curl.easy_getinfo) &&
                  find(library, "curl_easy_strerror", curl.easy_strerror) &&
                  find(library, "curl_easy_cleanup", curl.easy_cleanup) &&
                  find(library, "curl_slist_append", curl.slist_append) &&
                  find(library, "curl_slist_free_all", curl.slist_free_all);
  if (!is_whole || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
    return failure(Rule::IoNetwork, 0, std::string(kName) + " does not work");
  }
  return curl;
}

}  // namespace

Result<const CurlLibrary*> curl_library() {
  static const Result<CurlLibrary> library = load();
  if (!library) return tl::unexpected<Error>(library.error());
  return &*library;
}

}  // namespace bulla::net

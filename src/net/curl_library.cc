#include "net/curl_library.h"

#include "base/shared_library.h"

namespace bulla::net {
namespace {

constexpr const char* kName = "libcurl.so.4";

Result<CurlLibrary> load() {
  SharedLibrary library(kName);
  if (!library.is_there()) {
    return failure(Rule::IoNetwork, 0, std::string(kName) + " is not installed");
  }
  CurlLibrary curl;
  library.find("curl_global_init", curl.global_init);
  library.find("curl_easy_init", curl.easy_init);
  library.find("curl_easy_setopt", curl.easy_setopt);
  library.find("curl_easy_perform", curl.easy_perform);
  library.find("curl_easy_getinfo", curl.easy_getinfo);
  library.find("curl_easy_strerror", curl.easy_strerror);
  library.find("curl_easy_cleanup", curl.easy_cleanup);
  library.find("curl_url", curl.url);
  library.find("curl_url_set", curl.url_set);
  library.find("curl_url_get", curl.url_get);
  library.find("curl_url_cleanup", curl.url_cleanup);
  library.find("curl_free", curl.free);
  library.find("curl_slist_append", curl.slist_append);
  library.find("curl_slist_free_all", curl.slist_free_all);
  if (!library.is_whole() || curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
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

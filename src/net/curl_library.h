// libcurl, loaded when it is first needed: it brings some thirty libraries along, and most runs
// need no network.
#pragma once

// The checks of types are macros around functions, and here the functions are pointers.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include "bulla/result.h"

namespace bulla::net {

struct CurlLibrary {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_perform) easy_perform = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_strerror) easy_strerror = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_url) url = nullptr;
  decltype(&::curl_url_set) url_set = nullptr;
  decltype(&::curl_url_get) url_get = nullptr;
  decltype(&::curl_url_cleanup) url_cleanup = nullptr;
  decltype(&::curl_free) free = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;
};

// The same for the life of the program. Errors: io.network if it is not there.
Result<const CurlLibrary*> curl_library();

}  // namespace bulla::net

// One HTTP request and its answer, within bounds of time and size.
#pragma once

#include <string>

#include "bulla/net.h"

namespace bulla::net {

struct HttpRequest {
  std::string url;
  std::string content_type;  // of the body
  std::string accept;        // the Content-Type that the answer must have
};

bool is_http_url(std::string_view url);

// The body of an answer with status 200. No redirection is followed, and no other scheme than http
// and https. Errors: io.network; what it says holds no password of the URL.
Result<Bytes> post(const HttpRequest& request, ByteView body, const HttpOptions& options);

}  // namespace bulla::net

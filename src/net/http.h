// One HTTP request and its answer, within bounds of time and size.
#pragma once

#include <chrono>
#include <string>

#include "bulla/net.h"

namespace bulla::net {

struct HttpRequest {
  std::string url;
  std::string content_type;  // of the body; empty: there is none, and the URL is got
  std::string accept;        // the Content-Type that the answer must have; empty: any
  // Public: no connection to an address that is not a public host's, whatever a name server says,
  // and none through a proxy, which would look the name up itself (T-74).
  enum class Reach { Any, Public } reach = Reach::Any;
  // What status 404 is: an error, or an answer without octets.
  enum class Absent { Fail, Empty } absent = Absent::Fail;
};

// What an exchange took, whatever came of it.
struct HttpCost {
  std::size_t bytes = 0;
  std::chrono::milliseconds time{0};
};

// A URL as libcurl reads it.
struct HttpUrl {
  std::string scheme;  // in lower case
  std::string host;    // without brackets
  std::string port;
  bool has_credentials = false;
};
// Errors: io.network where libcurl is not there, io.usage for what is no URL.
Result<HttpUrl> parse_url(const std::string& url);

bool is_http_url(std::string_view url);

// The body of an answer with status 200. No redirection is followed, and no other scheme than http
// and https. Errors: io.network, fetch.refused where only public hosts are asked; what they say
// holds no password of the URL. `cost` may be null.
Result<Bytes> exchange(const HttpRequest& request, ByteView body, const HttpOptions& options,
                       HttpCost* cost = nullptr);

}  // namespace bulla::net

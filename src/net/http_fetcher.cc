#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "bulla/net.h"
#include "net/http.h"

namespace bulla {
namespace {

bool has_usual_port(const net::HttpUrl& url) {
  return url.port == (url.scheme == "https" ? "443" : "80");
}

// [::1]:8080 and ::1 name the same host.
std::string without_brackets(std::string text) {
  std::erase_if(text, [](char c) { return c == '[' || c == ']'; });
  return text;
}

class HttpFetcher final : public Fetcher {
 public:
  explicit HttpFetcher(HttpFetcherOptions options) : options_(std::move(options)) {}

  Result<Bytes> fetch(const FetchRequest& request, FetchBudget& budget) const override {
    bool is_spent = budget.fetches == 0 || budget.bytes == 0 || budget.time.count() <= 0;
    if (is_spent) return refuse(request, "enough was fetched for one message");
    net::HttpRequest http = TRY(admit(request));
    --budget.fetches;
    net::HttpCost cost;
    auto answer = net::exchange(http, request.body,
                                {.time = budget.time, .answer_bytes = budget.bytes}, &cost);
    budget.bytes -= std::min(cost.bytes, budget.bytes);
    budget.time -= std::min(cost.time, budget.time);
    return answer;
  }

 private:
  static tl::unexpected<Error> refuse(const FetchRequest& request, const std::string& why) {
    return failure(Rule::FetchRefused, 0, printable(request.url) + ": " + why);
  }

  bool is_own(const net::HttpUrl& url) const {
    return std::any_of(options_.own_hosts.begin(), options_.own_hosts.end(),
                       [&](const std::string& own) {
                         std::string bare = without_brackets(own);
                         return equal_ignoring_case(bare, url.host) ||
                                equal_ignoring_case(bare, url.host + ':' + url.port);
                       });
  }

  // Responders answer to this type (RFC 6960 A.1). That of the answer says nothing (T-75).
  Result<net::HttpRequest> admit(const FetchRequest& request) const {
    auto url = net::parse_url(request.url);
    if (!url) {
      if (url.error().rule == Rule::IoNetwork) return tl::unexpected(url.error());
      return refuse(request, "only http and https are asked");
    }
    if (url->has_credentials) return refuse(request, "no user names and passwords are sent");
    bool is_own_host = is_own(*url);
    if (!is_own_host && !has_usual_port(*url)) {
      return refuse(request, "only the ports 80 and 443 are asked");
    }
    using Reach = net::HttpRequest::Reach;
    return net::HttpRequest{.url = request.url,
                            .content_type = request.body.empty() ? "" : "application/ocsp-request",
                            .accept = "",
                            .reach = is_own_host ? Reach::Any : Reach::Public};
  }

  HttpFetcherOptions options_;
};

}  // namespace

std::shared_ptr<const Fetcher> make_http_fetcher(HttpFetcherOptions options) {
  return std::make_shared<const HttpFetcher>(std::move(options));
}

}  // namespace bulla

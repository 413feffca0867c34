#include "bulla/net.h"
#include "net/http.h"

namespace bulla {
namespace {

class HttpTimestamps final : public TimestampSource {
 public:
  HttpTimestamps(net::HttpRequest request, HttpOptions options)
      : request_(std::move(request)), options_(options) {}

  Result<Bytes> stamp(ByteView request) const override {
    return net::exchange(request_, request, options_);
  }

 private:
  net::HttpRequest request_;
  HttpOptions options_;
};

}  // namespace

Result<std::shared_ptr<const TimestampSource>> make_http_timestamp_source(std::string url,
                                                                          HttpOptions options) {
  if (!net::is_http_url(url)) {
    return failure(Rule::IoUsage, 0, "a timestamping authority has an http: or https: URL");
  }
  if (options.time <= std::chrono::milliseconds::zero()) {
    return failure(Rule::IoUsage, 0, "a request needs time");
  }
  // RFC 3161 3.4
  net::HttpRequest request{.url = std::move(url),
                           .content_type = "application/timestamp-query",
                           .accept = "application/timestamp-reply"};
  return std::make_shared<const HttpTimestamps>(std::move(request), options);
}

}  // namespace bulla

#include "net/http.h"

#include <sys/socket.h>

#include <algorithm>
#include <memory>
#include <new>
#include <optional>

#include "base/text.h"
#include "base/try.h"
#include "net/address_filter.h"
#include "net/curl_library.h"

namespace bulla::net {
namespace {

// What comes, as far as it may be that long.
struct Answer {
  Bytes body;
  std::size_t room;
  std::size_t taken = 0;  // octets, also after the body was handed on
  bool is_too_long = false;
  bool out_of_memory = false;
};

extern "C" std::size_t take_answer(char* octets, std::size_t, std::size_t count, void* where) {
  auto& answer = *static_cast<Answer*>(where);
  answer.is_too_long = count > answer.room - answer.body.size();
  if (answer.is_too_long) return 0;
  try {
    append(answer.body, as_bytes(std::string_view(octets, count)));
    answer.taken += count;
  } catch (const std::bad_alloc&) {  // not through libcurl
    answer.out_of_memory = true;
    return 0;
  }
  return count;
}

// Called with the address that a connection is about to be made to.
extern "C" curl_socket_t open_public_socket(void* was_refused, curlsocktype,
                                            curl_sockaddr* address) {
  if (!is_public(address->addr)) {
    *static_cast<bool*>(was_refused) = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// Whom an error is about: the host alone. User names, passwords and queries are nobody's business.
std::string shown(std::string_view url) {
  std::size_t scheme = url.find("://");
  std::string_view rest = url.substr(scheme + 3);
  rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
  rest.remove_prefix(rest.rfind('@') + 1);  // 0 where there is none
  rest = rest.substr(0, rest.find_first_of("/?#"));
  return printable(std::string(url.substr(0, scheme)) + "://" + std::string(rest));
}

Error error_about(const HttpRequest& request, Rule rule, const std::string& what) {
  return {rule, 0, shown(request.url) + ": " + what};
}

// "text/html; charset=utf-8" is of the type text/html.
bool is_of_type(const char* content_type, std::string_view wanted) {
  if (content_type == nullptr) return false;
  std::string_view type(content_type);
  return equal_ignoring_case(trim(type.substr(0, type.find(';'))), wanted);
}

class Exchange {
 public:
  Exchange(const CurlLibrary& curl, const HttpRequest& request, const HttpOptions& options)
      : curl_(curl),
        request_(request),
        handle_(curl.easy_init(), curl.easy_cleanup),
        headers_(nullptr, curl.slist_free_all),
        answer_{.body = {}, .room = options.answer_bytes} {
    if (!request.content_type.empty()) add_header("Content-Type: " + request.content_type);
    if (!request.accept.empty()) add_header("Accept: " + request.accept);
    add_header("Expect:");  // no round trip to ask whether the body may come
    set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.time.count()));
    if (request.reach == HttpRequest::Reach::Public) stay_in_public();
  }

  Result<Bytes> run(ByteView body) {
    set(CURLOPT_URL, request_.url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_NOSIGNAL, 1L);    // other threads go on
    set(CURLOPT_QUICK_EXIT, 1L);  // a name server that does not answer is not waited for
    set(CURLOPT_USERAGENT, "bulla");
    set(CURLOPT_HTTPHEADER, headers_.get());
    if (!request_.content_type.empty()) {
      set(CURLOPT_POSTFIELDS, reinterpret_cast<const char*>(body.data()));
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    }
    set(CURLOPT_WRITEFUNCTION, &take_answer);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&answer_));
    if (handle_ == nullptr || !all_set_) return fail("libcurl does not work");
    CURLcode code = curl_.easy_perform(handle_.get());
    if (answer_.out_of_memory) throw std::bad_alloc();
    if (was_refused_) return fail("its address is not a public one", Rule::FetchRefused);
    if (answer_.is_too_long) return fail("the answer is too long");
    if (code != CURLE_OK) return fail(curl_.easy_strerror(code));
    return judge();
  }

  HttpCost cost() const {
    curl_off_t microseconds = 0;
    if (handle_ != nullptr) {
      curl_.easy_getinfo(handle_.get(), CURLINFO_TOTAL_TIME_T, &microseconds);
    }
    return {.bytes = answer_.taken, .time = std::chrono::milliseconds(microseconds / 1'000 + 1)};
  }

 private:
  void stay_in_public() {
    set(CURLOPT_OPENSOCKETFUNCTION, &open_public_socket);
    set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&was_refused_));
    set(CURLOPT_PROXY, "");
  }

  template <typename Value>
  void set(CURLoption option, Value value) {
    if (handle_ == nullptr) return;
    all_set_ = curl_.easy_setopt(handle_.get(), option, value) == CURLE_OK && all_set_;
  }

  void add_header(const std::string& line) {
    curl_slist* longer = curl_.slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    (void)headers_.release();
    headers_.reset(longer);
  }

  Result<Bytes> judge() {
    long status = 0;
    char* content_type = nullptr;
    curl_.easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    curl_.easy_getinfo(handle_.get(), CURLINFO_CONTENT_TYPE, &content_type);
    if (status == 404 && request_.absent == HttpRequest::Absent::Empty) return Bytes();
    if (status != 200) return fail("it answers with HTTP status " + std::to_string(status));
    if (!request_.accept.empty() && !is_of_type(content_type, request_.accept)) {
      std::string type = content_type == nullptr ? "no content type" : printable(content_type);
      return fail("it answers with " + type + " in place of " + request_.accept);
    }
    return std::move(answer_.body);
  }

  tl::unexpected<Error> fail(const std::string& what, Rule rule = Rule::IoNetwork) const {
    return tl::unexpected<Error>(error_about(request_, rule, what));
  }

  const CurlLibrary& curl_;
  const HttpRequest& request_;
  std::unique_ptr<CURL, decltype(CurlLibrary::easy_cleanup)> handle_;
  std::unique_ptr<curl_slist, decltype(CurlLibrary::slist_free_all)> headers_;
  Answer answer_;
  bool all_set_ = true;
  bool was_refused_ = false;
};

}  // namespace

bool is_http_url(std::string_view url) {
  std::string_view scheme = url.substr(0, url.find("://"));
  bool is_http = equal_ignoring_case(scheme, "http") || equal_ignoring_case(scheme, "https");
  if (!is_http || url.size() < scheme.size() + 4) return false;
  bool has_host = std::string_view("/?#").find(url[scheme.size() + 3]) == std::string_view::npos;
  return has_host && std::none_of(url.begin(), url.end(), [](char c) {
           return static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
         });
}

Result<HttpUrl> parse_url(const std::string& url) {
  const CurlLibrary* curl = TRY(curl_library());
  std::unique_ptr<CURLU, decltype(CurlLibrary::url_cleanup)> parsed(curl->url(), curl->url_cleanup);
  bool is_url = parsed != nullptr && is_http_url(url) &&
                curl->url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
  auto part = [&](CURLUPart what) {
    char* text = nullptr;
    bool is_there = curl->url_get(parsed.get(), what, &text, CURLU_DEFAULT_PORT) == CURLUE_OK;
    std::optional<std::string> result;
    if (is_there && text != nullptr) result = text;
    curl->free(text);
    return result;
  };
  if (!is_url || !part(CURLUPART_HOST)) return failure(Rule::IoUsage, 0, "not a URL of HTTP");
  HttpUrl result;
  result.scheme = part(CURLUPART_SCHEME).value_or("");
  result.host = *part(CURLUPART_HOST);
  result.port = part(CURLUPART_PORT).value_or("");
  result.has_credentials = part(CURLUPART_USER) || part(CURLUPART_PASSWORD);
  bool is_bracketed = !result.host.empty() && result.host.front() == '[';
  if (is_bracketed) result.host = result.host.substr(1, result.host.size() - 2);
  return result;
}

Result<Bytes> exchange(const HttpRequest& request, ByteView body, const HttpOptions& options,
                       HttpCost* cost) {
  const CurlLibrary* curl = TRY(curl_library());
  Exchange exchange(*curl, request, options);
  auto answer = exchange.run(body);
  if (cost != nullptr) *cost = exchange.cost();
  return answer;
}

}  // namespace bulla::net

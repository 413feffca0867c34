#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "net/directories.h"
#include "net/http.h"
#include "x509/address_match.h"

namespace bulla::net {
namespace {

using store::DirectoryAnswer;

constexpr std::string_view kHole = "{address}";
constexpr std::size_t kMaxAnswer = 1u << 20;  // a hundred certificates and more

// RFC 3986 2.1: all but the unreserved characters.
std::string percent_encode(std::string_view text) {
  std::string encoded;
  for (char c : text) {
    bool is_plain = (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
                    std::string_view("-._~").find(c) != std::string_view::npos;
    if (is_plain) {
      encoded += c;
    } else {
      auto octet = static_cast<std::uint8_t>(c);
      encoded += "%" + to_hex(ByteView(&octet, 1));
    }
  }
  return encoded;
}

std::string fill(std::string text, const std::string& address) {
  std::string encoded = percent_encode(address);
  for (std::size_t at = text.find(kHole); at != text.npos; at = text.find(kHole, at)) {
    text.replace(at, kHole.size(), encoded);
    at += encoded.size();
  }
  return text;
}

class HttpDirectory final : public store::Directory {
 public:
  explicit HttpDirectory(std::string url_template) : template_(std::move(url_template)) {}

  store::Origin origin() const override { return store::Origin::Http; }
  std::string place() const override { return printable(template_); }

  Result<DirectoryAnswer> look_up(const std::string& address,
                                  std::chrono::milliseconds time) const override {
    if (!x509::filing_name(address)) return failure(Rule::IoUsage, 0, address + " is no address");
    HttpRequest request{.url = fill(template_, address),
                        .content_type = {},
                        .accept = {},
                        .absent = HttpRequest::Absent::Empty};
    HttpOptions options{.time = time, .answer_bytes = kMaxAnswer};
    Bytes body = TRY(exchange(request, {}, options));
    DirectoryAnswer answer;
    if (body.empty()) return answer;
    auto certificates = load_certificates(body);
    if (!certificates) return fail("its answer is no certificate");
    if (certificates->size() > store::kMaxFound) return fail("too many certificates");
    answer.certificates = std::move(*certificates);
    return answer;
  }

 private:
  tl::unexpected<Error> fail(const std::string& what) const {
    return failure(Rule::IoNetwork, 0, place() + ": " + what);
  }

  std::string template_;
};

}  // namespace

Result<DirectoryPtr> make_http_directory(const std::string& url_template) {
  std::size_t start = std::min(url_template.find("://"), url_template.size());
  std::size_t end = url_template.find_first_of("/?#", start + 3);
  std::string host = url_template.substr(0, end);
  bool is_template = is_http_url(fill(url_template, "a@b")) && end != url_template.npos &&
                     url_template.find(kHole, end) != url_template.npos &&
                     printable(url_template) == url_template;
  if (!is_template || host.find('{') != host.npos) {
    return failure(Rule::IoUsage, 0,
                   "a web server is named with the place of the address behind its name, such as "
                   "https://keys.example.com/{address}.p7c");
  }
  if (host.find('@') != host.npos) {
    return failure(Rule::IoUsage, 0, "the URL of a web server has no user and no password");
  }
  return std::make_shared<const HttpDirectory>(url_template);
}

}  // namespace bulla::net

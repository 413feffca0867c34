#include "net/dns_query.h"

#include <arpa/inet.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/text.h"
#include "base/try.h"

namespace bulla::net {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kInternet = 1;    // class IN
constexpr int kNoSuchName = 3;  // RCODE
constexpr int kNoError = 0;     // RCODE
// An answer has at most 65,535 octets, and a person a few certificates.
constexpr std::size_t kMaxRecords = 50;

bool is_address(int family, const std::string& text) {
  std::array<unsigned char, 16> octets{};
  return ::inet_pton(family, text.c_str(), octets.data()) == 1;
}

class Question {
 public:
  Question(const UnboundLibrary& unbound, const DnsServer& server, const DnsQuestion& question)
      : unbound_(unbound),
        server_(server),
        question_(question),
        context_(unbound.create(), unbound.destroy),
        result_(nullptr, unbound.free_result) {}

  Result<DnsAnswer> ask(milliseconds time) {
    if (!prepare()) return fail("libunbound does not work");
    if (!server_.address.empty()) {
      if (unbound_.set_server(context_.get(), server_.address.c_str()) != UB_NOERROR) {
        return fail("libunbound does not take the server");
      }
    } else if (unbound_.read_resolv_conf(context_.get(), nullptr) != UB_NOERROR) {
      return fail("/etc/resolv.conf cannot be read");
    }
    if (unbound_.add_anchors(context_.get(), server_.trust_anchor.c_str()) != UB_NOERROR) {
      return fail("the trust anchor cannot be read");
    }
    int number = 0;
    int code = unbound_.resolve(context_.get(), question_.name.c_str(), question_.type, kInternet,
                                this, &Question::take, &number);
    if (code != UB_NOERROR) return fail(unbound_.error_text(code));
    TRY_VOID(wait(time));
    return judge();
  }

 private:
  // Answers come from localhost too: there many systems have their resolver.
  bool prepare() {
    if (context_ == nullptr) return false;
    unbound_.set_log(context_.get(), nullptr);
    return unbound_.set_threads(context_.get(), 1) == UB_NOERROR &&
           unbound_.set_option(context_.get(), "do-not-query-localhost:", "no") == UB_NOERROR;
  }

  static void take(void* self, int code, ub_result* result) {
    auto* question = static_cast<Question*>(self);
    question->is_done_ = true;
    question->code_ = code;
    question->result_.reset(result);
  }

  Result<void> wait(milliseconds time) {
    auto end = Clock::now() + time;
    while (!is_done_) {
      auto left = std::chrono::duration_cast<milliseconds>(end - Clock::now());
      if (left <= milliseconds::zero()) return fail("no answer in time");
      pollfd socket{.fd = unbound_.descriptor(context_.get()), .events = POLLIN, .revents = 0};
      int ready = ::poll(&socket, 1, static_cast<int>(left.count()));
      if (ready < 0 && errno != EINTR) return fail("libunbound does not work");
      if (ready <= 0) continue;
      int code = unbound_.process(context_.get());
      if (code != UB_NOERROR) return fail(unbound_.error_text(code));
    }
    return {};
  }

  Result<DnsAnswer> judge() const {
    if (code_ != UB_NOERROR || result_ == nullptr) return fail(unbound_.error_text(code_));
    const ub_result& result = *result_;
    if (result.bogus != 0) {
      std::string why = result.why_bogus == nullptr ? question_.name : result.why_bogus;
      return failure(Rule::AddressDnsBogus, 0, printable(why));
    }
    if (result.rcode != kNoError && result.rcode != kNoSuchName) {
      return fail("the server answers with code " + std::to_string(result.rcode));
    }
    DnsAnswer answer{.records = {},
                     .is_secure = result.secure != 0,
                     .lifetime = std::chrono::seconds(std::max(result.ttl, 0))};
    for (std::size_t i = 0; result.havedata != 0 && result.data[i] != nullptr; ++i) {
      if (i == kMaxRecords) return fail("too many records");
      const auto* octets = reinterpret_cast<const std::uint8_t*>(result.data[i]);
      answer.records.emplace_back(octets, octets + result.len[i]);
    }
    return answer;
  }

  tl::unexpected<Error> fail(const std::string& what) const {
    return failure(Rule::IoNetwork, 0, printable(question_.name) + ": " + what);
  }

  const UnboundLibrary& unbound_;
  const DnsServer& server_;
  const DnsQuestion& question_;
  std::unique_ptr<ub_ctx, decltype(UnboundLibrary::destroy)> context_;
  std::unique_ptr<ub_result, decltype(UnboundLibrary::free_result)> result_;
  bool is_done_ = false;
  int code_ = UB_NOERROR;
};

}  // namespace

Result<std::string> parse_dns_server(const std::string& text) {
  std::string host = text;
  std::string port;
  std::size_t colon = text.rfind(':');
  bool is_bracketed = text.starts_with('[');
  if (is_bracketed) {
    std::size_t end = text.find(']');
    host = text.substr(1, end == text.npos ? text.npos : end - 1);
    std::string rest = end == text.npos ? "?" : text.substr(end + 1);
    port = rest.empty() ? "53" : rest.starts_with(':') ? rest.substr(1) : "";
  } else if (colon != text.npos && text.find(':') == colon) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  } else {
    port = "53";
  }
  auto number = parse_decimal(port);
  bool is_host = is_address(AF_INET6, host) || (!is_bracketed && is_address(AF_INET, host));
  if (!is_host || !number || *number == 0 || *number > 65'535) {
    return failure(Rule::IoUsage, 0,
                   text +
                       ": a name server is an IP address, such as 192.0.2.53 or "
                       "[2001:db8::53]:5353");
  }
  return host + "@" + std::to_string(*number);
}

Result<DnsAnswer> ask_dns(const UnboundLibrary& unbound, const DnsServer& server,
                          const DnsQuestion& question, milliseconds time) {
  return Question(unbound, server, question).ask(time);
}

}  // namespace bulla::net

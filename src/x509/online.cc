#include "x509/online.h"

#include <algorithm>

#include "base/text.h"
#include "x509/access_points.h"
#include "x509/name.h"
#include "x509/ocsp.h"

namespace bulla::x509 {
namespace {

// URLs of one certificate for the same thing: CAs name one or two, 10,000 are an attack (T-75).
constexpr std::size_t kMaxUrls = 4;
constexpr std::size_t kMaxUrlBytes = 2'048;
// Certificates from one URL: that of the issuer, before and after it was renewed.
constexpr std::size_t kMaxIssuers = 10;

bool is_http(const std::string& url) {
  std::size_t end = url.find("://");
  if (end == std::string::npos) return false;
  std::string_view scheme = std::string_view(url).substr(0, end);
  return equal_ignoring_case(scheme, "http") || equal_ignoring_case(scheme, "https");
}

std::string key_of(const std::string& url, ByteView about) {
  return url + '\0' + std::string(as_text(about));
}

}  // namespace

Online::Online(const Fetcher& fetcher, const Limits& limits)
    : fetcher_(fetcher),
      limits_(limits),
      budget_{.fetches = limits.fetches,
              .bytes = limits.fetch_bytes,
              .time = std::chrono::milliseconds(limits.fetch_milliseconds)} {}

void Online::say(Rule rule, std::string detail) {
  bool is_said = std::any_of(findings_.begin(), findings_.end(), [&](const Finding& finding) {
    return finding.rule == rule && finding.detail == detail;
  });
  if (!is_said) findings_.push_back(Finding::of(rule, {}, std::move(detail)));
}

std::optional<Online::Item> Online::fetch_first(const std::vector<std::string>& urls,
                                                const Bytes& body, ByteView about) {
  std::size_t tried = 0;
  for (const std::string& url : urls) {
    if (tried++ == kMaxUrls) break;
    used_ = true;
    if (!is_http(url) || url.size() > kMaxUrlBytes) {
      say(Rule::FetchRefused, printable(url.substr(0, 100)) + ": only http and https are asked");
      continue;
    }
    auto known = asked_.find(key_of(url, about));
    if (known == asked_.end()) {
      if (budget_.fetches == 0) {
        say(Rule::FetchRefused, printable(url) + ": enough was fetched for one message");
        return std::nullopt;
      }
      auto octets = fetcher_.fetch({.url = url, .body = body}, budget_);
      known = asked_.emplace(key_of(url, about), std::move(octets)).first;
    }
    const Result<Bytes>& octets = known->second;
    if (octets) {
      say(Rule::FetchDone, printable(url));
      return Item{url, *octets};
    }
    bool is_refused = octets.error().rule == Rule::FetchRefused;
    say(is_refused ? Rule::FetchRefused : Rule::FetchFailed, octets.error().detail);
  }
  return std::nullopt;
}

std::vector<Certificate> Online::fetch_issuers(const Certificate& certificate) {
  auto item = fetch_first(issuer_urls(certificate), {}, {});
  if (!item) return {};
  auto read = load_certificates(item->octets, limits_);
  if (!read) {
    say(Rule::FetchFailed, printable(item->url) + ": " + describe(read.error()));
    return {};
  }
  std::erase_if(*read, [&](const Certificate& one) {
    return !equal_names(one.subject_der(), certificate.issuer_der()) || one == certificate;
  });
  if (read->empty()) {
    say(Rule::FetchFailed, printable(item->url) + ": the certificate there is not the issuer's");
  }
  if (read->size() > kMaxIssuers) read->erase(read->begin() + kMaxIssuers, read->end());
  for (const Certificate& one : *read) origins_.push_back({one, item->url});
  return std::move(*read);
}

std::vector<Online::Item> Online::fetch_lists(const Certificate& certificate) {
  std::vector<Item> items;
  auto list = fetch_first(list_urls(certificate), {}, {});
  if (!list) return items;
  items.push_back(std::move(*list));
  if (auto delta = fetch_first(delta_urls(certificate), {}, {})) items.push_back(std::move(*delta));
  return items;
}

std::optional<Online::Answer> Online::fetch_answer(const Certificate& certificate,
                                                   const Certificate& issuer) {
  auto urls = responder_urls(certificate);
  if (urls.empty()) return std::nullopt;
  Bytes& nonce = nonces_[std::string(as_text(certificate.sha256()))];
  if (nonce.empty()) {
    auto made = make_ocsp_nonce();
    if (!made) return std::nullopt;
    nonce = std::move(*made);
  }
  auto request = write_ocsp_request(certificate, issuer, nonce);
  if (!request) return std::nullopt;
  auto item = fetch_first(urls, *request, certificate.sha256());
  if (!item) return std::nullopt;
  return Answer{std::move(*item), nonce};
}

std::string Online::origin(const Certificate& certificate) const {
  auto known = std::find_if(origins_.begin(), origins_.end(), [&](const Origin& origin) {
    return origin.certificate == certificate;
  });
  return known == origins_.end() ? std::string() : known->url;
}

}  // namespace bulla::x509

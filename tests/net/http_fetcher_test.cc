// What certificates refer to, over HTTP: which hosts are asked (T-74), and how much (T-75).
#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <thread>

#include "bulla/net.h"
#include "bulla/rule.h"
#include "net/address_filter.h"
#include "net/http_server.h"

namespace bulla::testing {
namespace {

constexpr FetchBudget kPlenty{.fetches = 3, .bytes = 1u << 20, .time = std::chrono::seconds(10)};

std::string answer(const std::string& body, const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

// The octets, or the error in one line.
std::string fetch(const Fetcher& fetcher, const FetchRequest& request, FetchBudget& budget) {
  auto octets = fetcher.fetch(request, budget);
  return octets ? std::string(as_text(*octets)) : describe(octets.error());
}

std::string fetch(const FetchRequest& request, std::vector<std::string> own_hosts = {}) {
  FetchBudget budget = kPlenty;
  return fetch(*make_http_fetcher({.own_hosts = std::move(own_hosts)}), request, budget);
}

void expect(const std::string& result, const std::string& slug, const std::string& why) {
  EXPECT_NE(result.find(slug), std::string::npos) << result;
  EXPECT_NE(result.find(why), std::string::npos) << result;
}

bool is_public(const std::string& text) {
  sockaddr_in ipv4{};
  sockaddr_in6 ipv6{};
  ipv4.sin_family = AF_INET;
  ipv6.sin6_family = AF_INET6;
  if (::inet_pton(AF_INET, text.c_str(), &ipv4.sin_addr) == 1) {
    return net::is_public(reinterpret_cast<sockaddr&>(ipv4));
  }
  EXPECT_EQ(::inet_pton(AF_INET6, text.c_str(), &ipv6.sin6_addr), 1) << text;
  return net::is_public(reinterpret_cast<sockaddr&>(ipv6));
}

TEST(HttpFetcher, T74_addresses_of_public_hosts) {
  for (const char* address :
       {"1.1.1.1",           "9.255.255.255",   "11.0.0.0",         "100.63.255.255",
        "100.128.0.0",       "126.255.255.255", "128.0.0.0",        "169.253.255.255",
        "172.15.255.255",    "172.32.0.0",      "192.167.255.255",  "192.169.0.0",
        "198.17.255.255",    "198.20.0.0",      "223.255.255.255",  "2600::1",
        "2a00:1450:4001::1", "::ffff:8.8.8.8",  "64:ff9b::808:808", "2002:808:808::1"}) {
    EXPECT_TRUE(is_public(address)) << address;
  }
}

TEST(HttpFetcher, T74_addresses_that_are_not_those_of_public_hosts) {
  for (const char* address : {"0.0.0.0",
                              "0.1.2.3",
                              "10.0.0.1",
                              "10.255.255.255",
                              "100.64.0.1",
                              "100.127.255.255",
                              "127.0.0.1",
                              "127.1.2.3",
                              "169.254.169.254",
                              "172.16.0.1",
                              "172.31.255.255",
                              "192.0.0.1",
                              "192.0.2.1",
                              "192.168.1.1",
                              "198.18.0.1",
                              "198.19.255.255",
                              "198.51.100.1",
                              "203.0.113.1",
                              "224.0.0.1",
                              "239.1.1.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fc00::1",
                              "fd12::1",
                              "fec0::1",
                              "ff02::1",
                              "::ffff:10.0.0.1",
                              "::ffff:127.0.0.1",
                              "::127.0.0.1",
                              "64:ff9b::a00:1",
                              "64:ff9b:1::1",
                              "2002:a00:1::1",
                              "2002:7f00:1::1",
                              "2001::1",
                              "2001:10::1",
                              "2001:db8::1",
                              "100::1",
                              "4000::1"}) {
    EXPECT_FALSE(is_public(address)) << address;
  }
  sockaddr local{};
  local.sa_family = AF_UNIX;
  EXPECT_FALSE(net::is_public(local));
}

TEST(HttpFetcher, a_url_is_got_and_a_request_posted) {
  std::string request;
  HttpServer server([&](const std::string& got) {
    request = got;
    return answer(std::string("re\0ply", 6));
  });
  std::string host = server.url("").substr(7);
  EXPECT_EQ(fetch({.url = server.url("/a.crl"), .body = {}}, {host}), std::string("re\0ply", 6));
  EXPECT_EQ(request.substr(0, 16), "GET /a.crl HTTP/");
  EXPECT_EQ(request.find("Accept-Encoding"), std::string::npos);  // nothing is decompressed
  EXPECT_EQ(fetch({.url = server.url(), .body = Bytes{'q', '?'}}, {"127.0.0.1"}).size(), 6u);
  EXPECT_EQ(request.substr(0, 12), "POST / HTTP/");
  EXPECT_NE(request.find("\r\nContent-Type: application/ocsp-request\r\n"), std::string::npos);
  EXPECT_EQ(request.substr(request.size() - 6), "\r\n\r\nq?");
}

TEST(HttpFetcher, T74_hosts_without_a_public_address_are_not_asked) {
  HttpServer server([](const std::string&) { return answer("taken"); });
  // Port and address are looked at apart.
  expect(fetch({.url = server.url(), .body = {}}), "fetch.refused", "ports 80 and 443");
  for (const char* url :
       {"http://127.0.0.1/", "http://127.1/", "http://0x7f.1/", "http://2130706433/",
        "http://localhost/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://0/",
        "http://10.0.0.1/", "https://192.168.0.1/", "http://169.254.169.254/latest/meta-data/"}) {
    std::string result = fetch({.url = url, .body = {}});
    expect(result, "fetch.refused", "its address is not a public one");
  }
  EXPECT_EQ(server.requests(), 0);
}

TEST(HttpFetcher, T74_other_schemes_user_names_and_ports_are_refused) {
  for (const char* url : {"file:///etc/passwd", "ldap://127.0.0.1/", "gopher://127.0.0.1/",
                          "ftp://ca.example/", "", "http", "http://", "http://a b/", "http:///x"}) {
    expect(fetch({.url = url, .body = {}}), "fetch.refused", "only http and https");
  }
  expect(fetch({.url = "http://a:b@ca.example/", .body = {}}), "fetch.refused", "user names");
  expect(fetch({.url = "http://a@ca.example/", .body = {}}), "fetch.refused", "user names");
  for (const char* url : {"http://ca.example:22/", "http://ca.example:443/",
                          "https://ca.example:80/", "http://ca.example:8080/"}) {
    expect(fetch({.url = url, .body = {}}), "fetch.refused", "ports");
  }
}

TEST(HttpFetcher, T74_a_redirection_is_no_answer) {
  HttpServer target([](const std::string&) { return answer("taken"); });
  HttpServer server([&](const std::string&) {
    return "HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n";
  });
  expect(fetch({.url = server.url(), .body = {}}, {"127.0.0.1"}), "io.network", "status 302");
  EXPECT_EQ(target.requests(), 0);
}

TEST(HttpFetcher, T74_no_proxy_of_the_environment_is_used_for_other_hosts) {
  HttpServer proxy([](const std::string&) { return answer("by the proxy"); });
  ::setenv("http_proxy", proxy.url().c_str(), 1);
  std::string result = fetch({.url = "http://10.0.0.1/", .body = {}});
  ::unsetenv("http_proxy");
  expect(result, "fetch.refused", "its address");
  EXPECT_EQ(proxy.requests(), 0);
}

TEST(HttpFetcher, T75_an_endless_answer_is_cut_off_and_counts) {
  HttpServer server(
      [](const std::string&) { return "HTTP/1.1 200 OK\r\n\r\n" + std::string(300'000, 'x'); });
  auto fetcher = make_http_fetcher({.own_hosts = {"127.0.0.1"}});
  FetchBudget budget = kPlenty;
  budget.bytes = 500'000;
  EXPECT_EQ(fetch(*fetcher, {.url = server.url(), .body = {}}, budget).size(), 300'000u);
  EXPECT_EQ(budget.bytes, 200'000u);
  EXPECT_EQ(budget.fetches, 2u);
  expect(fetch(*fetcher, {.url = server.url(), .body = {}}, budget), "io.network", "too long");
}

TEST(HttpFetcher, T75_a_slow_answer_takes_no_more_than_the_time_of_a_message) {
  std::atomic<bool> goes_on{true};
  HttpServer server([&](const std::string&) {
    while (goes_on) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return answer("late");
  });
  auto fetcher = make_http_fetcher({.own_hosts = {"127.0.0.1"}});
  FetchBudget budget = kPlenty;
  budget.time = std::chrono::milliseconds(100);
  expect(fetch(*fetcher, {.url = server.url(), .body = {}}, budget), "io.network", "imeout");
  goes_on = false;
  EXPECT_EQ(budget.time.count(), 0);
  expect(fetch(*fetcher, {.url = server.url(), .body = {}}, budget), "fetch.refused", "enough");
  EXPECT_EQ(server.requests(), 1);
}

}  // namespace
}  // namespace bulla::testing

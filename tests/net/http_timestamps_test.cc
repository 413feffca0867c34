// Timestamps over HTTP (RFC 3161 3.4): what is asked, and what is taken for an answer.
#include <gtest/gtest.h>

#include "bulla/net.h"
#include "bulla/rule.h"
#include "net/http_server.h"

namespace bulla::testing {
namespace {

std::string answer(const std::string& body, const std::string& status = "200 OK",
                   const std::string& type = "application/timestamp-reply") {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The answer's body, or the error in one line.
std::string fetch(const std::string& url, HttpOptions options = {}) {
  auto source = make_http_timestamp_source(url, options);
  if (!source) return describe(source.error());
  auto reply = (*source)->stamp(as_bytes(std::string_view("question")));
  return reply ? std::string(as_text(*reply)) : describe(reply.error());
}

void expect_refused(const std::string& result, const std::string& why) {
  EXPECT_NE(result.find("io.network"), std::string::npos) << result;
  EXPECT_NE(result.find(why), std::string::npos) << result;
}

TEST(HttpTimestamps, TSP06_a_query_is_posted_and_its_reply_returned) {
  std::string request;
  HttpServer server([&](const std::string& got) {
    request = got;
    return answer(std::string("re\0ply", 6));
  });
  EXPECT_EQ(fetch(server.url("/stamp")), std::string("re\0ply", 6));
  EXPECT_EQ(request.substr(0, 17), "POST /stamp HTTP/");
  EXPECT_NE(request.find("\r\nContent-Type: application/timestamp-query\r\n"), std::string::npos);
  EXPECT_EQ(request.substr(request.size() - 12), "\r\n\r\nquestion");
  EXPECT_EQ(request.find("Expect:"), std::string::npos);
}

TEST(HttpTimestamps, a_type_with_parameters_and_other_case_is_the_same) {
  HttpServer server([](const std::string&) {
    return answer("x", "200 OK", "Application/Timestamp-Reply; charset=binary");
  });
  EXPECT_EQ(fetch(server.url()), "x");
}

TEST(HttpTimestamps, another_status_or_type_is_no_reply) {
  HttpServer missing([](const std::string&) { return answer("x", "404 Not Found"); });
  expect_refused(fetch(missing.url()), "HTTP status 404");
  HttpServer page([](const std::string&) { return answer("<p>", "200 OK", "text/html"); });
  expect_refused(fetch(page.url()), "text/html");
  HttpServer silent([](const std::string&) { return std::string("HTTP/1.1 200 OK\r\n\r\nx"); });
  expect_refused(fetch(silent.url()), "no content type");
}

TEST(HttpTimestamps, T74_no_redirection_is_followed) {
  HttpServer target([](const std::string&) { return answer("taken"); });
  HttpServer server([&](const std::string&) {
    return "HTTP/1.1 302 Found\r\nLocation: " + target.url() + "\r\nContent-Length: 0\r\n\r\n";
  });
  expect_refused(fetch(server.url()), "HTTP status 302");
  EXPECT_EQ(target.requests(), 0);
}

TEST(HttpTimestamps, T74_no_other_scheme_is_taken) {
  for (const char* url :
       {"file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "127.0.0.1", "http",
        "https:", "ldap://127.0.0.1/", "", "http://", "https:///x", "http://?x", "http://a b/"}) {
    EXPECT_NE(fetch(url).find("io.usage"), std::string::npos) << url;
  }
}

TEST(HttpTimestamps, a_long_answer_is_cut_off) {
  HttpServer server([](const std::string&) { return answer(std::string(200'000, 'x')); });
  HttpOptions options;
  options.answer_bytes = 200'000;
  EXPECT_EQ(fetch(server.url(), options).size(), 200'000u);
  options.answer_bytes = 199'999;
  expect_refused(fetch(server.url(), options), "too long");
  // Its length may be a lie, or missing.
  HttpServer endless([](const std::string&) {
    return "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n\r\n" +
           std::string(300'000, 'x');
  });
  expect_refused(fetch(endless.url(), options), "too long");
}

TEST(HttpTimestamps, a_reply_that_ends_early_is_none) {
  HttpServer server([](const std::string&) {
    return std::string(
        "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\n"
        "Content-Length: 100\r\n\r\nhalf");
  });
  expect_refused(fetch(server.url()), "127.0.0.1");
}

TEST(HttpTimestamps, who_does_not_answer_in_time_is_not_waited_for) {
  std::atomic<bool> goes_on{true};
  HttpServer server([&](const std::string&) {
    while (goes_on) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return answer("late");
  });
  HttpOptions options;
  options.time = std::chrono::milliseconds(0);  // to libcurl that would be no limit
  EXPECT_NE(fetch(server.url(), options).find("io.usage"), std::string::npos);
  options.time = std::chrono::milliseconds(100);
  expect_refused(fetch(server.url(), options), "imeout");
  goes_on = false;
}

TEST(HttpTimestamps, nobody_there_is_told_without_the_password) {
  std::string url;
  {
    HttpServer gone([](const std::string&) { return std::string(); });
    url = gone.url("/path");
  }
  for (const char* user : {"user:secret@", "secret@", "user:sec/secret@", "user:secret@@"}) {
    std::string with_user = url + "?key=secret";
    with_user.insert(url.find("//") + 2, user);
    std::string error = fetch(with_user);
    expect_refused(error, "http://");
    EXPECT_EQ(error.find("secret"), std::string::npos) << error;
  }
  expect_refused(fetch(url), "http://127.0.0.1");
}

}  // namespace
}  // namespace bulla::testing

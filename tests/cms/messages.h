// What the tests of the CMS readers share: the messages of tests/data/cms, and a
// handler that keeps what the parser says.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <random>
#include <string>

#include "base/try.h"
#include "bulla/trust.h"
#include "cms/parser.h"
#include "x509/pem.h"

namespace bulla::cms::messages {

inline Bytes file(const std::string& name) {
  std::ifstream in(std::string(BULLA_TEST_DATA) + "/cms/" + name, std::ios::binary);
  EXPECT_TRUE(in.good()) << name;
  return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

inline Certificate certificate(const std::string& name) {
  return load_certificates(file(name + ".pem")).value().front();
}

inline PrivateKeyPtr private_key(const std::string& name) {
  auto blocks = x509::read_pem(file(name + ".key.pem")).value();
  return load_private_key(blocks.front().contents.view()).value();
}

inline Identity identity(const std::string& name) {
  return {.key = private_key(name), .certificate = certificate(name), .chain = {}};
}

inline const std::string kHello = "Content-Type: text/plain\r\n\r\nHello, bulla.\r\n";

// Everything that one message gave, and the order of it.
struct Message final : EventHandler {
  std::string log;
  SignedHeader signed_header;
  SignedTail tail;
  EnvelopedHeader enveloped;
  EnvelopedTail enveloped_end;
  Bytes octets;
  Presence presence = Presence::Absent;

  Result<void> content_info(const Oid& type) override {
    log += "info:" + std::string(name(content_type(type)));
    return {};
  }
  Result<void> signed_data(const SignedHeader& header) override {
    log += " signed:" + std::string(name(content_type(header.content_type)));
    signed_header = header;
    return {};
  }
  Result<void> enveloped_data(EnvelopedHeader header) override {
    log += " enveloped";
    enveloped = std::move(header);
    return {};
  }
  Result<void> compressed_data(const Oid&) override {
    log += " compressed";
    return {};
  }
  Result<void> content(ByteView chunk) override {
    append(octets, chunk);
    return {};
  }
  Result<void> content_end(Presence now) override {
    presence = now;
    log += now == Presence::Present ? " content" : " no-content";
    return {};
  }
  Result<void> signed_tail(SignedTail now) override {
    log += " tail";
    tail = std::move(now);
    return {};
  }
  Result<void> enveloped_tail(EnvelopedTail now) override {
    log += " tail";
    enveloped_end = std::move(now);
    return {};
  }

  Result<void> digested_data(const DigestedHeader& header) override {
    log += " digested:" + std::string(name(content_type(header.content_type)));
    return {};
  }
  Result<void> digest(ByteView) override {
    log += " digest";
    return {};
  }

  std::string text() const { return std::string(as_text(octets)); }
};

// Feeds the input in chunks of the size; of random sizes for 0.
inline Result<void> feed(Parser& parser, ByteView input, std::size_t chunk) {
  std::mt19937 random(11);
  while (!input.empty()) {
    std::size_t size = chunk != 0 ? chunk : 1 + random() % 300;
    ByteView part = input.first(std::min(size, input.size()));
    TRY_VOID(parser.push(part));
    input = input.subspan(part.size());
  }
  return parser.finish();
}

inline Result<void> parse(ByteView input, Message& message, const Limits& limits = {},
                          std::size_t chunk = SIZE_MAX) {
  Parser parser(message, limits);
  return feed(parser, input, chunk);
}

inline Message parsed(ByteView input, const Limits& limits = {}) {
  Message message;
  auto result = parse(input, message, limits);
  EXPECT_TRUE(result) << describe(result.error());
  return message;
}

// The slug of the first error, or "ok"; the same for every chunking.
inline std::string outcome(ByteView input, const Limits& limits = {}) {
  std::string first;
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{0}}) {
    Message message;
    auto result = parse(input, message, limits, chunk);
    std::string now = result ? "ok" : std::string(info(result.error().rule).slug);
    if (chunk == SIZE_MAX) first = now;
    EXPECT_EQ(now, first) << "chunks of " << chunk;
  }
  return first;
}

inline std::string slugs(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += (text.empty() ? "" : " ") + std::string(info(finding.rule).slug);
  }
  return text;
}

}  // namespace bulla::cms::messages

// Reads what a writer made, through the parser.
#pragma once

#include "cms/parser.h"
#include "cms/writer_support.h"

namespace bulla::cms::testing {

class ReadBack final : public EventHandler {
 public:
  explicit ReadBack(ByteView message, std::size_t chunk = kWhole) {
    Parser parser(*this, Limits{});
    feed(message, chunk, [&](ByteView piece) {
      Result<void> pushed = parser.push(piece);
      EXPECT_TRUE(pushed) << describe(pushed.error());
    });
    Result<void> finished = parser.finish();
    EXPECT_TRUE(finished) << describe(finished.error());
  }

  Oid type;
  SignedHeader signed_header;
  EnvelopedHeader enveloped_header;
  Bytes octets;
  Presence presence = Presence::Absent;
  SignedTail signed_part;
  EnvelopedTail enveloped_part;

 private:
  Result<void> content_info(const Oid& content_type) override {
    type = content_type;
    return {};
  }
  Result<void> signed_data(const SignedHeader& header) override {
    signed_header = header;
    return {};
  }
  Result<void> enveloped_data(EnvelopedHeader header) override {
    enveloped_header = std::move(header);
    return {};
  }
  Result<void> compressed_data(const Oid&) override { return {}; }
  Result<void> content(ByteView chunk) override {
    append(octets, chunk);
    return {};
  }
  Result<void> content_end(Presence where) override {
    presence = where;
    return {};
  }
  Result<void> signed_tail(SignedTail tail) override {
    signed_part = std::move(tail);
    return {};
  }
  Result<void> enveloped_tail(EnvelopedTail tail) override {
    enveloped_part = std::move(tail);
    return {};
  }
};

}  // namespace bulla::cms::testing

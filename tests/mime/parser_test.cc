#include "mime/parser.h"

#include <gtest/gtest.h>

#include "mime/collect.h"

namespace bulla::mime {
namespace {

// Writes events down: H(header) B(body) P(preamble) [part] D(delimiter) C(close) E(epilogue).
class Log : public EntityHandler {
 public:
  Result<BodyPlan> on_header(const Header& header) override {
    raw += header.raw();
    run('H', as_bytes(header.raw()));
    return plan_body(header);
  }
  Result<void> on_body(ByteView octets) override { return add('B', octets); }
  Result<void> on_preamble(ByteView octets) override { return add('P', octets); }
  Result<void> on_part_begin(std::uint64_t offset) override {
    EXPECT_EQ(offset, base + raw.size());
    log += '[';
    kind = '[';
    return {};
  }
  Result<void> on_part(ByteView octets) override {
    raw += as_text(octets);
    log += as_text(octets);
    return {};
  }
  Result<void> on_part_end() override {
    log += ']';
    kind = ']';
    return {};
  }
  Result<void> on_delimiter(ByteView octets, Delimiter delimiter) override {
    raw += as_text(octets);
    run(delimiter == Delimiter::Open ? 'D' : 'C', octets);
    kind = 0;
    return {};
  }
  Result<void> on_epilogue(ByteView octets) override { return add('E', octets); }

  Result<void> add(char event, ByteView octets) {
    raw += as_text(octets);
    run(event, octets);
    return {};
  }
  void run(char event, ByteView octets) {
    if (kind == event)
      log.pop_back();
    else
      log += std::string(1, event) + "(";
    log += as_text(octets);
    log += ')';
    kind = event;
  }

  std::string log;
  std::string raw;
  std::uint64_t base = 1000;
  char kind = 0;
};

struct Outcome {
  std::string log;
  bool unclosed = false;
};

// Parses in all chunkings, and checks that the events make up the input.
Outcome parse(std::string_view text) {
  Outcome first;
  bool have = false;
  for (const auto& chunks : chunkings(text)) {
    Log log;
    EntityParser parser(log, {}, log.base);
    for (auto chunk : chunks) EXPECT_TRUE(parser.push(as_bytes(chunk)));
    EXPECT_TRUE(parser.finish());
    EXPECT_EQ(log.raw, text);
    EXPECT_EQ(parser.offset(), log.base + text.size());
    if (have) {
      EXPECT_EQ(log.log, first.log);
    }
    first = {log.log, parser.unclosed()};
    have = true;
  }
  return first;
}

// The same below a header with boundary b.
std::string multipart(std::string_view body, std::string_view boundary = "b") {
  std::string header = "Content-Type: multipart/mixed; boundary=\"" + std::string(boundary) + "\"";
  header += "\r\n\r\n";
  std::string log = parse(header + std::string(body)).log;
  return log.substr(header.size() + 3);
}

TEST(EntityParser, tells_header_and_body_apart) {
  EXPECT_EQ(parse("A: b\r\n\r\nbody").log, "H(A: b\r\n\r\n)B(body)");
  EXPECT_EQ(parse("A: b\n\nbody\n").log, "H(A: b\n\n)B(body\n)");
  EXPECT_EQ(parse("\r\nbody").log, "H(\r\n)B(body)");
  EXPECT_EQ(parse("\nbody").log, "H(\n)B(body)");
  EXPECT_EQ(parse("A: b\r\n").log, "H(A: b\r\n)");
  EXPECT_EQ(parse("A: b").log, "H(A: b)");
  EXPECT_EQ(parse("").log, "H()");
  EXPECT_EQ(parse("A: b\r\n\r\r\n\r\n.").log, "H(A: b\r\n\r\r\n\r\n)B(.)");
}

TEST(EntityParser, a_part_ends_before_the_line_end_of_the_delimiter_MIME_12) {
  EXPECT_EQ(multipart("pre\r\n--b\r\nX: y\r\n\r\none\r\n\r\n--b\r\n\r\ntwo\r\n--b--\r\nepi\r\n"),
            "P(pre)D(\r\n--b\r\n)[X: y\r\n\r\none\r\n]D(\r\n--b\r\n)[\r\ntwo]C(\r\n--b--\r\n)"
            "E(epi\r\n)");
  EXPECT_EQ(multipart("--b\n\none\n--b--\n"), "D(--b\n)[\none]C(\n--b--\n)");
  EXPECT_EQ(multipart("--b\r\n\r\none\r\r\n--b--"), "D(--b\r\n)[\r\none\r]C(\r\n--b--)");
  EXPECT_EQ(multipart("--b\r\none\n\r\n--b--"), "D(--b\r\n)[one\n]C(\r\n--b--)");
}

TEST(EntityParser, an_empty_part_and_none_at_all) {
  EXPECT_EQ(multipart("--b\r\n--b\r\n\r\n--b--"), "D(--b\r\n)[]D(--b\r\n)[]C(\r\n--b--)");
  EXPECT_EQ(multipart("--b--\r\n"), "C(--b--\r\n)");
  EXPECT_EQ(multipart(""), "");
  EXPECT_EQ(multipart("no delimiter"), "P(no delimiter)");
}

TEST(EntityParser, what_only_looks_like_a_delimiter_is_content) {
  EXPECT_EQ(multipart("--b\r\n --b\r\nx--b\r\n--bb\r\n--c\r\n--\r\n-b\r\n--b-\r\n--b-x\r\n--b--"),
            "D(--b\r\n)[ --b\r\nx--b\r\n--bb\r\n--c\r\n--\r\n-b\r\n--b-\r\n--b-x]C(\r\n--b--)");
  EXPECT_EQ(multipart("--b\r\n\r--b\r\n--b\rx\r\n--b--x\r\n--b \r \n--b--"),
            "D(--b\r\n)[\r--b\r\n--b\rx\r\n--b--x\r\n--b \r ]C(\n--b--)");
  EXPECT_EQ(multipart("--b\r\n\n\n-\n--\n--\n\n--b--"), "D(--b\r\n)[\n\n-\n--\n--\n]C(\n--b--)");
}

TEST(EntityParser, blanks_after_the_boundary_are_padding_up_to_a_limit) {
  EXPECT_EQ(multipart("--b \t\r\nx\r\n--b-- \n"), "D(--b \t\r\n)[x]C(\r\n--b-- \n)");
  std::string most(kMaxPadding, ' ');
  EXPECT_EQ(multipart("--b" + most + "\nx"), "D(--b" + most + "\n)[x]");
  EXPECT_EQ(multipart("--b" + most + " \nx"), "P(--b" + most + " \nx)");
}

TEST(EntityParser, one_boundary_may_begin_with_another_T_97) {
  EXPECT_EQ(multipart("--ab\r\nx\r\n--abc\r\n--ab\r\n--ab--", "ab"),
            "D(--ab\r\n)[x\r\n--abc]D(\r\n--ab\r\n)[]C(--ab--)");
  EXPECT_EQ(multipart("--a\r\n--a--\r\n--a----\r\n", "a--"),
            "P(--a)D(\r\n--a--\r\n)[]C(--a----\r\n)");
}

TEST(EntityParser, boundaries_of_any_length) {
  for (std::size_t size : {1u, 2u, 70u, 71u, 1000u}) {
    std::string b(size, '-');
    std::string body = "--" + b + "\r\nx\r\n--" + b + "--\r\n";
    EXPECT_EQ(multipart(body, b), "D(--" + b + "\r\n)[x]C(\r\n--" + b + "--\r\n)") << size;
  }
}

TEST(EntityParser, a_delimiter_may_end_with_the_input) {
  EXPECT_EQ(multipart("--b\r\nx\r\n--b--"), "D(--b\r\n)[x]C(\r\n--b--)");
  EXPECT_EQ(multipart("--b\r\nx\r\n--b"), "D(--b\r\n)[x]D(\r\n--b)[]");
  EXPECT_EQ(multipart("--b\r\nx\r\n--b-- \r"), "D(--b\r\n)[x]C(\r\n--b-- \r)");
  EXPECT_EQ(multipart("--b\r\nx\r\n--b-"), "D(--b\r\n)[x\r\n--b-]");
}

TEST(EntityParser, tells_that_the_last_delimiter_is_missing) {
  std::string header = "Content-Type: multipart/mixed; boundary=b\n\n";
  EXPECT_TRUE(parse(header + "--b\nx\n").unclosed);
  EXPECT_TRUE(parse(header + "text").unclosed);
  EXPECT_FALSE(parse(header + "--b\nx\n--b--").unclosed);
  EXPECT_FALSE(parse("A: b\n\nx").unclosed);
}

TEST(EntityParser, delimiters_in_the_epilogue_mean_nothing) {
  EXPECT_EQ(multipart("--b--\n--b\nx\n--b--\n"), "C(--b--\n)E(--b\nx\n--b--\n)");
}

TEST(EntityParser, takes_nul_and_octets_past_ascii) {
  std::string body("--b\n\0\xff\n\x80--b\n--b--", 17);
  EXPECT_EQ(multipart(body), "D(--b\n)[" + body.substr(4, 7) + "]C(" + body.substr(11) + ")");
}

TEST(EntityParser, a_transfer_encoded_multipart_is_a_leaf_T_100) {
  EXPECT_EQ(parse("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
                  "--b\n")
                .log.back(),
            ')');
  ContentType type = ContentType::parse("multipart/mixed; boundary=b");
  EXPECT_EQ(plan_body(type, TransferEncoding::Base64).kind, BodyPlan::Kind::Leaf);
  EXPECT_EQ(plan_body(type, TransferEncoding::Unknown).kind, BodyPlan::Kind::Leaf);
  EXPECT_EQ(plan_body(type, TransferEncoding::EightBit).kind, BodyPlan::Kind::Multipart);
}

TEST(EntityParser, a_boundary_that_is_ambiguous_is_none_T_106) {
  EXPECT_EQ(usable_boundary(ContentType::parse("multipart/mixed; boundary=a; boundary=b")), "");
  EXPECT_EQ(usable_boundary(ContentType::parse("multipart/mixed; boundary=a; boundary*=b")), "");
  EXPECT_EQ(usable_boundary(ContentType::parse("multipart/mixed; boundary=\"a\x01\"")), "");
  EXPECT_EQ(usable_boundary(ContentType::parse("multipart/mixed; boundary=\"a b  \"")), "a b");
  EXPECT_EQ(usable_boundary(ContentType::parse("multipart/mixed; boundary*0=a; boundary*1=b")),
            "ab");
}

TEST(EntityParser, a_million_lines_that_look_like_delimiters_T_97) {
  std::string text = "Content-Type: multipart/mixed; boundary=boundary\n\n--boundary\n";
  std::size_t header = text.size();
  for (int i = 0; i < 1'000'000; ++i) text += i % 2 ? "--boundar\n" : "--boundary-x\n";
  struct Count : EntityHandler {
    Result<BodyPlan> on_header(const Header& h) override { return plan_body(h); }
    Result<void> on_part(ByteView octets) override {
      octets_seen += octets.size();
      return {};
    }
    std::size_t octets_seen = 0;
  } count;
  EntityParser parser(count);
  ASSERT_TRUE(parser.push(as_bytes(text)));
  ASSERT_TRUE(parser.finish());
  EXPECT_EQ(count.octets_seen, text.size() - header);
}

TEST(EntityParser, limits_header_and_parts_T_99) {
  Log log;
  EntityParser parser(log, {.header_bytes = 10});
  Result<void> pushed = parser.push(as_bytes("Subject: long\n\n"));
  ASSERT_FALSE(pushed);
  EXPECT_EQ(pushed.error().rule, Rule::LimitHeader);

  Log many;
  EntityParser parts(many, {.mime_parts = 2}, many.base);
  pushed = parts.push(as_bytes("Content-Type: multipart/mixed; boundary=b\n\n--b\n--b\n--b\n"));
  ASSERT_FALSE(pushed);
  EXPECT_EQ(pushed.error().rule, Rule::LimitMimeParts);
}

// The inner levels are the owner's business: a part pushed into another parser.
TEST(EntityParser, levels_compose) {
  class Outer : public Log {
   public:
    Result<void> on_part(ByteView octets) override { return inner_parser.push(octets); }
    Result<void> on_part_end() override { return inner_parser.finish(); }
    Result<void> on_part_begin(std::uint64_t) override { return {}; }
    Log inner;
    EntityParser inner_parser{inner};
  };
  std::string inner = "Content-Type: multipart/mixed; boundary=bb\r\n\r\n--bb\r\nx\r\n--bb--\r\n";
  std::string text =
      "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n" + inner + "\r\n--b--";
  Outer outer;
  outer.inner.base = 0;  // inner_parser counts from 0
  EntityParser parser(outer);
  ASSERT_TRUE(parser.push(as_bytes(text)));
  ASSERT_TRUE(parser.finish());
  EXPECT_EQ(outer.inner.raw, inner);
}

}  // namespace
}  // namespace bulla::mime

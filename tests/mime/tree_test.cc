#include "mime/tree.h"

#include <gtest/gtest.h>

#include "mime/collect.h"

namespace bulla::mime {
namespace {

// "path type header-body-end" a line.
std::string show(const Tree& tree) {
  std::string result;
  for (const Entity& entity : tree.entities) {
    result += entity.path + " " + entity.type.name() + " " + std::to_string(entity.header_offset) +
              "-" + std::to_string(entity.body_offset) + "-" + std::to_string(entity.end);
    if (entity.unclosed) result += " unclosed";
    if (entity.encoded_multipart) result += " encoded";
    if (entity.no_boundary) result += " no-boundary";
    result += "\n";
  }
  return result;
}

Result<Tree> build(std::string_view text, const Limits& limits = {}) {
  Result<Tree> first = Tree{};
  bool have = false;
  for (const auto& chunks : chunkings(text)) {
    TreeBuilder builder(limits);
    Result<void> done;
    for (auto chunk : chunks) {
      if (done) done = builder.push(as_bytes(chunk));
    }
    Result<Tree> tree = done ? builder.finish() : tl::unexpected(done.error());
    if (have && tree && first) {
      EXPECT_EQ(show(*tree), show(*first));
    }
    if (have) {
      EXPECT_EQ(tree.has_value(), first.has_value());
    }
    first = std::move(tree);
    have = true;
  }
  return first;
}

TEST(Tree, a_leaf_is_one_entity) {
  EXPECT_EQ(show(build("A: b\n\nbody\n").value()), "1 text/plain 0-6-11\n");
  EXPECT_EQ(show(build("").value()), "1 text/plain 0-0-0\n");
}

TEST(Tree, parts_and_messages_are_numbered_and_placed) {
  std::string text =
      "Content-Type: multipart/mixed; boundary=a\n\n"   // 0-43
      "--a\n"                                           // 43
      "Content-Type: multipart/signed; boundary=b\n\n"  // 47-91
      "--b\n\nx\n--b--\n"                               // part at 95
      "--a\n"
      "Content-Type: message/rfc822\n\n"
      "Subject: x\n\nbody\n"
      "--a--\n";
  Tree tree = build(text).value();
  EXPECT_EQ(show(tree),
            "1 multipart/mixed 0-43-161\n"
            "1.1 multipart/signed 47-91-103\n"
            "1.1.1 text/plain 95-96-97\n"
            "1.2 message/rfc822 108-138-154\n"
            "1.2.1 text/plain 138-150-154\n");
  for (const Entity& entity : tree.entities) {
    EXPECT_LE(entity.body_offset, entity.end);
  }
  EXPECT_EQ(text.substr(tree.find("1.1.1")->body_offset, 1), "x");
  EXPECT_EQ(tree.find("1.3"), nullptr);
  EXPECT_EQ(tree.entities[4].parent, 3u);
  EXPECT_EQ(tree.entities[4].depth, 2u);
}

TEST(Tree, tells_what_cannot_be_taken_apart) {
  EXPECT_EQ(show(build("Content-Type: multipart/mixed\n\nx").value()),
            "1 multipart/mixed 0-31-32 no-boundary\n");
  EXPECT_EQ(show(build("Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: "
                       "base64\n\n--b\n")
                     .value()),
            "1 multipart/mixed 0-77-81 encoded\n");
  EXPECT_EQ(show(build("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx").value()),
            "1 multipart/mixed 0-43-49 unclosed\n1.1 text/plain 47-48-49\n");
}

TEST(Tree, parts_of_a_digest_are_messages) {
  Tree tree =
      build("Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\nbody\n--b--")
          .value();
  ASSERT_EQ(tree.entities.size(), 3u);
  EXPECT_EQ(tree.entities[1].type.name(), "message/rfc822");
  EXPECT_EQ(tree.entities[2].path, "1.1.1");
}

TEST(Tree, an_outer_delimiter_ends_all_levels_inside_T_97) {
  Tree tree =
      build(
          "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: multipart/mixed; "
          "boundary=ab\n\n--ab\n\nx\n--a\n\ny\n--a--\n")
          .value();
  ASSERT_EQ(tree.entities.size(), 4u);
  EXPECT_TRUE(tree.entities[1].unclosed);
  EXPECT_EQ(tree.entities[2].path, "1.1.1");
  EXPECT_EQ(tree.entities[3].path, "1.2");
  EXPECT_FALSE(tree.entities[0].unclosed);
}

TEST(Tree, depth_parts_and_headers_are_limited_T_98_T_99) {
  std::string deep;
  for (int i = 0; i < 20; ++i) deep += "Content-Type: message/rfc822\n\n";
  EXPECT_EQ(build(deep).error().rule, Rule::LimitMimeDepth);
  EXPECT_EQ(build(deep, {.mime_depth = 21}).value().entities.size(), 21u);
  std::string wide = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 20; ++i) wide += "--b\n\nx\n";
  EXPECT_EQ(build(wide, {.mime_parts = 20}).error().rule, Rule::LimitMimeParts);
  EXPECT_EQ(build(wide, {.mime_parts = 21}).value().entities.size(), 21u);
  std::string fat = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 40; ++i) fat += "--b\nX: " + std::string(90, 'x') + "\n\n";
  EXPECT_EQ(build(fat, {.header_bytes = 100}).error().rule, Rule::LimitHeader);
}

}  // namespace
}  // namespace bulla::mime

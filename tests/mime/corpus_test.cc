// Mail that others collected, if the folder of corpora is there.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>

#include "base/text.h"
#include "mime/address.h"
#include "mime/canonical.h"
#include "mime/collect.h"
#include "mime/parser.h"
#include "mime/prepare.h"
#include "mime/smime_type.h"
#include "mime/transfer.h"
#include "mime/tree.h"
#include "mime/words.h"

namespace bulla::mime {
namespace {

namespace fs = std::filesystem;

const fs::path kCorpus = fs::path(BULLA_SHARED) / "corpus";
const Limits kLimits{.mime_depth = 64, .mime_parts = 10'000};

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::vector<fs::path> mails() {
  std::vector<fs::path> result;
  for (auto source : {"mime4j-testmsgs", "mimekit", "wildduck", "rspamd-messages",
                      "thunderbird-comm-central", "rfc9216-rfc9788"}) {
    if (!fs::exists(kCorpus / source)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(kCorpus / source)) {
      std::string extension = entry.path().extension().string();
      bool mail = extension == ".msg" || extension == ".eml" || extension == ".txt";
      if (entry.is_regular_file() && mail && entry.file_size() < 300'000)
        result.push_back(entry.path());
    }
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::string show(const Tree& tree) {
  std::string result;
  for (const Entity& entity : tree.entities) {
    result += entity.path + " " + entity.type.name() + " " + std::to_string(entity.header_offset) +
              "-" + std::to_string(entity.body_offset) + "-" + std::to_string(entity.end) + "\n";
  }
  return result;
}

Result<Tree> build(const std::vector<std::string_view>& chunks) {
  TreeBuilder builder(kLimits);
  for (auto chunk : chunks) {
    if (Result<void> done = builder.push(as_bytes(chunk)); !done)
      return tl::unexpected(done.error());
  }
  return builder.finish();
}

// Keeps the events of one level, put together again.
class Rebuild final : public EntityHandler {
 public:
  Result<BodyPlan> on_header(const Header& header) override {
    text += header.raw();
    return plan_body(header);
  }
  Result<void> on_body(ByteView octets) override { return add(octets); }
  Result<void> on_preamble(ByteView octets) override { return add(octets); }
  Result<void> on_part(ByteView octets) override { return add(octets); }
  Result<void> on_delimiter(ByteView octets, Delimiter) override { return add(octets); }
  Result<void> on_epilogue(ByteView octets) override { return add(octets); }
  Result<void> add(ByteView octets) {
    text += as_text(octets);
    return {};
  }
  std::string text;
};

TEST(MimeCorpus, events_are_the_octets_and_do_not_depend_on_chunks) {
  std::vector<fs::path> files = mails();
  if (files.empty()) GTEST_SKIP() << "no corpus";
  for (const fs::path& file : files) {
    std::string text = read(file);
    std::string first;
    for (const auto& chunks : chunkings(text)) {
      Rebuild rebuild;
      EntityParser parser(rebuild, kLimits);
      Result<void> done;
      for (auto chunk : chunks) {
        if (done) done = parser.push(as_bytes(chunk));
      }
      if (done) done = parser.finish();
      if (!done) continue;  // a header over the limit: not a mail
      EXPECT_TRUE(rebuild.text == text) << file;
      Result<Tree> tree = build(chunks);
      std::string now = tree ? show(*tree) : "error";
      EXPECT_TRUE(first.empty() || now == first) << file << "\n" << now << "\n" << first;
      first = now;
    }
  }
}

bool is_leaf(const Tree& tree, std::size_t index) {
  return std::none_of(tree.entities.begin(), tree.entities.end(),
                      [&](const Entity& entity) { return entity.parent == index; });
}

// The bodies of the leaves, decoded, with CR LF.
std::vector<std::string> leaves(std::string_view text) {
  std::vector<std::string> result;
  Result<Tree> tree = build({text});
  if (!tree) return result;
  for (std::size_t i = 0; i < tree->entities.size(); ++i) {
    const Entity& entity = tree->entities[i];
    if (!is_leaf(*tree, i) || entity.is_multipart) continue;
    Collect out;
    Canonicalizer canonical(out);
    auto decoder = make_transfer_decoder(entity.encoding, canonical);
    std::string_view body = text.substr(entity.body_offset, entity.end - entity.body_offset);
    bool done = decoder->write(as_bytes(body)) && decoder->finish();
    result.push_back(done ? out.text : "error");
  }
  return result;
}

Result<std::string> prepare(std::string_view text, PrepareMode mode, std::size_t chunk) {
  Collect out;
  Preparer preparer(out, mode, kLimits);
  for (std::string_view rest = text; !rest.empty();) {
    std::string_view piece = rest.substr(0, chunk);
    rest.remove_prefix(piece.size());
    Result<void> done = preparer.write(as_bytes(piece));
    if (!done) return tl::unexpected(done.error());
  }
  if (Result<void> done = preparer.finish(); !done) return tl::unexpected(done.error());
  return out.text;
}

void expect_safe(std::string_view text, const fs::path& file) {
  for (std::string_view line : split(text, '\n')) {
    EXPECT_TRUE(line.empty() || line.ends_with('\r') ||
                line.data() + line.size() == text.data() + text.size())
        << file;
    EXPECT_LE(line.size(), 999u) << file;
  }
  for (char c : text) {
    if (c == '\0' || static_cast<unsigned char>(c) >= 0x80) {
      ADD_FAILURE() << file;
      return;
    }
  }
}

TEST(MimeCorpus, prepared_mail_is_safe_says_the_same_and_is_prepared_MIME_02_MIME_09) {
  std::vector<fs::path> files = mails();
  if (files.empty()) GTEST_SKIP() << "no corpus";
  std::size_t prepared = 0;
  for (const fs::path& file : files) {
    std::string text = read(file);
    Result<std::string> safe = prepare(text, PrepareMode::SevenBit, text.size());
    Result<std::string> again = prepare(text, PrepareMode::SevenBit, 7);
    EXPECT_EQ(safe.has_value(), again.has_value()) << file;
    if (!safe || !again) continue;
    ++prepared;
    EXPECT_TRUE(*safe == *again) << file;
    expect_safe(*safe, file);
    Result<std::string> twice = prepare(*safe, PrepareMode::SevenBit, 1000);
    ASSERT_TRUE(twice) << file;
    EXPECT_TRUE(*twice == *safe) << file;
    std::vector<std::string> before = leaves(text);
    std::vector<std::string> after = leaves(*safe);
    ASSERT_EQ(before.size(), after.size()) << file;
    for (std::size_t i = 0; i < before.size(); ++i) {
      bool same = before[i] == after[i] || before[i] + "\r\n" == after[i];
      EXPECT_TRUE(same) << file << " leaf " << i << "\n"
                        << before[i].substr(0, 300) << "\n---\n"
                        << after[i].substr(0, 300);
    }
  }
  EXPECT_GT(prepared, files.size() / 2);
}

TEST(MimeCorpus, headers_are_read_without_harm) {
  for (const fs::path& file : mails()) {
    std::string text = read(file);
    Rebuild rebuild;
    class Fields final : public EntityHandler {
     public:
      Result<BodyPlan> on_header(const Header& header) override {
        for (const Field& field : header.fields()) {
          decode_words(field.value);
          AddressList list = parse_address_list(field.value);
          EXPECT_TRUE(!list.ambiguous || list.mailboxes.empty());
          EXPECT_LE(write_field("X", field.value).size(), field.value.size() * 4 + 200);
        }
        recognize_smime(header);
        return plan_body(header);
      }
    } fields;
    EntityParser parser(fields, kLimits);
    (void)parser.push(as_bytes(text));
  }
}

// --- structure, against what mime4j found ---

// m(message) [parts] t(leaf)
std::string structure_of(const Tree& tree, std::size_t index) {
  const Entity& entity = tree.entities[index];
  std::string parts;
  for (std::size_t i = index + 1; i < tree.entities.size(); ++i) {
    if (tree.entities[i].parent != index) continue;
    parts += entity.is_multipart ? "(" + structure_of(tree, i) + ")" : "m" + structure_of(tree, i);
  }
  if (entity.is_multipart) return "[" + parts + "]";
  return parts.empty() ? "t" : parts;
}

std::string structure_of_xml(std::string_view xml) {
  const std::pair<std::string_view, std::string_view> kTags[] = {
      {"<message>", "m"},    {"<multipart>", "["}, {"</multipart>", "]"}, {"<body-part>", "("},
      {"</body-part>", ")"}, {"<text-body", "t"},  {"<binary-body", "t"}, {"<body>", "t"}};
  std::string result;
  for (std::size_t at = xml.find('<'); at != xml.npos; at = xml.find('<', at + 1)) {
    for (const auto& [tag, sign] : kTags) {
      if (xml.substr(at).starts_with(tag)) result += sign;
    }
  }
  return result;
}

// Where mime4j finds another structure, and why. One that agrees fails too.
constexpr auto kEncodedMessage =
    "a base64 message/rfc822 or multipart is not taken apart: RFC 2045 6.4 allows no encoding";
constexpr auto kBlanksInBoundary =
    "the boundary ends in blanks, which RFC 2046 5.1.1 forbids: they are stripped";
const std::map<std::string, std::string> kDifferences = {
    {"multi-2gifs-base64", kEncodedMessage},
    {"base64encoded-rfc822message", kEncodedMessage},
    {"base64encoded-rfc822message-nested", kEncodedMessage},
    {"bad-newlines-multiple-parts-base64", kEncodedMessage},
    {"weird-boundary", kBlanksInBoundary},
    {"very-long-boundary", kBlanksInBoundary},
    {"very-very-long-boundary", kBlanksInBoundary},
    {"ending-boundaries", "text after the boundary on its line: the whole line is compared"}};

TEST(MimeCorpus, structure_is_what_mime4j_finds) {
  fs::path folder = kCorpus / "mime4j-testmsgs";
  if (!fs::exists(folder)) GTEST_SKIP() << "no corpus";
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() != ".msg") continue;
    fs::path xml = entry.path();
    xml.replace_extension(".xml");
    if (!fs::exists(xml)) continue;
    std::string text = read(entry.path());
    Result<Tree> tree = build({text});
    std::string got = tree ? "m" + structure_of(*tree, 0) : "error";
    bool known = kDifferences.count(entry.path().stem().string()) > 0;
    EXPECT_EQ(got == structure_of_xml(read(xml)), !known)
        << entry.path() << "\nours:   " << got << "\nmime4j: " << structure_of_xml(read(xml));
  }
}

}  // namespace
}  // namespace bulla::mime

// MIME: events are the input and do not depend on how it was cut; prepared mail is safe and
// stays as it is when prepared again.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "mime/parser.h"
#include "mime/prepare.h"
#include "mime/smime_type.h"
#include "mime/tree.h"

using namespace bulla;
using namespace bulla::mime;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

// All events in one text, in which a run of octets is one event however it was cut.
class Log final : public EntityHandler {
 public:
  Result<BodyPlan> on_header(const Header& header) override {
    recognize_smime(header);
    raw += header.raw();
    log += "H";
    return plan_body(header);
  }
  Result<void> on_body(ByteView octets) override { return add('B', octets); }
  Result<void> on_preamble(ByteView octets) override { return add('P', octets); }
  Result<void> on_part_begin(std::uint64_t offset) override {
    require(offset == raw.size());
    return mark('[');
  }
  Result<void> on_part(ByteView octets) override { return add('O', octets); }
  Result<void> on_part_end() override { return mark(']'); }
  Result<void> on_delimiter(ByteView octets, Delimiter kind) override {
    (void)mark(kind == Delimiter::Open ? 'D' : 'C');
    return add('d', octets);
  }
  Result<void> on_epilogue(ByteView octets) override { return add('E', octets); }

  Result<void> mark(char event) {
    log += event;
    last_ = event;
    return {};
  }
  Result<void> add(char event, ByteView octets) {
    require(!octets.empty());
    if (last_ != event) (void)mark(event);
    raw += as_text(octets);
    log += as_text(octets);
    return {};
  }

  std::string raw;
  std::string log;

 private:
  char last_ = 0;
};

class Collect final : public Sink {
 public:
  Result<void> write(ByteView bytes) override {
    text += as_text(bytes);
    return {};
  }
  Result<void> finish() override { return {}; }
  std::string text;
};

// Calls take(chunk) for each chunk while it succeeds.
template <typename Take>
Result<void> cut(std::string_view text, std::size_t size, Take take) {
  while (!text.empty()) {
    std::string_view chunk = text.substr(0, size);
    text.remove_prefix(chunk.size());
    Result<void> done = take(as_bytes(chunk));
    if (!done) return done;
  }
  return {};
}

std::string parse(std::string_view text, std::size_t size) {
  Log log;
  EntityParser parser(log);
  Result<void> done = cut(text, size, [&](ByteView chunk) { return parser.push(chunk); });
  if (done) done = parser.finish();
  if (!done) return "error";
  require(log.raw == text);
  return log.log;
}

std::string build(std::string_view text, std::size_t size) {
  TreeBuilder builder;
  Result<void> done = cut(text, size, [&](ByteView chunk) { return builder.push(chunk); });
  if (!done) return "error";
  Result<Tree> tree = builder.finish();
  if (!tree) return "error";
  std::string result;
  for (const Entity& entity : tree->entities) {
    require(entity.header_offset <= entity.body_offset && entity.body_offset <= entity.end);
    require(entity.end <= text.size());
    result += entity.path + entity.type.name() + std::to_string(entity.end) + " ";
  }
  return result;
}

Result<std::string> prepare(std::string_view text, PrepareMode mode, std::size_t size) {
  Collect out;
  Preparer preparer(out, mode);
  Result<void> done = cut(text, size, [&](ByteView chunk) { return preparer.write(chunk); });
  if (done) done = preparer.finish();
  if (!done) return tl::unexpected(done.error());
  return out.text;
}

void check_prepared(std::string_view text) {
  Result<std::string> whole = prepare(text, PrepareMode::SevenBit, text.size());
  Result<std::string> pieces = prepare(text, PrepareMode::SevenBit, 3);
  require(whole.has_value() == pieces.has_value());
  if (!whole) return;
  require(*whole == *pieces);
  for (std::size_t i = 0; i < whole->size(); ++i) {
    char c = (*whole)[i];
    require(c != '\0' && static_cast<unsigned char>(c) < 0x80);
    require(c != '\n' || (i > 0 && (*whole)[i - 1] == '\r'));
  }
  Result<std::string> twice = prepare(*whole, PrepareMode::SevenBit, 5);
  if (twice) require(*twice == *whole);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text = as_text({data, size});
  if (text.empty()) return 0;
  std::string whole = parse(text, text.size());
  require(parse(text, 1) == whole && parse(text, 7) == whole);
  require(build(text, text.size()) == build(text, 2));
  check_prepared(text);
  Result<std::string> binary = prepare(text, PrepareMode::Binary, text.size());
  Result<std::string> pieces = prepare(text, PrepareMode::Binary, 1);
  require(binary.has_value() == pieces.has_value());
  if (binary) require(*binary == *pieces);
  return 0;
}

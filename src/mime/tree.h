// Tree: the structure of a message as a small table, for showing and for finding a part.
//
//   TreeBuilder builder(limits);
//   while (…) TRY_VOID(builder.push(chunk));
//   Tree tree = TRY(builder.finish());
//   for (const Entity& entity : tree.entities) print(entity.path, entity.type.name());
//
// Multiparts and message/rfc822 are descended into; what they hold is not decoded. Memory
// is bounded by Limits::mime_depth and mime_parts and by the headers, never by the bodies.
// Over a limit there is no tree (limit.mime-depth, limit.mime-parts, limit.header).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bulla/limits.h"
#include "bulla/result.h"
#include "mime/header.h"

namespace bulla::mime {

struct Entity {
  // "1" is the message, "1.2" its second part; the message in a message/rfc822 "1.2" is
  // "1.2.1".
  std::string path;
  std::size_t depth = 0;
  std::optional<std::size_t> parent;  // index in Tree::entities

  ContentType type;
  ContentDisposition disposition;
  TransferEncoding encoding = TransferEncoding::SevenBit;

  std::uint64_t header_offset = 0;
  std::uint64_t body_offset = 0;
  std::uint64_t end = 0;

  std::size_t malformed = 0;            // as Header::malformed()
  std::vector<std::string> duplicates;  // as Header::duplicates()
  bool is_multipart = false;            // one that was taken apart
  bool encoded_multipart = false;       // mime.encoded-multipart: not taken apart
  bool no_boundary = false;             // mime.no-boundary: not taken apart
  bool unclosed = false;                // mime.unclosed
};

struct Tree {
  // In the order of their beginnings; the first is the message.
  std::vector<Entity> entities;

  // The entity with this path, or null.
  const Entity* find(std::string_view path) const;
};

class TreeBuilder {
 public:
  explicit TreeBuilder(const Limits& limits = {}, std::uint64_t base_offset = 0);
  ~TreeBuilder();
  TreeBuilder(const TreeBuilder&) = delete;
  TreeBuilder& operator=(const TreeBuilder&) = delete;

  [[nodiscard]] Result<void> push(ByteView chunk);
  [[nodiscard]] Result<Tree> finish();

 private:
  class Level;

  Result<void> open_level(std::uint64_t offset, std::optional<std::size_t> parent,
                          std::string path);
  Result<void> close_level(std::size_t depth, std::uint64_t end);
  Result<void> count_header(const Header& header);

  Limits limits_;
  Tree tree_;
  std::vector<std::unique_ptr<Level>> levels_;  // outermost first
  std::size_t header_octets_ = 0;
};

}  // namespace bulla::mime

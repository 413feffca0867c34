#include "mime/tree.h"

#include <algorithm>

#include "base/try.h"
#include "mime/parser.h"

namespace bulla::mime {
namespace {

// Octets of all headers of one tree, in header blocks of the largest size: a thousand
// parts have headers of about one kilobyte each.
constexpr std::size_t kHeaderBlocks = 16;

bool holds_message(const ContentType& type) {
  return type.type == "message" && (type.subtype == "rfc822" || type.subtype == "global");
}

}  // namespace

const Entity* Tree::find(std::string_view path) const {
  auto found = std::find_if(entities.begin(), entities.end(),
                            [&](const Entity& entity) { return entity.path == path; });
  return found == entities.end() ? nullptr : &*found;
}

// One entity that is being read. Octets of what is inside go to the level below it, so calls
// nest as deep as levels do: Limits::mime_depth.
class TreeBuilder::Level final : public EntityHandler {
 public:
  Level(TreeBuilder& builder, std::size_t index, std::uint64_t offset)
      : builder_(builder),
        index_(index),
        depth_(builder.levels_.size()),
        parser_(*this, builder.limits_, offset) {}

  EntityParser& parser() { return parser_; }

  Result<BodyPlan> on_header(const Header& header) override {
    TRY_VOID(builder_.count_header(header));
    Entity& entity = builder_.tree_.entities[index_];
    bool given = header.find("Content-Type") != nullptr;
    if (given || !in_digest()) entity.type = header.content_type();
    entity.disposition = header.content_disposition();
    entity.encoding = header.transfer_encoding();
    entity.malformed = header.malformed();
    entity.duplicates = header.duplicates();
    entity.body_offset = parser_.body_offset();
    BodyPlan plan = plan_body(entity.type, entity.encoding);
    entity.is_multipart = plan.kind == BodyPlan::Kind::Multipart;
    bool multipart = entity.type.type == "multipart";
    entity.encoded_multipart = multipart && !is_identity(entity.encoding);
    entity.no_boundary = multipart && usable_boundary(entity.type).empty();
    if (holds_message(entity.type) && is_identity(entity.encoding)) {
      TRY_VOID(open_child(entity.body_offset));
      inside_message_ = true;
    }
    return plan;
  }

  Result<void> on_body(ByteView octets) override {
    return inside_message_ ? child().push(octets) : Result<void>{};
  }
  Result<void> on_part_begin(std::uint64_t offset) override { return open_child(offset); }
  Result<void> on_part(ByteView octets) override { return child().push(octets); }
  Result<void> on_part_end() override { return close_child(child().offset()); }

  Result<void> finish(std::uint64_t end) {
    TRY_VOID(parser_.finish());
    if (inside_message_) TRY_VOID(close_child(end));
    builder_.tree_.entities[index_].unclosed = parser_.unclosed();
    builder_.tree_.entities[index_].end = end;
    return {};
  }

 private:
  // The default type in a multipart/digest (RFC 2046 5.1.5).
  bool in_digest() {
    Entity& entity = builder_.tree_.entities[index_];
    if (!entity.parent) return false;
    if (!builder_.tree_.entities[*entity.parent].type.is("multipart", "digest")) return false;
    entity.type.type = "message";
    entity.type.subtype = "rfc822";
    return true;
  }

  Result<void> open_child(std::uint64_t offset) {
    std::string path = builder_.tree_.entities[index_].path;
    return builder_.open_level(offset, index_, path + "." + std::to_string(++children_));
  }

  Result<void> close_child(std::uint64_t end) { return builder_.close_level(depth_ + 1, end); }

  EntityParser& child() { return builder_.levels_[depth_ + 1]->parser(); }

  TreeBuilder& builder_;
  std::size_t index_;  // of its entity
  std::size_t depth_;  // its place in levels_
  EntityParser parser_;
  std::size_t children_ = 0;
  bool inside_message_ = false;
};

TreeBuilder::TreeBuilder(const Limits& limits, std::uint64_t base_offset) : limits_(limits) {
  Entity root;
  root.path = "1";
  root.header_offset = base_offset;
  tree_.entities.push_back(std::move(root));
  levels_.push_back(std::make_unique<Level>(*this, 0, base_offset));
}

TreeBuilder::~TreeBuilder() = default;

Result<void> TreeBuilder::push(ByteView chunk) { return levels_[0]->parser().push(chunk); }

Result<Tree> TreeBuilder::finish() {
  TRY_VOID(close_level(0, levels_[0]->parser().offset()));
  return std::move(tree_);
}

Result<void> TreeBuilder::open_level(std::uint64_t offset, std::optional<std::size_t> parent,
                                     std::string path) {
  if (levels_.size() >= limits_.mime_depth) {
    return failure(Rule::LimitMimeDepth, offset, std::to_string(limits_.mime_depth));
  }
  if (tree_.entities.size() >= limits_.mime_parts) {
    return failure(Rule::LimitMimeParts, offset, std::to_string(limits_.mime_parts));
  }
  Entity entity;
  entity.path = std::move(path);
  entity.depth = levels_.size();
  entity.parent = parent;
  entity.header_offset = offset;
  tree_.entities.push_back(std::move(entity));
  levels_.push_back(std::make_unique<Level>(*this, tree_.entities.size() - 1, offset));
  return {};
}

// Ends a level; the ones inside it end first, by its own doing.
Result<void> TreeBuilder::close_level(std::size_t depth, std::uint64_t end) {
  TRY_VOID(levels_[depth]->finish(end));
  levels_.pop_back();
  return {};
}

Result<void> TreeBuilder::count_header(const Header& header) {
  header_octets_ += header.raw().size();
  if (header_octets_ <= kHeaderBlocks * limits_.header_bytes) return {};
  return failure(Rule::LimitHeader, header.offset(), "all headers together");
}

}  // namespace bulla::mime

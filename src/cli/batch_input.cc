#include "cli/batch_input.h"

#include "base/try.h"
#include "host/folder_walk.h"
#include "host/list_reader.h"

namespace bulla::cli {
namespace {

using host::FolderWalk;

class FolderInput final : public BatchInput {
 public:
  FolderInput(std::string root, FolderWalk::Shape shape, std::vector<host::FileId> excluded)
      : root_(std::move(root)),
        shape_(shape),
        excluded_(std::move(excluded)),
        walk_(root_, shape_, excluded_) {}

  Result<std::optional<BatchItem>> next() override {
    auto entry = walk_.next();
    if (!entry) return std::nullopt;
    return BatchItem{.index = ++index_,
                     .path = entry->path,
                     .file = root_ + "/" + entry->path,
                     .target = {},
                     .size = entry->size,
                     .modified = entry->modified,
                     .error = entry->error,
                     .part = {}};
  }

  InputKind kind() const override {
    return shape_ == FolderWalk::Shape::Tree ? InputKind::Tree : InputKind::Maildir;
  }
  std::uint64_t passed_over() const override { return walk_.passed_over(); }

  std::optional<std::uint64_t> total() const override {
    FolderWalk walk(root_, shape_, excluded_);
    std::uint64_t count = 0;
    while (walk.next()) ++count;
    return count;
  }

 private:
  std::string root_;
  FolderWalk::Shape shape_;
  std::vector<host::FileId> excluded_;
  FolderWalk walk_;
  std::uint64_t index_ = 0;
};

class MboxInput final : public BatchInput {
 public:
  MboxInput(host::Mbox mbox, std::string path) : mbox_(std::move(mbox)), path_(std::move(path)) {}

  Result<std::optional<BatchItem>> next() override {
    auto message = TRY(mbox_.next());
    if (!message) return std::nullopt;
    ++index_;
    return BatchItem{.index = index_,
                     .path = path_ + "#" + std::to_string(index_),
                     .file = path_,
                     .target = {},
                     .size = message->size,
                     .modified = modified(*message),
                     .error = {},
                     .part = BatchItem::Part{mbox_.descriptor(), *message}};
  }

  InputKind kind() const override { return InputKind::Mbox; }
  std::optional<std::uint64_t> total() const override { return mbox_.size(); }
  std::uint64_t weight(const BatchItem& item) const override { return item.size; }

 private:
  static std::int64_t modified(const host::MboxMessage& message) {
    return message.received
               ? std::int64_t{message.received->time_since_epoch().count()} * 1'000'000'000
               : 0;
  }

  host::Mbox mbox_;
  std::string path_;
  std::uint64_t index_ = 0;
};

class ListInput final : public BatchInput {
 public:
  explicit ListInput(char separator) : list_(separator) {}

  Result<std::optional<BatchItem>> next() override {
    auto path = TRY(list_.next());
    if (!path) return std::nullopt;
    host::FolderEntry entry = host::look_at_file(*path);
    return BatchItem{.index = ++index_,
                     .path = *path,
                     .file = *path,
                     .target = {},
                     .size = entry.size,
                     .modified = entry.modified,
                     .error = entry.error,
                     .part = {}};
  }

  InputKind kind() const override { return InputKind::List; }

 private:
  host::ListReader list_;
  std::uint64_t index_ = 0;
};

}  // namespace

Result<InputKind> find_input_kind(const BatchOptions& options) {
  if (options.input_kind != InputKind::Automatic) return options.input_kind;
  if (host::is_maildir(options.input)) return InputKind::Maildir;
  if (host::is_folder(options.input)) return InputKind::Tree;
  if (host::looks_like_mbox(options.input)) return InputKind::Mbox;
  host::FolderEntry entry = host::look_at_file(options.input);
  if (entry.error) return tl::unexpected(*entry.error);
  return failure(
      Rule::IoNoInput, 0,
      options.input + ": neither a folder nor an mbox file; a list of paths comes from -");
}

Result<std::unique_ptr<BatchInput>> open_batch_input(const BatchOptions& options, InputKind kind,
                                                     std::vector<host::FileId> excluded) {
  if (kind == InputKind::List) return std::make_unique<ListInput>(options.list_separator);
  if (kind == InputKind::Mbox) {
    host::Mbox mbox = TRY(host::Mbox::open(options.input));
    return std::make_unique<MboxInput>(std::move(mbox), options.input);
  }
  if (!host::is_folder(options.input)) {
    return failure(Rule::IoNoInput, 0, options.input + ": no folder");
  }
  auto shape = kind == InputKind::Maildir ? FolderWalk::Shape::Maildir : FolderWalk::Shape::Tree;
  return std::make_unique<FolderInput>(options.input, shape, std::move(excluded));
}

}  // namespace bulla::cli

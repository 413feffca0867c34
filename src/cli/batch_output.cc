#include "cli/batch_output.h"

#include <unistd.h>

#include <algorithm>

#include "base/text.h"
#include "base/try.h"

namespace bulla::cli {
namespace {

constexpr std::string_view kPartPrefix = "bulla-";

std::string maildir_name(const BatchItem& item) {
  std::int64_t seconds = item.modified / 1'000'000'000;
  return "cur/" + std::to_string(seconds) + "." + std::to_string(item.index) + ".bulla:2,";
}

std::string renamed_in_maildir(const std::string& path) {
  std::size_t slash = path.rfind('/') + 1;
  return path.substr(0, slash) + without_sizes(std::string_view(path).substr(slash));
}

std::string relative_target(const BatchItem& item, InputKind input) {
  switch (input) {
    case InputKind::Maildir:
      return renamed_in_maildir(item.path);
    case InputKind::Mbox:
      return maildir_name(item);
    case InputKind::List:
      return path_below(item.path);
    default:
      return item.path;
  }
}

}  // namespace

std::string path_below(std::string_view path) {
  std::vector<std::string_view> kept;
  for (std::string_view piece : split(path, '/')) {
    if (piece == "..") {
      if (!kept.empty()) kept.pop_back();
    } else if (!piece.empty() && piece != ".") {
      kept.push_back(piece);
    }
  }
  std::string result;
  for (std::string_view piece : kept) result += (result.empty() ? "" : "/") + std::string(piece);
  return result;
}

std::string without_sizes(std::string_view name) {
  std::size_t colon = std::min(name.find(':'), name.size());
  std::string result;
  for (std::string_view piece : split(name.substr(0, colon), ',')) {
    bool is_size = (piece.substr(0, 2) == "S=" || piece.substr(0, 2) == "W=") &&
                   parse_decimal(piece.substr(2)).has_value();
    if (is_size && !result.empty()) continue;
    result += (result.empty() ? "" : ",") + std::string(piece);
  }
  return result + std::string(name.substr(colon));
}

Result<void> BatchOutput::prepare() {
  if (is_maildir()) {
    for (const char* name : {"/cur", "/new", "/tmp"}) TRY_VOID(host::make_folders(folder_ + name));
  } else {
    TRY_VOID(host::make_folders(staging()));
  }
  host::remove_parts(staging(), kPartPrefix);
  return {};
}

Result<std::string> BatchOutput::target(const BatchItem& item) const {
  std::string relative = relative_target(item, input_);
  if (relative.empty() || relative.substr(0, 7) == ".bulla-") {
    return failure(Rule::IoCannotCreate, 0, item.path + ": no name for a result");
  }
  std::string path = folder_ + "/" + relative;
  auto there = host::find_file_id(path);
  if (there && there == host::find_file_id(item.file)) {
    return failure(Rule::IoSameFile, 0, path);
  }
  return path;
}

bool BatchOutput::claim(const std::string& target) {
  return input_ != InputKind::List || claimed_.insert(target).second;
}

Result<std::unique_ptr<host::StagedFile>> BatchOutput::create(const BatchItem& item) const {
  std::string name = std::string(kPartPrefix) + std::to_string(item.index) + ".part";
  return host::StagedFile::create(staging(), name);
}

void BatchOutput::clean() {
  if (!is_maildir()) ::rmdir(staging().c_str());
}

}  // namespace bulla::cli

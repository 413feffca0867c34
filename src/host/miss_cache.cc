#include "host/miss_cache.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <vector>

#include "base/text.h"
#include "crypto/digest.h"
#include "host/sink.h"
#include "host/staged_file.h"

namespace bulla::host {
namespace {

// More is the clock's fault.
constexpr std::chrono::hours kLongest{24};
constexpr std::size_t kMaxFiles = 1'000;
constexpr std::size_t kMaxLine = 1'000;

// "SECONDS WHY"
std::optional<MissCache::Miss> read(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!std::getline(file, line) || line.size() > kMaxLine) return std::nullopt;
  std::size_t blank = std::min(line.find(' '), line.size());
  auto seconds = parse_decimal(line.substr(0, blank));
  if (!seconds || *seconds > std::uint64_t{1} << 40) return std::nullopt;
  return MissCache::Miss{.until = Time(std::chrono::seconds(*seconds)),
                         .why = line.substr(std::min(blank + 1, line.size()))};
}

bool holds(const MissCache::Miss& miss, Time now) {
  return miss.until > now && miss.until <= now + kLongest;
}

}  // namespace

std::optional<std::string> MissCache::path_of(std::string_view question) const {
  auto digest = crypto::hash(Digest::Sha256, as_bytes(question));
  if (folder_.empty() || !digest) return std::nullopt;
  return folder_ + "/" + to_hex(*digest);
}

std::optional<MissCache::Miss> MissCache::find(std::string_view question, Time now) const {
  auto path = path_of(question);
  if (!path) return std::nullopt;
  auto miss = read(*path);
  if (!miss || !holds(*miss, now)) return std::nullopt;
  return miss;
}

void MissCache::remember(std::string_view question, const Miss& miss, Time now) const {
  auto path = path_of(question);
  if (!path || !make_folders(folder_)) return;
  prune(now);
  auto file = AtomicFileSink::create(*path);
  if (!file) return;
  std::string line = std::to_string(miss.until.time_since_epoch().count()) + " " +
                     printable(miss.why).substr(0, kMaxLine - 30) + "\n";
  if ((*file)->write(as_bytes(line))) (void)(*file)->finish();
}

void MissCache::forget(std::string_view question) const {
  if (auto path = path_of(question)) ::unlink(path->c_str());
}

// What is over is removed, and with it what a process left that died; a thousand that are not over
// are enough, and all go.
void MissCache::prune(Time now) const {
  std::error_code ignored;
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, ignored)) {
    if (entry.is_regular_file(ignored)) paths.push_back(entry.path().string());
    if (paths.size() == kMaxFiles) break;
  }
  bool is_full = paths.size() == kMaxFiles;
  for (const std::string& path : paths) {
    auto miss = read(path);
    if (is_full || !miss || !holds(*miss, now)) ::unlink(path.c_str());
  }
}

}  // namespace bulla::host

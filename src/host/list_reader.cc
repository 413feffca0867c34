#include "host/list_reader.h"

#include <poll.h>

#include "base/try.h"
#include "host/stop_signal.h"

namespace bulla::host {
namespace {

constexpr std::size_t kChunk = 64u << 10;
constexpr int kPatience = 100;  // milliseconds

}  // namespace

Result<std::optional<std::string>> ListReader::next() {
  for (;;) {
    std::size_t end = buffer_.find(separator_, position_);
    if (end == std::string::npos && TRY(fill())) continue;
    if (end == std::string::npos && position_ == buffer_.size()) return std::nullopt;
    std::string path = buffer_.substr(position_, end - position_);
    position_ = end == std::string::npos ? buffer_.size() : end + 1;
    if (!path.empty()) return path;
  }
}

// False at the end.
Result<bool> ListReader::fill() {
  if (ended_) return false;
  buffer_.erase(0, position_);
  position_ = 0;
  if (buffer_.size() > kChunk) return failure(Rule::LimitSize, 0, "a path in the list");
  pollfd waiting{.fd = descriptor_, .events = POLLIN, .revents = 0};
  while (::poll(&waiting, 1, kPatience) <= 0) {
    if (!stop_is_requested()) continue;
    ended_ = true;
    buffer_.clear();
    return false;
  }
  Bytes chunk(kChunk);
  std::size_t count = TRY(read_some(descriptor_, chunk, "standard input"));
  ended_ = count == 0;
  buffer_.append(as_text(ByteView(chunk).first(count)));
  return !ended_;
}

}  // namespace bulla::host

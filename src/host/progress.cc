#include "host/progress.h"

#include <unistd.h>

#include <array>
#include <cstdio>

#include "base/try.h"
#include "host/descriptor.h"
#include "host/terminal.h"

namespace bulla::host {
namespace {

using std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(1);
constexpr auto kInterval = std::chrono::milliseconds(200);

void show_line(const std::string& text) {
  std::string line = "\r" + text + "\x1b[K";
  (void)write_all(STDERR_FILENO, as_bytes(line), "standard error");
}

}  // namespace

std::string readable_size(std::uint64_t octets) {
  constexpr std::array kUnits = {"KiB", "MiB", "GiB", "TiB"};
  if (octets < 1024) return std::to_string(octets) + " B";
  double value = static_cast<double>(octets) / 1024;
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, kUnits.at(unit));
  return text.data();
}

std::string progress_text(std::uint64_t position, std::optional<std::uint64_t> size) {
  std::string text = readable_size(position);
  if (!size || *size == 0) return text;
  auto percent =
      static_cast<unsigned>(100.0 * static_cast<double>(position) / static_cast<double>(*size));
  return text + " of " + readable_size(*size) + " (" + std::to_string(percent) + " %)";
}

ProgressSource::ProgressSource(Source& inner, Show show)
    : inner_(inner),
      show_(show == Show::OnTerminal && is_terminal(STDERR_FILENO)),
      next_(steady_clock::now() + kPatience) {}

ProgressSource::~ProgressSource() {
  if (told_) show_line("");
}

Result<std::size_t> ProgressSource::read(MutableByteView buffer) {
  std::size_t count = TRY(inner_.read(buffer));
  position_ += count;
  if (show_ && steady_clock::now() >= next_) tell();
  return count;
}

Result<bool> ProgressSource::rewind() {
  bool rewound = TRY(inner_.rewind());
  if (rewound) position_ = 0;
  return rewound;
}

void ProgressSource::tell() {
  show_line("bulla: " + progress_text(position_, inner_.size()));
  next_ = steady_clock::now() + kInterval;
  told_ = true;
}

}  // namespace bulla::host

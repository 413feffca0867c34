#include "host/batch_progress.h"

#include <unistd.h>

#include <algorithm>

#include "host/descriptor.h"
#include "host/progress.h"
#include "host/terminal.h"

namespace bulla::host {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
constexpr auto kPatience = std::chrono::seconds(1);
constexpr auto kInterval = milliseconds(200);

void show_line(const std::string& text) {
  (void)write_all(STDERR_FILENO, as_bytes("\r" + text + "\x1b[K"), "standard error");
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
  return digits;
}

std::string readable_time(double seconds) {
  auto whole = static_cast<std::uint64_t>(std::min(seconds, 1e9) + 0.5);
  if (whole < 120) return std::to_string(whole) + " s";
  if (whole < 7'200) return std::to_string(whole / 60) + " min";
  return grouped(whole / 3'600) + " h";
}

}  // namespace

std::string batch_progress_text(const BatchCount& count, milliseconds elapsed) {
  std::string text = grouped(count.messages) + " messages";
  if (count.share) {
    text += " (" + std::to_string(static_cast<unsigned>(100 * *count.share)) + " %)";
  }
  double seconds = std::max(static_cast<double>(elapsed.count()) / 1000, 0.001);
  auto rate = [&](std::uint64_t done) {
    return static_cast<std::uint64_t>(static_cast<double>(done) / seconds + 0.5);
  };
  text += ", " + grouped(rate(count.messages)) + "/s, " + readable_size(rate(count.octets)) + "/s";
  if (count.share && *count.share > 0) {
    text += ", " + readable_time(seconds / *count.share * (1 - *count.share)) + " left";
  }
  return text;
}

BatchProgress::BatchProgress(Show show)
    : show_(show == Show::OnTerminal && is_terminal(STDERR_FILENO)),
      start_(steady_clock::now()),
      next_(start_ + kPatience) {}

BatchProgress::~BatchProgress() { hide(); }

void BatchProgress::update(const BatchCount& count) {
  auto now = steady_clock::now();
  if (!show_ || now < next_) return;
  auto elapsed = std::chrono::duration_cast<milliseconds>(now - start_);
  show_line("bulla: " + batch_progress_text(count, elapsed));
  next_ = now + kInterval;
  told_ = true;
}

void BatchProgress::hide() {
  if (told_) show_line("");
  told_ = false;
}

}  // namespace bulla::host

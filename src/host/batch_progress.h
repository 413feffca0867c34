// BatchProgress: how far a run over many messages has come, at what rate, and how long it
// will still take. Silent for the first second, and where standard error is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace bulla::host {

struct BatchCount {
  std::uint64_t messages = 0;  // finished
  std::uint64_t octets = 0;    // read of them
  // How much of the input is finished, from 0 to 1, if its size is known.
  std::optional<double> share;
};

// "1,234 messages (12 %), 450/s, 9.2 MiB/s, 20 s left".
std::string batch_progress_text(const BatchCount& count, std::chrono::milliseconds elapsed);

class BatchProgress {
 public:
  enum class Show { Never, OnTerminal };
  explicit BatchProgress(Show show);
  ~BatchProgress();
  BatchProgress(const BatchProgress&) = delete;
  BatchProgress& operator=(const BatchProgress&) = delete;

  // Whether anybody looks; else nobody needs to count beforehand.
  bool is_shown() const { return show_; }
  void update(const BatchCount& count);
  // Takes the line away, so that something else can be said.
  void hide();

 private:
  bool show_;
  std::chrono::steady_clock::time_point start_;
  std::chrono::steady_clock::time_point next_;
  bool told_ = false;
};

}  // namespace bulla::host

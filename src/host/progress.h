// ProgressSource: a Source that tells a person how far its reader has come.
//
// Silent for the first second, and where standard error is no terminal.
#pragma once

#include <chrono>
#include <string>

#include "bulla/stream.h"

namespace bulla::host {

class ProgressSource final : public Source {
 public:
  enum class Show { Never, OnTerminal };
  ProgressSource(Source& inner, Show show);
  ~ProgressSource() override;

  Result<std::size_t> read(MutableByteView buffer) override;
  Result<bool> rewind() override;
  std::optional<std::uint64_t> size() const override { return inner_.size(); }

 private:
  void tell();

  Source& inner_;
  bool show_;
  std::uint64_t position_ = 0;
  std::chrono::steady_clock::time_point next_;
  bool told_ = false;
};

// "12.3 MiB".
std::string readable_size(std::uint64_t octets);
// "12.3 MiB of 2.0 GiB (1 %)", or the first part if the size is not known.
std::string progress_text(std::uint64_t position, std::optional<std::uint64_t> size);

}  // namespace bulla::host

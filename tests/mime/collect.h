// What tests of filters and parsers share: chunkings, and a sink that keeps everything.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "bulla/stream.h"

namespace bulla::mime {

// Keeps what was written and counts finish().
class Collect final : public Sink {
 public:
  Result<void> write(ByteView bytes) override {
    text += as_text(bytes);
    ++writes;
    return {};
  }
  Result<void> finish() override {
    ++finished;
    return {};
  }

  std::string text;
  int writes = 0;
  int finished = 0;
};

// The ways in which every test cuts its input: whole, single octets, random.
inline std::vector<std::vector<std::string_view>> chunkings(std::string_view text) {
  std::vector<std::vector<std::string_view>> result(1, {text});
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < text.size(); ++i) single.push_back(text.substr(i, 1));
  result.push_back(std::move(single));
  for (unsigned seed = 1; seed <= 3; ++seed) {
    std::mt19937 random(seed);
    std::vector<std::string_view> pieces;
    for (std::string_view rest = text; !rest.empty();) {
      std::size_t size = std::min<std::size_t>(1 + random() % (seed * 37), rest.size());
      pieces.push_back(rest.substr(0, size));
      rest.remove_prefix(size);
    }
    result.push_back(std::move(pieces));
  }
  return result;
}

}  // namespace bulla::mime

// ListReader: paths on standard input, each with a separator behind it.
//
// A read that waits ends when a stop was requested (host/stop_signal.h): then the list
// ends too.
#pragma once

#include <optional>
#include <string>

#include "host/descriptor.h"

namespace bulla::host {

class ListReader {
 public:
  explicit ListReader(char separator, int descriptor = 0)
      : separator_(separator), descriptor_(descriptor) {}

  // The next path that is not empty. Errors: io.read, limit.size for a path over 64 KiB.
  Result<std::optional<std::string>> next();

 private:
  Result<bool> fill();

  char separator_;
  int descriptor_;
  std::string buffer_;
  std::size_t position_ = 0;
  bool ended_ = false;
};

}  // namespace bulla::host

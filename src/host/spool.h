// Spool: octets that wait, in memory up to 1 MiB and then in a file without a name.
//
// The file is in $TMPDIR or /tmp, is never visible, and vanishes with the process.
#pragma once

#include "host/descriptor.h"

namespace bulla::host {

// A file in that folder, open for reading and writing. Errors: io.cannot-create.
Result<Descriptor> open_unnamed();

class Spool {
 public:
  static constexpr std::size_t kInMemory = 1u << 20;

  Spool() = default;
  ~Spool() { wipe(memory_); }
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  [[nodiscard]] Result<void> write(ByteView bytes);
  // Writes everything from the first octet on. `name` is the descriptor's, for errors.
  [[nodiscard]] Result<void> send_to(int descriptor, const std::string& name);
  bool is_in_file() const { return file_.is_open(); }

 private:
  Result<void> move_to_file();
  Result<bool> send_in_kernel(int descriptor, const std::string& name);

  Bytes memory_;
  Descriptor file_;
};

}  // namespace bulla::host

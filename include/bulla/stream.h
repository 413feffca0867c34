// Source and Sink: where octets come from and where they go.
//
// A Sink is a transaction. What was written exists for the outside only after
// finish() has succeeded; a Sink that is destroyed before leaves nothing.
//
// Thread safety: each belongs to one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "bulla/bytes.h"
#include "bulla/result.h"

namespace bulla {

class Source {
 public:
  virtual ~Source() = default;

  // Reads up to buffer.size() octets and says how many; 0 is the end of the
  // input. REQUIRES: the buffer is not empty.
  [[nodiscard]] virtual Result<std::size_t> read(MutableByteView buffer) = 0;

  // Starts again at the first octet. False if this source cannot (a pipe).
  [[nodiscard]] virtual Result<bool> rewind() { return false; }

  // Octets from the first to the last, if known before reading.
  [[nodiscard]] virtual std::optional<std::uint64_t> size() const { return std::nullopt; }
};

class Sink {
 public:
  virtual ~Sink() = default;

  // Takes all octets or fails. The view is not kept.
  [[nodiscard]] virtual Result<void> write(ByteView bytes) = 0;

  // Makes everything that was written visible, at once. Called once at most.
  [[nodiscard]] virtual Result<void> finish() = 0;
};

// A Source over octets in memory, which must outlive it.
class MemorySource final : public Source {
 public:
  explicit MemorySource(ByteView bytes) : bytes_(bytes) {}
  Result<std::size_t> read(MutableByteView buffer) override;
  Result<bool> rewind() override;
  std::optional<std::uint64_t> size() const override { return bytes_.size(); }

 private:
  ByteView bytes_;
  std::size_t position_ = 0;
};

// A Sink into memory. bytes() is empty until finish() has succeeded.
class MemorySink final : public Sink {
 public:
  Result<void> write(ByteView bytes) override;
  Result<void> finish() override;
  const Bytes& bytes() const { return finished_; }

 private:
  Bytes pending_;
  Bytes finished_;
};

// A Sink that drops everything.
class NullSink final : public Sink {
 public:
  Result<void> write(ByteView) override { return {}; }
  Result<void> finish() override { return {}; }
};

}  // namespace bulla

// Bytes: borrowed, owned, and owned with wiping.
//
// ByteView never owns; whoever hands one out says until when it is valid.
// Secret is for keys, passphrases and recovered plaintext keys: its storage is
// overwritten when it is released, shrunk or moved from.
//
// Thread safety: as for std::vector.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bulla {

using ByteView = std::span<const std::uint8_t>;
using MutableByteView = std::span<std::uint8_t>;
using Bytes = std::vector<std::uint8_t>;

// Views text as bytes. Valid as long as the text is.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

// Views bytes as text, without any check of the encoding. Valid as long as the bytes are.
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline Bytes to_bytes(ByteView view) { return {view.begin(), view.end()}; }
inline Bytes to_bytes(std::string_view text) { return to_bytes(as_bytes(text)); }

// True if both have the same octets. Not in constant time: for public data only.
bool equal(ByteView a, ByteView b);

// True if both have the same octets, in time that depends on the lengths alone.
bool equal_constant_time(ByteView a, ByteView b);

// Orders as DER orders the elements of a SET OF: octet by octet, a prefix first.
bool less(ByteView a, ByteView b);

inline void append(Bytes& to, ByteView more) { to.insert(to.end(), more.begin(), more.end()); }

// Lower-case hexadecimal digits, two for each octet, without separators.
std::string to_hex(ByteView bytes);

// Overwrites the octets in a way that the compiler cannot leave out.
void wipe(MutableByteView bytes);

// Owned octets that are wiped when they are released. Moves; copies only on request.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::size_t size) : data_(size) {}
  explicit Secret(ByteView bytes) : data_(bytes.begin(), bytes.end()) {}
  ~Secret() { wipe(data_); }
  Secret(Secret&& other) noexcept : data_(std::move(other.data_)) { other.data_.clear(); }
  Secret& operator=(Secret&& other) noexcept;
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;

  // A second copy, wiped on its own.
  Secret clone() const { return Secret(view()); }

  // Valid until the Secret is changed, moved from or destroyed.
  ByteView view() const { return data_; }
  MutableByteView mutable_view() { return data_; }
  std::size_t size() const { return data_.size(); }
  bool empty() const { return data_.empty(); }

  // Keeps the first `size` octets and wipes the rest. REQUIRES: size <= this->size().
  void truncate(std::size_t size);

 private:
  Bytes data_;
};

}  // namespace bulla

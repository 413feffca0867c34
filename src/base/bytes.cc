#include "bulla/bytes.h"

#include <string.h>

#include <algorithm>

#include "base/check.h"

namespace bulla {

bool equal(ByteView a, ByteView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

bool equal_constant_time(ByteView a, ByteView b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

bool less(ByteView a, ByteView b) {
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

std::string to_hex(ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(2 * bytes.size(), '0');
  char* at = text.data();
  for (std::uint8_t octet : bytes) {
    *at++ = kDigits[octet >> 4];
    *at++ = kDigits[octet & 15];
  }
  return text;
}

void wipe(MutableByteView bytes) {
  if (!bytes.empty()) explicit_bzero(bytes.data(), bytes.size());
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this == &other) return *this;
  wipe(data_);
  data_ = std::move(other.data_);
  other.data_.clear();
  return *this;
}

void Secret::truncate(std::size_t size) {
  CHECK(size <= data_.size());
  wipe(MutableByteView(data_).subspan(size));
  data_.resize(size);
}

}  // namespace bulla

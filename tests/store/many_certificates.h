// As many different certificates as wanted, each for an address of its own, from one.
#pragma once

#include <algorithm>
#include <string>

#include "bulla/certificate.h"

namespace bulla::store {

// "alice@example.org" becomes "0002s@example.org" and the like, throughout; the key and its
// identifier change as well. Nobody signed these.
class ManyCertificates {
 public:
  explicit ManyCertificates(const Certificate& one) : der_(to_bytes(one.der())) {
    std::string_view text = as_text(der_);
    for (std::size_t at = text.find(kName); at != text.npos; at = text.find(kName, at + 1)) {
      names_.push_back(at);
    }
    auto offset = [&](ByteView part) {
      return static_cast<std::size_t>(part.data() - one.der().data());
    };
    ByteView key = one.subject_public_key_info();
    numbers_.push_back(offset(key) + key.size() / 2);
    if (auto identifier = one.subject_key_identifier()) numbers_.push_back(offset(*identifier));
    numbers_.push_back(der_.size() - kDigits);  // of the signature
  }

  static std::string address(unsigned number) { return digits(number) + "@example.org"; }

  Certificate make(unsigned number) const {
    Bytes der = der_;
    std::string name = digits(number);
    auto put = [&](std::size_t at) {
      std::copy(name.begin(), name.end(), der.begin() + static_cast<std::ptrdiff_t>(at));
    };
    for (std::size_t at : names_) put(at);
    for (std::size_t at : numbers_) put(at);
    return Certificate::parse(std::move(der)).value();
  }

 private:
  static constexpr std::string_view kName = "alice@";
  static constexpr std::size_t kDigits = 5;

  static std::string digits(unsigned number) {
    constexpr std::string_view kAll = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::string text(kDigits, '0');
    for (std::size_t i = kDigits; i-- > 0; number /= 36) text[i] = kAll[number % 36];
    return text;
  }

  Bytes der_;
  std::vector<std::size_t> names_;
  std::vector<std::size_t> numbers_;
};

}  // namespace bulla::store

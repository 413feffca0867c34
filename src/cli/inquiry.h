// An inquiry: several are asked for the certificates of an address at the same time, and nobody is
// waited for longer than the time that there is.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "host/miss_cache.h"
#include "net/directories.h"

namespace bulla::cli {

struct InquiryOptions {
  std::chrono::milliseconds time{5'000};
  host::MissCache misses;
  enum class Again { No, Yes } again = Again::No;  // Yes: what is remembered does not count
  Time now;
};

struct Attempt {
  net::DirectoryPtr whom;
  Result<store::DirectoryAnswer> answer;
  bool is_remembered = false;  // it was asked before, and not now
};

// One attempt for each, in their order. What is not there, and who does not answer, is remembered.
std::vector<Attempt> inquire(const std::vector<net::DirectoryPtr>& whom, const std::string& address,
                             const InquiryOptions& options);

}  // namespace bulla::cli

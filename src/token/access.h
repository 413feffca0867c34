// How tokens are reached.
#pragma once

#include <chrono>
#include <string>

namespace bulla::token {

struct Access {
  std::string module;                       // a file; empty: the modules that p11-kit knows
  std::chrono::milliseconds limit{10'000};  // of one call
};

}  // namespace bulla::token

// Profile: which algorithms a rule book allows, and how messages are judged by it.
//
// A profile is a file of TOML (share/profiles), made from a source that it names. Sealing
// writes nothing that it does not allow; what is opened and goes beyond it is named
// (policy.algorithm) and not valid.
//
//   auto profile = bulla::parse_profile(text_of("fips.toml"));
//   recipe.allowed = profile->send;
//   open_options.policy = profile->policy;
//
// Thread safety: a function of its arguments.
#pragma once

#include <string>
#include <string_view>

#include "bulla/policy.h"
#include "bulla/result.h"

namespace bulla {

struct Profile {
  std::string name;     // as the file is named
  std::string title;    // for a person
  std::string source;   // the rule book
  std::string version;  // of the rule book
  std::string date;     // when the file was written
  AlgorithmRules send;
  Policy policy;  // with the algorithms that are accepted
  enum class Headers { Protect, Leave } headers = Headers::Protect;  // RFC 9788
};

// Errors: config.bad with the line and what is wrong there. An unknown key is wrong, and so
// is an algorithm that nobody here knows.
[[nodiscard]] Result<Profile> parse_profile(std::string_view toml);

}  // namespace bulla

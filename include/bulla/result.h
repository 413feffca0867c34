// Result: a value, or the reason why there is none.
//
//   Result<Certificate> certificate = Certificate::parse(der);
//   if (!certificate) report(certificate.error());
//
// An Error is an inability: there is no verdict. What a verdict says of a
// message is a Finding (bulla/finding.h). Hostile input never throws;
// std::bad_alloc is the only exception that the library lets through.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

#include "bulla/rule.h"

namespace bulla {

// Why something could not be done: the rule, where in the input, and what the
// rule cannot know (a file name, a number). `detail` may hold text from the
// input; whoever prints it escapes control characters.
struct Error {
  Rule rule = Rule::Internal;
  std::uint64_t offset = 0;  // octets from the start of the input that was read
  std::string detail;
};

template <typename T>
using Result = tl::expected<T, Error>;

// Makes the failed side of any Result.
inline tl::unexpected<Error> failure(Rule rule, std::uint64_t offset = 0, std::string detail = {}) {
  return tl::unexpected<Error>(Error{rule, offset, std::move(detail)});
}

// One line for a person: text of the rule, detail, offset if it is not 0, and the
// slug in brackets. Control characters are escaped.
std::string describe(const Error& error);

}  // namespace bulla

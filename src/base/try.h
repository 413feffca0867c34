// TRY: the value of a Result, or leave the function with its error.
//
//   Header header = TRY(parse_header(text));
//
// Never in a braced initialisation after another member: g++ 12 does not destroy the members that
// are already made (tools/check_try.py finds such lines).
#pragma once

#include <utility>

#include "bulla/result.h"

#define TRY(expression)                                                        \
  ({                                                                           \
    auto try_result_ = (expression);                                           \
    if (!try_result_) return ::tl::unexpected(std::move(try_result_).error()); \
    std::move(try_result_).value();                                            \
  })

// TRY_VOID: the same for a Result<void>, as a statement.
#define TRY_VOID(expression)                                                   \
  do {                                                                         \
    auto try_result_ = (expression);                                           \
    if (!try_result_) return ::tl::unexpected(std::move(try_result_).error()); \
  } while (false)

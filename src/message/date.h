// The Date field (RFC 5322 3.3), obsolete forms included.
#pragma once

#include <optional>
#include <string_view>

#include "bulla/time.h"

namespace bulla {

// Nothing if the value is no date. Comments must have been taken out of it.
std::optional<Time> parse_date(std::string_view value);

}  // namespace bulla

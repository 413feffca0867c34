// Time: seconds since 1970-01-01 00:00:00 UTC, on the proleptic Gregorian calendar.
//
// The library never asks for the current time; whoever calls it says what time it is.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace bulla {

using Time = std::chrono::sys_seconds;

// "2026-11-24T13:10:46Z".
std::string to_iso8601(Time time);

// Reads "2026-11-24", "2026-11-24T13:10:46Z", "…T13:10:46+01:00" or "@1795525846".
// A date alone is its first second in UTC.
std::optional<Time> parse_time(std::string_view text);

// Makes a time from calendar fields; nothing if they are no date or time of day.
std::optional<Time> make_time(int year, unsigned month, unsigned day, unsigned hour,
                              unsigned minute, unsigned second);

}  // namespace bulla

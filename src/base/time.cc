#include "bulla/time.h"

#include <array>
#include <cstdio>

#include "base/text.h"

namespace bulla {

namespace chrono = std::chrono;

std::string to_iso8601(Time time) {
  auto days = chrono::floor<chrono::days>(time);
  chrono::year_month_day date(days);
  chrono::hh_mm_ss clock(time - days);
  std::array<char, 48> text{};
  int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<Time> make_time(int year, unsigned month, unsigned day, unsigned hour,
                              unsigned minute, unsigned second) {
  chrono::year_month_day date{chrono::year(year), chrono::month(month), chrono::day(day)};
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return chrono::sys_days(date) + chrono::hours(hour) + chrono::minutes(minute) +
         chrono::seconds(second);
}

namespace {

// The number in text[first, first + digits), if there are only digits.
std::optional<unsigned> digits(std::string_view text, std::size_t first, std::size_t count) {
  if (text.size() < first + count) return std::nullopt;
  unsigned value = 0;
  for (char c : text.substr(first, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

// "Z" or "+hh:mm" as seconds east of UTC.
std::optional<chrono::seconds> parse_zone(std::string_view zone) {
  if (zone == "Z" || zone == "z") return chrono::seconds(0);
  if (zone.size() != 6 || zone[3] != ':' || (zone[0] != '+' && zone[0] != '-')) return std::nullopt;
  auto hours = digits(zone, 1, 2);
  auto minutes = digits(zone, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  chrono::seconds offset = chrono::hours(*hours) + chrono::minutes(*minutes);
  return zone[0] == '-' ? -offset : offset;
}

}  // namespace

std::optional<Time> parse_time(std::string_view text) {
  if (!text.empty() && text[0] == '@') {
    auto seconds = parse_decimal(text.substr(1));
    constexpr unsigned long long kYear9999 = 253'402'300'799;
    if (!seconds || *seconds > kYear9999) return std::nullopt;
    return Time(chrono::seconds(*seconds));
  }
  auto year = digits(text, 0, 4);
  auto month = digits(text, 5, 2);
  auto day = digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') return std::nullopt;
  if (text.size() == 10) return make_time(static_cast<int>(*year), *month, *day, 0, 0, 0);
  auto hour = digits(text, 11, 2);
  auto minute = digits(text, 14, 2);
  auto second = digits(text, 17, 2);
  if (!hour || !minute || !second || text[13] != ':' || text[16] != ':') return std::nullopt;
  if (text[10] != 'T' && text[10] != 't' && text[10] != ' ') return std::nullopt;
  auto time = make_time(static_cast<int>(*year), *month, *day, *hour, *minute, *second);
  auto zone = parse_zone(text.substr(19));
  if (!time || !zone) return std::nullopt;
  return *time - *zone;
}

}  // namespace bulla

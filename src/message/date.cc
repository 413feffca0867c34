#include "message/date.h"

#include <algorithm>
#include <array>
#include <vector>

#include "base/text.h"

namespace bulla {
namespace {

std::optional<unsigned> number(std::string_view text) {
  auto value = parse_decimal(text);
  if (!value || *value > 9999) return std::nullopt;
  return static_cast<unsigned>(*value);
}

// 1 to 12.
std::optional<unsigned> month_number(std::string_view text) {
  constexpr std::array<std::string_view, 12> kNames = {"jan", "feb", "mar", "apr", "may", "jun",
                                                       "jul", "aug", "sep", "oct", "nov", "dec"};
  auto found = std::find(kNames.begin(), kNames.end(), lower(text));
  if (found == kNames.end()) return std::nullopt;
  return static_cast<unsigned>(found - kNames.begin()) + 1;
}

// Two digits are 1950 to 2049, three count from 1900 (RFC 5322 4.3).
std::optional<int> year_number(std::string_view text) {
  auto value = number(text);
  if (!value || text.size() < 2) return std::nullopt;
  if (text.size() == 2) return static_cast<int>(*value + (*value < 50 ? 2000 : 1900));
  return static_cast<int>(text.size() == 3 ? *value + 1900 : *value);
}

// "+0100", or a name of RFC 5322 4.3; unknown names are UTC.
std::chrono::seconds zone_offset(std::string_view text) {
  struct Zone {
    std::string_view name;
    int hours;
  };
  constexpr std::array<Zone, 8> kZones = {Zone{"EST", -5}, {"EDT", -4}, {"CST", -6}, {"CDT", -5},
                                          {"MST", -7},     {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
  for (const Zone& zone : kZones) {
    if (zone.name == text) return std::chrono::hours(zone.hours);
  }
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::chrono::seconds(0);
  auto digits = number(text.substr(1));
  if (!digits) return std::chrono::seconds(0);
  auto offset = std::chrono::hours(*digits / 100) + std::chrono::minutes(*digits % 100);
  return text[0] == '-' ? -std::chrono::seconds(offset) : std::chrono::seconds(offset);
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> result;
  while (!(text = trim(text)).empty()) {
    std::size_t end = std::min(text.find_first_of(" \t\r\n,"), text.size());
    if (end > 0) result.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

}  // namespace

// date-time = [ day-of-week "," ] day month year hour ":" minute [ ":" second ] zone
std::optional<Time> parse_date(std::string_view value) {
  std::vector<std::string_view> all = words(value);
  if (!all.empty() && !number(all[0])) all.erase(all.begin());
  if (all.size() < 4) return std::nullopt;
  auto day = number(all[0]);
  auto month = month_number(all[1]);
  auto year = year_number(all[2]);
  std::vector<std::string_view> clock = split(all[3], ':');
  if (!day || !month || !year || clock.size() < 2 || clock.size() > 3) return std::nullopt;
  auto hour = number(clock[0]);
  auto minute = number(clock[1]);
  auto second = clock.size() == 3 ? number(clock[2]) : 0u;
  if (!hour || !minute || !second) return std::nullopt;
  auto time = make_time(*year, *month, *day, *hour, *minute, std::min(*second, 59u));
  if (!time) return std::nullopt;
  return *time - (all.size() > 4 ? zone_offset(all[4]) : std::chrono::seconds(0));
}

}  // namespace bulla

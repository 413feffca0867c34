#include "message/hcp.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"
#include "message/date.h"
#include "mime/address.h"
#include "mime/words.h"

namespace bulla {
namespace {

bool is_any(const mime::Field& field, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view name) { return field.is(name); });
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

// The addresses without display names, or nothing if they cannot be read for sure.
std::optional<std::string> bare_addresses(std::string_view value) {
  mime::AddressList list = mime::parse_address_list(value);
  if (list.ambiguous || list.mailboxes.empty()) return std::nullopt;
  std::string result;
  for (const mime::Mailbox& mailbox : list.mailboxes) {
    // An address past ASCII is not shortened: an encoded word may not stand in it.
    if (!is_ascii(mailbox.addr_spec)) return std::nullopt;
    if (!result.empty()) result += ", ";
    result += mailbox.addr_spec;
  }
  return result;
}

// date-time in UTC: the local time zone tells where the sender is.
std::optional<std::string> utc_date(std::string_view value) {
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  std::optional<Time> time = parse_date(value);
  if (!time) return std::nullopt;
  auto day = std::chrono::floor<std::chrono::days>(*time);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss<std::chrono::seconds> clock(*time - day);
  std::array<char, 64> text{};
  int size = std::snprintf(
      text.data(), text.size(), "%s, %02u %s %04d %02d:%02d:%02d +0000",
      kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
      kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  return std::string(text.data(), static_cast<std::size_t>(size));
}

// hcp_baseline (RFC 9788 3.2.1, HP-15): what is used where nobody chooses (HP-17, HP-18).
std::optional<std::string> apply_baseline(const mime::Field& field) {
  if (field.is("Subject")) return mime::write_field(field.name, "[...]");
  if (is_any(field, {"Comments", "Keywords"})) return std::nullopt;
  return canonical_line(field);
}

// hcp_shy (RFC 9788 3.2.2, HP-16): the baseline, addresses alone (so that From keeps its own,
// HP-14), and UTC.
std::optional<std::string> apply_shy(const mime::Field& field) {
  std::optional<std::string> value;
  if (is_any(field, {"From", "To", "Cc"})) value = bare_addresses(field.value);
  if (field.is("Date")) value = utc_date(field.value);
  return value ? mime::write_field(field.name, *value) : apply_baseline(field);
}

}  // namespace

std::optional<std::string> apply_hcp(HeaderConfidentiality policy, const mime::Field& field) {
  switch (policy) {
    case HeaderConfidentiality::Baseline:
      return apply_baseline(field);
    case HeaderConfidentiality::Shy:
      return apply_shy(field);
    case HeaderConfidentiality::None:
      break;
  }
  return canonical_line(field);
}

std::string canonical_line(const mime::Field& field) {
  std::string result;
  std::string_view rest = field.raw;
  while (!rest.empty()) {
    std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    result += line;
    result += "\r\n";
  }
  return result;
}

}  // namespace bulla

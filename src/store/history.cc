#include "store/history.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "crypto/digest.h"

namespace bulla::store {
namespace {

// A detail names a file or a mail; more of it than this tells nobody anything.
constexpr std::size_t kMaxDetail = 1'000;
constexpr std::size_t kMaxLines = 100;

Entry read_entry(const Row& row) {
  return {.number = row.integer(0),
          .at = time_of(row, 1),
          .action = std::string(row.text(2)),
          .kind = std::string(row.text(3)),
          .about = to_bytes(row.bytes(4)),
          .state = to_bytes(row.bytes(5)),
          .detail = std::string(row.text(6)),
          .previous = to_bytes(row.bytes(7)),
          .hash = to_bytes(row.bytes(8))};
}

Result<Bytes> hash_of(const Entry& entry) {
  return Fields()
      .add(entry.previous)
      .add(entry.number)
      .add(std::optional<Time>(entry.at))
      .add(entry.action)
      .add(entry.kind)
      .add(entry.about)
      .add(entry.state)
      .add(entry.detail)
      .hash();
}

// Where the last character ends that kMaxDetail leaves whole. REQUIRES: a longer text, in UTF-8.
std::size_t whole_characters(std::string_view text) {
  std::size_t end = kMaxDetail;
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return end;
}

void add_number(Bytes& to, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to.push_back(static_cast<std::uint8_t>(number >> shift));
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::Certificate:
      return "certificate";
    case Kind::Key:
      return "key";
    case Kind::Trust:
      return "trust";
    case Kind::Capabilities:
      return "capabilities";
    case Kind::Authority:
      return "authority";
    case Kind::Issued:
      return "issued";
  }
  return "";
}

Fields& Fields::add(ByteView bytes) {
  add_number(octets_, bytes.size());
  append(octets_, bytes);
  return *this;
}

Fields& Fields::add(std::int64_t number) {
  add_number(octets_, static_cast<std::uint64_t>(number));
  return *this;
}

Fields& Fields::add(std::optional<Time> time) {
  octets_.push_back(time ? 1 : 0);
  return time ? add(std::int64_t{time->time_since_epoch().count()}) : *this;
}

Result<Bytes> Fields::hash() const { return crypto::hash(Digest::Sha256, octets_); }

Time time_of(const Row& row, int column) { return Time(std::chrono::seconds(row.integer(column))); }

std::optional<Time> optional_time_of(const Row& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return time_of(row, column);
}

Value value_of(std::optional<Time> time) {
  if (!time) return std::monostate();
  return std::int64_t{time->time_since_epoch().count()};
}

Result<std::int64_t> count_rows(Database& database, std::string_view sql) {
  std::int64_t count = 0;
  TRY_VOID(database.run(sql, {}, [&](const Row& row) -> Result<void> {
    count = row.integer(0);
    return {};
  }));
  return count;
}

void Faults::add(ByteView about, std::string_view what) {
  add(std::string(name(kind_)) + " " + to_hex(about) + " " + std::string(what));
}

void Faults::add(std::string line) {
  if (lines_.size() < kMaxLines) lines_.push_back(std::move(line));
}

Result<void> History::append(std::string_view action, Kind kind, ByteView about, Bytes state,
                             const Provenance& from) {
  Entry last = TRY(head());
  Entry entry{.number = last.number + 1,
              .at = from.at,
              .action = std::string(action),
              .kind = std::string(name(kind)),
              .about = to_bytes(about),
              .state = std::move(state),
              .detail = printable(from.source),
              .previous = std::move(last.hash),
              .hash = {}};
  if (entry.detail.size() > kMaxDetail) entry.detail.resize(whole_characters(entry.detail));
  entry.hash = TRY(hash_of(entry));
  return database_.run(
      "INSERT INTO history (number, at, action, kind, about, state, detail, previous, hash)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
      {entry.number, std::int64_t{entry.at.time_since_epoch().count()},
       std::string_view(entry.action), std::string_view(entry.kind), ByteView(entry.about),
       ByteView(entry.state), std::string_view(entry.detail), ByteView(entry.previous),
       ByteView(entry.hash)});
}

Result<std::vector<Entry>> History::about(Kind kind, ByteView key) const {
  std::vector<Entry> entries;
  TRY_VOID(database_.run(
      "SELECT number, at, action, kind, about, state, detail, previous, hash FROM history"
      " WHERE kind = $1 AND about = $2 ORDER BY number DESC LIMIT 1000",
      {name(kind), key}, [&](const Row& row) -> Result<void> {
        entries.push_back(read_entry(row));
        return {};
      }));
  std::reverse(entries.begin(), entries.end());
  return entries;
}

Result<Entry> History::head() const {
  Entry last;
  TRY_VOID(database_.run(
      "SELECT number, at, action, kind, about, state, detail, previous, hash FROM history"
      " ORDER BY number DESC LIMIT 1",
      {}, [&](const Row& row) -> Result<void> {
        last = read_entry(row);
        return {};
      }));
  return last;
}

Result<Bytes> History::state(Kind kind, ByteView key) const {
  Bytes state;
  TRY_VOID(database_.run(
      "SELECT state FROM history WHERE kind = $1 AND about = $2 ORDER BY number DESC LIMIT 1",
      {name(kind), key}, [&](const Row& row) -> Result<void> {
        state = to_bytes(row.bytes(0));
        return {};
      }));
  return state;
}

Result<void> History::find_breaks(std::vector<std::string>& lines) const {
  std::int64_t number = 0;
  Bytes previous;
  auto check = [&](const Row& row) -> Result<void> {
    Entry entry = read_entry(row);
    bool fits = entry.number == number + 1 && entry.previous == previous;
    bool is_own = entry.hash == TRY(hash_of(entry));
    if ((!fits || !is_own) && lines.size() < kMaxLines) {
      lines.push_back("entry " + std::to_string(entry.number) + " of the history " +
                      (is_own ? "does not follow the one before it" : "was changed"));
    }
    number = entry.number;
    previous = std::move(entry.hash);
    return {};
  };
  return database_.run(
      "SELECT number, at, action, kind, about, state, detail, previous, hash FROM history"
      " ORDER BY number",
      {}, check);
}

}  // namespace bulla::store

// History: every change of the store, in an order that nobody can change unseen.
//
// Each entry holds the hash of the one before it, and its own is over that and all it says.
// It also holds what the row that it is about became, so that a row which something else
// changed does not fit its last entry. What the chain cannot show is that entries at its end
// were cut off together with their rows: whoever wants that too keeps the head of a day.
#pragma once

#include <optional>

#include "bulla/time.h"
#include "store/database.h"

namespace bulla::store {

// The tables, as "kind" of an entry.
enum class Kind { Certificate, Key, Trust, Capabilities, Authority, Issued };
std::string_view name(Kind kind);

struct Entry {
  std::int64_t number = 0;
  Time at;
  std::string action;  // "imported", "trusted"
  std::string kind;
  Bytes about;         // the row's key
  Bytes state;         // SHA-256 of the row, empty if it is gone
  std::string detail;  // "from alice.p12"
  Bytes previous;
  Bytes hash;
};

// Where something came from, for its history.
struct Provenance {
  Time at;
  std::string source;  // "from alice.p12"
};

// What a check of the store finds, a line each, and not more than a person reads.
class Faults {
 public:
  explicit Faults(Kind kind) : kind_(kind) {}
  void add(ByteView about, std::string_view what);
  void add(std::string line);
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  Kind kind_;
  std::vector<std::string> lines_;
};

// Fields of a row, one after another with their lengths, for the hash of its state.
class Fields {
 public:
  Fields& add(ByteView bytes);
  Fields& add(std::string_view text) { return add(as_bytes(text)); }
  Fields& add(std::int64_t number);
  Fields& add(std::optional<Time> time);
  Result<Bytes> hash() const;

 private:
  Bytes octets_;
};

// The time in a column.
Time time_of(const Row& row, int column);
std::optional<Time> optional_time_of(const Row& row, int column);
Value value_of(std::optional<Time> time);

Result<std::int64_t> count_rows(Database& database, std::string_view sql);

class History {
 public:
  explicit History(Database& database) : database_(database) {}

  // A row became this; an empty state says that it is gone. REQUIRES: a Transaction.
  [[nodiscard]] Result<void> append(std::string_view action, Kind kind, ByteView about, Bytes state,
                                    const Provenance& from);

  // Of one thing, oldest first, the newest thousand at most.
  Result<std::vector<Entry>> about(Kind kind, ByteView key) const;

  // What the last entry about a thing says that it is; empty if it is gone or never was.
  Result<Bytes> state(Kind kind, ByteView key) const;

  // The last entry; number 0 if there is none.
  Result<Entry> head() const;

  // Walks the whole chain.
  [[nodiscard]] Result<void> find_breaks(std::vector<std::string>& lines) const;

 private:
  Database& database_;
};

}  // namespace bulla::store

#include "store/trust_table.h"

#include "base/try.h"

namespace bulla::store {
namespace {

// From the column `first` on: decision, since and until.
Trust read_trust(const Row& row, int first) {
  return {.decision =
              row.text(first) == "trusted" ? Trust::Decision::Trusted : Trust::Decision::Distrusted,
          .since = optional_time_of(row, first + 1),
          .until = optional_time_of(row, first + 2)};
}

Result<Bytes> state_of(ByteView sha256, const Trust& trust) {
  return Fields().add(sha256).add(name(trust.decision)).add(trust.since).add(trust.until).hash();
}

}  // namespace

std::string_view name(Trust::Decision decision) {
  return decision == Trust::Decision::Trusted ? "trusted" : "distrusted";
}

bool Trust::counts_at(Time at) const {
  return decision == Decision::Trusted && (!since || *since <= at) && (!until || at <= *until);
}

Result<void> TrustTable::put(const Certificate& root, const Trust& trust, const Provenance& from) {
  TRY_VOID(database_.run("DELETE FROM trust WHERE sha256 = $1", {root.sha256()}));
  TRY_VOID(
      database_.run("INSERT INTO trust (sha256, decision, purpose, since, until, added)"
                    " VALUES ($1, $2, 'mail', $3, $4, $5)",
                    {root.sha256(), name(trust.decision), value_of(trust.since),
                     value_of(trust.until), std::int64_t{from.at.time_since_epoch().count()}}));
  Bytes state = TRY(state_of(root.sha256(), trust));
  return history_.append(name(trust.decision), Kind::Trust, root.sha256(), std::move(state), from);
}

Result<void> TrustTable::remove(const Certificate& root, const Provenance& from) {
  TRY_VOID(database_.run("DELETE FROM trust WHERE sha256 = $1", {root.sha256()}));
  if (database_.changed() == 0) return {};
  return history_.append("removed", Kind::Trust, root.sha256(), {}, from);
}

Result<std::optional<Trust>> TrustTable::find(ByteView sha256) const {
  std::optional<Trust> found;
  TRY_VOID(database_.run("SELECT decision, since, until FROM trust WHERE sha256 = $1", {sha256},
                         [&](const Row& row) -> Result<void> {
                           found = read_trust(row, 0);
                           return {};
                         }));
  return found;
}

Result<std::vector<TrustRow>> TrustTable::list() const {
  std::vector<TrustRow> rows;
  TRY_VOID(database_.run(
      "SELECT c.der, t.decision, t.since, t.until FROM trust t"
      " JOIN certificates c ON c.sha256 = t.sha256 ORDER BY t.added DESC, t.sha256",
      {}, [&](const Row& row) -> Result<void> {
        auto certificate = Certificate::parse(to_bytes(row.bytes(0)));
        if (!certificate) return failure(Rule::StoreDamaged, 0, "a root that cannot be read");
        rows.push_back({.certificate = std::move(*certificate), .trust = read_trust(row, 1)});
        return {};
      }));
  return rows;
}

Result<void> TrustTable::find_faults(Faults& faults) const {
  std::vector<std::pair<Bytes, Bytes>> states;
  auto take = [&](const Row& row) -> Result<void> {
    Bytes state = TRY(state_of(row.bytes(0), read_trust(row, 1)));
    states.emplace_back(to_bytes(row.bytes(0)), std::move(state));
    return {};
  };
  TRY_VOID(database_.run("SELECT sha256, decision, since, until FROM trust", {}, take));
  for (const auto& [sha256, state] : states) {
    Bytes recorded = TRY(history_.state(Kind::Trust, sha256));
    if (state != recorded) faults.add(sha256, "is not what the history says");
  }
  return {};
}

}  // namespace bulla::store

#include "base/try.h"
#include "store/store.h"

namespace bulla::store {
namespace {

// Rows that the history knows of and that are gone. A row that is there and that the history
// does not know has another state than its (absent) last entry, which each table finds.
Result<void> find_missing(Database& database, std::string_view sql, Faults& faults) {
  return database.run(sql, {}, [&](const Row& row) -> Result<void> {
    faults.add(row.bytes(0), "is gone, and the history does not say so");
    return {};
  });
}

Result<void> find_orphans(Database& database, Faults& faults) {
  return database.run(
      "SELECT DISTINCT a.sha256 FROM addresses a"
      " WHERE NOT EXISTS (SELECT 1 FROM certificates c WHERE c.sha256 = a.sha256) LIMIT 100",
      {}, [&](const Row& row) -> Result<void> {
        faults.add(row.bytes(0), "has addresses, and is not there");
        return {};
      });
}

constexpr std::string_view kMissingCertificates =
    "SELECT h.about FROM history h WHERE h.kind = 'certificate' AND length(h.state) > 0"
    " AND NOT EXISTS (SELECT 1 FROM certificates r WHERE r.sha256 = h.about)"
    " AND NOT EXISTS (SELECT 1 FROM history n WHERE n.kind = h.kind AND n.about = h.about"
    "  AND n.number > h.number) LIMIT 100";
constexpr std::string_view kMissingKeys =
    "SELECT h.about FROM history h WHERE h.kind = 'key' AND length(h.state) > 0"
    " AND NOT EXISTS (SELECT 1 FROM keys r WHERE r.spki = h.about)"
    " AND NOT EXISTS (SELECT 1 FROM history n WHERE n.kind = h.kind AND n.about = h.about"
    "  AND n.number > h.number) LIMIT 100";
constexpr std::string_view kMissingTrust =
    "SELECT h.about FROM history h WHERE h.kind = 'trust' AND length(h.state) > 0"
    " AND NOT EXISTS (SELECT 1 FROM trust r WHERE r.sha256 = h.about)"
    " AND NOT EXISTS (SELECT 1 FROM history n WHERE n.kind = h.kind AND n.about = h.about"
    "  AND n.number > h.number) LIMIT 100";

constexpr std::string_view kMissingAuthorities =
    "SELECT h.about FROM history h WHERE h.kind = 'authority' AND length(h.state) > 0"
    " AND NOT EXISTS (SELECT 1 FROM authorities r WHERE r.sha256 = h.about)"
    " AND NOT EXISTS (SELECT 1 FROM history n WHERE n.kind = h.kind AND n.about = h.about"
    "  AND n.number > h.number) LIMIT 100";
constexpr std::string_view kMissingIssued =
    "SELECT h.about FROM history h WHERE h.kind = 'issued' AND length(h.state) > 0"
    " AND NOT EXISTS (SELECT 1 FROM issued r WHERE r.sha256 = h.about)"
    " AND NOT EXISTS (SELECT 1 FROM history n WHERE n.kind = h.kind AND n.about = h.about"
    "  AND n.number > h.number) LIMIT 100";

void move_lines(const Faults& faults, std::vector<std::string>& lines) {
  lines.insert(lines.end(), faults.lines().begin(), faults.lines().end());
}

}  // namespace

// While others write, row and history are read as they were at one time.
Result<std::vector<std::string>> Store::check() const {
  Transaction reading = TRY(Transaction::begin(*database_, Access::Read));
  // What the engine cannot read need not be read again.
  std::vector<std::string> lines = TRY(database_->find_damage());
  if (!lines.empty()) return lines;
  TRY_VOID(history_.find_breaks(lines));
  Faults certificates(Kind::Certificate);
  TRY_VOID(certificates_.find_faults(certificates));
  TRY_VOID(find_missing(*database_, kMissingCertificates, certificates));
  TRY_VOID(find_orphans(*database_, certificates));
  Faults keys(Kind::Key);
  TRY_VOID(keys_.find_faults(keys));
  TRY_VOID(find_missing(*database_, kMissingKeys, keys));
  Faults trust(Kind::Trust);
  TRY_VOID(trust_.find_faults(trust));
  TRY_VOID(find_missing(*database_, kMissingTrust, trust));
  Faults capabilities(Kind::Capabilities);
  TRY_VOID(capabilities_.find_faults(capabilities));
  Faults authorities(Kind::Authority);
  Faults issued(Kind::Issued);
  TRY_VOID(authorities_.find_faults(authorities, issued));
  TRY_VOID(find_missing(*database_, kMissingAuthorities, authorities));
  TRY_VOID(find_missing(*database_, kMissingIssued, issued));
  for (const Faults* faults :
       {&certificates, &keys, &trust, &capabilities, &authorities, &issued}) {
    move_lines(*faults, lines);
  }
  return lines;
}

}  // namespace bulla::store

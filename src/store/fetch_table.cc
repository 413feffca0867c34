#include "store/fetch_table.h"

#include "base/try.h"
#include "store/certificate_table.h"

namespace bulla::store {
namespace {

// Of one name: a CA has a list or two, and some partitions.
constexpr std::int64_t kMaxFound = 10;

std::string_view name_of(Fetched::Kind kind) {
  switch (kind) {
    case Fetched::Kind::Issuer:
      return "issuer";
    case Fetched::Kind::List:
      return "list";
    case Fetched::Kind::Answer:
      return "answer";
  }
  return "";
}

std::int64_t seconds(Time time) { return std::int64_t{time.time_since_epoch().count()}; }

}  // namespace

Result<void> FetchTable::keep(const Fetched& fetched, Time at) {
  if (!fetched.next_update) return {};
  Bytes key = TRY(name_key(fetched.name));
  TRY_VOID(database_.run("DELETE FROM fetched WHERE until < $1", {seconds(at)}));
  return database_.run(
      "INSERT INTO fetched (kind, name_key, serial, url, der, until, added)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7)"
      " ON CONFLICT (kind, name_key, serial, url) DO UPDATE SET"
      " der = excluded.der, until = excluded.until, added = excluded.added",
      {name_of(fetched.kind), ByteView(key), ByteView(fetched.serial_number),
       std::string_view(fetched.url), ByteView(fetched.der), seconds(*fetched.next_update),
       seconds(at)});
}

Result<std::vector<Bytes>> FetchTable::find(Fetched::Kind kind, ByteView name,
                                            ByteView serial) const {
  Bytes key = TRY(name_key(name));
  std::vector<Bytes> found;
  auto take = [&](const Row& row) -> Result<void> {
    found.push_back(to_bytes(row.bytes(0)));
    return {};
  };
  TRY_VOID(
      database_.run("SELECT der FROM fetched WHERE kind = $1 AND name_key = $2 AND serial = $3"
                    " ORDER BY added DESC, url LIMIT $4",
                    {name_of(kind), ByteView(key), serial, kMaxFound}, take));
  return found;
}

Result<void> FetchTable::keep_failure(const std::string& url, const std::string& why, Time until) {
  return database_.run(
      "INSERT INTO fetch_failures (url, why, until) VALUES ($1, $2, $3)"
      " ON CONFLICT (url) DO UPDATE SET why = excluded.why, until = excluded.until",
      {std::string_view(url), std::string_view(why), seconds(until)});
}

Result<std::optional<std::string>> FetchTable::find_failure(const std::string& url, Time at) const {
  std::optional<std::string> why;
  TRY_VOID(database_.run("DELETE FROM fetch_failures WHERE until < $1", {seconds(at)}));
  TRY_VOID(database_.run("SELECT why FROM fetch_failures WHERE url = $1", {std::string_view(url)},
                         [&](const Row& row) -> Result<void> {
                           why = std::string(row.text(0));
                           return {};
                         }));
  return why;
}

}  // namespace bulla::store

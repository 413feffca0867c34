#include "store/capability_table.h"

#include "base/try.h"
#include "x509/address_match.h"

namespace bulla::store {
namespace {

// Lists have some twenty entries of ten octets.
constexpr std::size_t kMaxBytes = 16u << 10;

std::string cipher_name(const Capabilities& stated) {
  return stated.last_cipher ? std::string(name(*stated.last_cipher)) : std::string();
}

Result<Bytes> state_of(std::string_view address, const Capabilities& stated) {
  return Fields()
      .add(address)
      .add(stated.der)
      .add(stated.stated_at)
      .add(cipher_name(stated))
      .hash();
}

// From the column `first` on: der, stated_at and last_cipher. Mail alone is kept.
Capabilities read_capabilities(const Row& row, int first) {
  return {.der = to_bytes(row.bytes(first)),
          .source = Capabilities::Source::SignedMail,
          .stated_at = optional_time_of(row, first + 1),
          .last_cipher = find_content_cipher(row.text(first + 2))};
}

}  // namespace

Result<bool> CapabilityTable::put(std::string_view address, const Capabilities& stated,
                                  ByteView signer, const Provenance& from) {
  auto filed = x509::filing_name(address);
  if (!filed || stated.der.size() > kMaxBytes) return false;
  auto known = TRY(find(address));
  if (known && !supersedes(stated, *known)) return false;
  std::string cipher = cipher_name(stated);
  TRY_VOID(
      database_.run("DELETE FROM capabilities WHERE address = $1", {std::string_view(*filed)}));
  TRY_VOID(database_.run(
      "INSERT INTO capabilities (address, der, stated_at, last_cipher, sha256, added)"
      " VALUES ($1, $2, $3, $4, $5, $6)",
      {std::string_view(*filed), ByteView(stated.der), value_of(stated.stated_at),
       std::string_view(cipher), signer, std::int64_t{from.at.time_since_epoch().count()}}));
  Bytes state = TRY(state_of(*filed, stated));
  TRY_VOID(history_.append("learnt", Kind::Capabilities, as_bytes(*filed), std::move(state), from));
  return true;
}

Result<std::optional<Capabilities>> CapabilityTable::find(std::string_view address) const {
  std::optional<Capabilities> found;
  auto filed = x509::filing_name(address);
  if (!filed) return found;
  TRY_VOID(database_.run("SELECT der, stated_at, last_cipher FROM capabilities WHERE address = $1",
                         {std::string_view(*filed)}, [&](const Row& row) -> Result<void> {
                           found = read_capabilities(row, 0);
                           return {};
                         }));
  return found;
}

Result<void> CapabilityTable::each(
    const std::function<Result<void>(const Statement&)>& take) const {
  return database_.run(
      "SELECT address, der, stated_at, last_cipher, sha256 FROM capabilities ORDER BY address", {},
      [&](const Row& row) -> Result<void> {
        return take({.address = std::string(row.text(0)),
                     .stated = read_capabilities(row, 1),
                     .signer = to_bytes(row.bytes(4))});
      });
}

Result<std::int64_t> CapabilityTable::count() const {
  return count_rows(database_, "SELECT count(*) FROM capabilities");
}

Result<void> CapabilityTable::find_faults(Faults& faults) const {
  std::string last;
  for (;;) {
    std::vector<std::pair<std::string, Bytes>> states;
    auto take = [&](const Row& row) -> Result<void> {
      Bytes state = TRY(state_of(row.text(0), read_capabilities(row, 1)));
      states.emplace_back(row.text(0), std::move(state));
      return {};
    };
    TRY_VOID(database_.run(
        "SELECT address, der, stated_at, last_cipher FROM capabilities WHERE address > $1"
        " ORDER BY address LIMIT 1000",
        {std::string_view(last)}, take));
    for (const auto& [address, state] : states) {
      Bytes recorded = TRY(history_.state(Kind::Capabilities, as_bytes(address)));
      if (state != recorded)
        faults.add("capabilities of " + address + " are not what the history says");
    }
    if (states.empty()) return {};
    last = states.back().first;
  }
}

}  // namespace bulla::store

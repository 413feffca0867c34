#include "store/copy.h"

#include <array>

#include "base/try.h"
#include "store/history.h"
#include "store/schema.h"
#include "store/sqlite.h"

namespace bulla::store {
namespace {

struct Table {
  std::string_view columns;  // of each its type: b(ytes), n(umber), t(ext)
  std::string_view select;
  std::string_view insert;
};

// In this order each row finds what it refers to.
constexpr std::array kTables = {
    Table{"bbtbbbbbtnntn",
          "SELECT sha256, der, subject, subject_key, issuer_key, serial, key_identifier, spki,"
          " key_kind, not_before, not_after, standing, added FROM certificates ORDER BY sha256",
          "INSERT INTO certificates (sha256, der, subject, subject_key, issuer_key, serial,"
          " key_identifier, spki, key_kind, not_before, not_after, standing, added)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"},
    Table{"tb", "SELECT address, sha256 FROM addresses ORDER BY address, sha256",
          "INSERT INTO addresses (address, sha256) VALUES ($1, $2)"},
    Table{"bbtbn", "SELECT spki, public_key, form, value, added FROM keys ORDER BY spki",
          "INSERT INTO keys (spki, public_key, form, value, added) VALUES ($1, $2, $3, $4, $5)"},
    Table{"bttnnn",
          "SELECT sha256, decision, purpose, since, until, added FROM trust ORDER BY sha256",
          "INSERT INTO trust (sha256, decision, purpose, since, until, added)"
          " VALUES ($1, $2, $3, $4, $5, $6)"},
    Table{"tbntbn",
          "SELECT address, der, stated_at, last_cipher, sha256, added FROM capabilities"
          " ORDER BY address",
          "INSERT INTO capabilities (address, der, stated_at, last_cipher, sha256, added)"
          " VALUES ($1, $2, $3, $4, $5, $6)"},
    Table{"bbtttn",
          "SELECT sha256, der, crl_url, ocsp_url, issuer_url, added FROM authorities"
          " ORDER BY sha256",
          "INSERT INTO authorities (sha256, der, crl_url, ocsp_url, issuer_url, added)"
          " VALUES ($1, $2, $3, $4, $5, $6)"},
    Table{"bbbttnnnn",
          "SELECT authority, serial, sha256, subject, addresses, not_after, revoked_at, reason,"
          " added FROM issued ORDER BY authority, serial",
          "INSERT INTO issued (authority, serial, sha256, subject, addresses, not_after,"
          " revoked_at, reason, added) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"},
    Table{"nnttbbtbb",
          "SELECT number, at, action, kind, about, state, detail, previous, hash FROM history"
          " ORDER BY number",
          "INSERT INTO history (number, at, action, kind, about, state, detail, previous, hash)"
          " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"},
};

Value value_of(const Row& row, int column, char type) {
  if (row.is_null(column)) return std::monostate();
  if (type == 'n') return row.integer(column);
  if (type == 't') return row.text(column);
  return row.bytes(column);
}

Result<void> copy_table(const Table& table, Database& from, Database& to) {
  std::vector<Value> values(table.columns.size());
  return from.run(table.select, {}, [&](const Row& row) -> Result<void> {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = value_of(row, static_cast<int>(i), table.columns[i]);
    }
    return to.run_with(table.insert, values, {});
  });
}

}  // namespace

Result<void> copy_store(Database& from, Database& to) {
  TRY_VOID(prepare_schema(to));
  Transaction reading = TRY(Transaction::begin(from, Access::Read));
  Transaction writing = TRY(Transaction::begin(to));
  if (TRY(count_rows(to, "SELECT count(*) FROM history")) != 0) {
    return failure(Rule::IoCannotCreate, 0, to.name() + ": there is something in this store");
  }
  for (const Table& table : kTables) TRY_VOID(copy_table(table, from, to));
  return writing.commit();
}

Result<void> back_up_to_sqlite(Database& from, const std::string& path) {
  std::unique_ptr<Database> to = TRY(create_sqlite(path));
  auto done = copy_store(from, *to);
  to.reset();
  if (!done) remove_sqlite(path);
  return done;
}

}  // namespace bulla::store

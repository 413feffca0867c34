#include "store/schema.h"

#include <array>
#include <string>

#include "base/try.h"

namespace bulla::store {
namespace {

// Octets are BYTEA and numbers BIGINT, as PostgreSQL has them; SQLite takes any name. Times are
// seconds since 1970. Names of certificates (subject_key, issuer_key) are the SHA-256 of their
// comparison key, so that an index finds equal names however they are written.
constexpr std::array<std::string_view, 12> kVersion1 = {
    "CREATE TABLE certificates ("
    " sha256 BYTEA NOT NULL PRIMARY KEY,"
    " der BYTEA NOT NULL,"
    " subject TEXT NOT NULL,"
    " subject_key BYTEA NOT NULL,"
    " issuer_key BYTEA NOT NULL,"
    " serial BYTEA NOT NULL,"
    " key_identifier BYTEA NOT NULL,"
    " spki BYTEA NOT NULL,"
    " key_kind TEXT NOT NULL,"
    " not_before BIGINT NOT NULL,"
    " not_after BIGINT NOT NULL,"
    " standing TEXT NOT NULL CHECK (standing IN ('used', 'held')),"
    " added BIGINT NOT NULL)",
    "CREATE INDEX certificates_subject ON certificates (subject_key)",
    "CREATE INDEX certificates_issuer ON certificates (issuer_key, serial)",
    "CREATE INDEX certificates_key_identifier ON certificates (key_identifier)",
    "CREATE INDEX certificates_spki ON certificates (spki)",

    "CREATE TABLE addresses ("
    " address TEXT NOT NULL,"
    " sha256 BYTEA NOT NULL REFERENCES certificates (sha256) ON DELETE CASCADE,"
    " PRIMARY KEY (address, sha256))",
    "CREATE INDEX addresses_certificate ON addresses (sha256)",

    // `spki` is the SHA-256 of `public_key`, a SubjectPublicKeyInfo. `value` is an
    // EncryptedPrivateKeyInfo or a PrivateKeyInfo, as the form says.
    "CREATE TABLE keys ("
    " spki BYTEA NOT NULL PRIMARY KEY,"
    " public_key BYTEA NOT NULL,"
    " form TEXT NOT NULL,"
    " value BYTEA NOT NULL,"
    " added BIGINT NOT NULL)",

    "CREATE TABLE trust ("
    " sha256 BYTEA NOT NULL PRIMARY KEY REFERENCES certificates (sha256),"
    " decision TEXT NOT NULL CHECK (decision IN ('trusted', 'distrusted')),"
    " purpose TEXT NOT NULL CHECK (purpose = 'mail'),"
    " since BIGINT,"
    " until BIGINT,"
    " added BIGINT NOT NULL)",

    "CREATE TABLE capabilities ("
    " address TEXT NOT NULL PRIMARY KEY,"
    " der BYTEA NOT NULL,"
    " stated_at BIGINT,"
    " last_cipher TEXT,"
    " sha256 BYTEA NOT NULL,"  // the signer's certificate
    " added BIGINT NOT NULL)",

    "CREATE TABLE history ("
    " number BIGINT NOT NULL PRIMARY KEY,"
    " at BIGINT NOT NULL,"
    " action TEXT NOT NULL,"
    " kind TEXT NOT NULL,"
    " about BYTEA NOT NULL,"
    " state BYTEA NOT NULL,"  // what the row is now; empty if it is gone
    " detail TEXT NOT NULL,"
    " previous BYTEA NOT NULL,"
    " hash BYTEA NOT NULL)",
    "CREATE INDEX history_about ON history (kind, about, number)",
};

Result<void> make_version_1(Database& database) {
  for (std::string_view statement : kVersion1) TRY_VOID(database.define(statement));
  return database.keep_rows("history");
}

// What was fetched: a cache, and no part of the history. `name_key` as subject_key above.
constexpr std::array<std::string_view, 2> kVersion2 = {
    "CREATE TABLE fetched ("
    " kind TEXT NOT NULL CHECK (kind IN ('issuer', 'list', 'answer')),"
    " name_key BYTEA NOT NULL,"
    " serial BYTEA NOT NULL,"
    " url TEXT NOT NULL,"
    " der BYTEA NOT NULL,"
    " until BIGINT NOT NULL,"
    " added BIGINT NOT NULL,"
    " PRIMARY KEY (kind, name_key, serial, url))",
    "CREATE TABLE fetch_failures ("
    " url TEXT NOT NULL PRIMARY KEY,"
    " why TEXT NOT NULL,"
    " until BIGINT NOT NULL)",
};

Result<void> make_version_2(Database& database) {
  for (std::string_view statement : kVersion2) TRY_VOID(database.define(statement));
  return {};
}

// The CAs that issue from here, and what they issued. Neither refers to `certificates`, whose rows
// may be removed.
constexpr std::array<std::string_view, 2> kVersion3 = {
    "CREATE TABLE authorities ("
    " sha256 BYTEA NOT NULL PRIMARY KEY,"
    " der BYTEA NOT NULL,"
    " crl_url TEXT NOT NULL,"
    " ocsp_url TEXT NOT NULL,"
    " issuer_url TEXT NOT NULL,"
    " added BIGINT NOT NULL)",
    "CREATE TABLE issued ("
    " authority BYTEA NOT NULL REFERENCES authorities (sha256),"
    " serial BYTEA NOT NULL,"
    " sha256 BYTEA NOT NULL,"
    " subject TEXT NOT NULL,"
    " addresses TEXT NOT NULL,"
    " not_after BIGINT NOT NULL,"
    " revoked_at BIGINT,"
    " reason BIGINT,"
    " added BIGINT NOT NULL,"
    " PRIMARY KEY (authority, serial))",
};

Result<void> make_version_3(Database& database) {
  for (std::string_view statement : kVersion3) TRY_VOID(database.define(statement));
  return {};
}

// Each makes its version of the one before it.
constexpr std::array kVersions = {&make_version_1, &make_version_2, &make_version_3};

}  // namespace

Result<void> prepare_schema(Database& database) {
  constexpr int kNewest = static_cast<int>(kVersions.size());
  if (TRY(database.schema_version()) == kNewest) return {};
  Transaction transaction = TRY(Transaction::begin(database));
  // Another process may have been here meanwhile.
  int version = TRY(database.schema_version());
  if (version < 0 || version > kNewest) {
    return failure(Rule::StoreNewer, 0, "version " + std::to_string(version));
  }
  for (; version < kNewest; ++version) {
    TRY_VOID(kVersions[static_cast<std::size_t>(version)](database));
  }
  TRY_VOID(database.set_schema_version(kNewest));
  return transaction.commit();
}

}  // namespace bulla::store

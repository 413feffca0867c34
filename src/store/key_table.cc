#include "store/key_table.h"

#include "base/try.h"
#include "crypto/digest.h"

namespace bulla::store {
namespace {

// ML-DSA and SLH-DSA keys have 5 KB, RSA keys of 16,384 bits 9 KB.
constexpr std::size_t kMaxKeyBytes = 64u << 10;

// The columns public_key, form, value and added.
KeyRow read_row(const Row& row) {
  return {.public_key = to_bytes(row.bytes(0)),
          .form = row.text(1) == "plain" ? KeyRow::Form::Plain : KeyRow::Form::Encrypted,
          .pkcs8 = Secret(row.bytes(2)),
          .added = time_of(row, 3)};
}

Result<Bytes> fingerprint_of(const KeyRow& key) {
  return crypto::hash(Digest::Sha256, key.public_key);
}

Result<Bytes> state_of(const KeyRow& key) {
  Bytes value = TRY(crypto::hash(Digest::Sha256, key.pkcs8.view()));
  return Fields()
      .add(key.public_key)
      .add(name(key.form))
      .add(value)
      .add(std::optional<Time>(key.added))
      .hash();
}

}  // namespace

std::string_view name(KeyRow::Form form) {
  return form == KeyRow::Form::Plain ? "plain" : "encrypted";
}

KeyRow KeyRow::clone() const {
  return {.public_key = public_key, .form = form, .pkcs8 = pkcs8.clone(), .added = added};
}

Result<void> KeyTable::put(const KeyRow& key, const Provenance& from) {
  if (key.pkcs8.size() > kMaxKeyBytes || key.public_key.size() > kMaxKeyBytes) {
    return failure(Rule::LimitSize, 0, "a private key");
  }
  Bytes fingerprint = TRY(fingerprint_of(key));
  bool is_known = TRY(has(fingerprint));
  TRY_VOID(database_.run("DELETE FROM keys WHERE spki = $1", {ByteView(fingerprint)}));
  TRY_VOID(database_.run(
      "INSERT INTO keys (spki, public_key, form, value, added) VALUES ($1, $2, $3, $4, $5)",
      {ByteView(fingerprint), ByteView(key.public_key), name(key.form), key.pkcs8.view(),
       std::int64_t{key.added.time_since_epoch().count()}}));
  Bytes state = TRY(state_of(key));
  return history_.append(is_known ? "imported again" : "imported", Kind::Key, fingerprint,
                         std::move(state), from);
}

Result<std::optional<KeyRow>> KeyTable::find(ByteView key_fingerprint) const {
  std::optional<KeyRow> found;
  TRY_VOID(database_.run("SELECT public_key, form, value, added FROM keys WHERE spki = $1",
                         {key_fingerprint}, [&](const Row& row) -> Result<void> {
                           found = read_row(row);
                           return {};
                         }));
  return found;
}

Result<bool> KeyTable::has(ByteView key_fingerprint) const {
  bool found = false;
  TRY_VOID(database_.run("SELECT 1 FROM keys WHERE spki = $1", {key_fingerprint},
                         [&](const Row&) -> Result<void> {
                           found = true;
                           return {};
                         }));
  return found;
}

Result<void> KeyTable::each(const std::function<Result<void>(const KeyRow&)>& take) const {
  return database_.run("SELECT public_key, form, value, added FROM keys ORDER BY added, spki", {},
                       [&](const Row& row) -> Result<void> { return take(read_row(row)); });
}

Result<std::int64_t> KeyTable::count() const {
  return count_rows(database_, "SELECT count(*) FROM keys");
}

Result<void> KeyTable::find_faults(Faults& faults) const {
  std::vector<KeyRow> rows;
  TRY_VOID(each([&](const KeyRow& row) -> Result<void> {
    rows.push_back(row.clone());
    return {};
  }));
  for (const KeyRow& row : rows) {
    Bytes fingerprint = TRY(fingerprint_of(row));
    Bytes state = TRY(state_of(row));
    Bytes recorded = TRY(history_.state(Kind::Key, fingerprint));
    if (state != recorded) faults.add(fingerprint, "is not what the history says");
  }
  return {};
}

}  // namespace bulla::store

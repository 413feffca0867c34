#include "store/key_table.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "crypto/digest.h"
#include "mime/address.h"

namespace bulla::store {
namespace {

// ML-DSA and SLH-DSA keys have 5 KB, RSA keys of 16,384 bits 9 KB.
constexpr std::size_t kMaxKeyBytes = 64u << 10;

constexpr std::string_view kGenerated = "generated";  // what the history calls it
constexpr std::string_view kFor = "for ";
constexpr std::size_t kMaxOwner = 900;  // below what an entry of the history holds

KeyRow::Form find_form(std::string_view word) {
  for (KeyRow::Form form : {KeyRow::Form::Plain, KeyRow::Form::Token}) {
    if (word == name(form)) return form;
  }
  return KeyRow::Form::Encrypted;
}

// The columns public_key, form, value and added.
KeyRow read_row(const Row& row) {
  return {.public_key = to_bytes(row.bytes(0)),
          .form = find_form(row.text(1)),
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

// In what stands before the mailboxes, nothing is searched for: a name may hold any text.
//
//   for like 5f2a… as "CN=Alice Lovelace" "Alice Lovelace" <alice@example.org>, <a@example.org>
constexpr std::string_view kLike = "like ";
constexpr std::string_view kAs = "as \"";
constexpr std::size_t kFingerprintDigits = 64;

std::string quoted(std::string_view text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\" ";
}

// What quoted() wrote, its first quote taken off already; `text` goes on behind it.
std::string unquoted(std::string_view& text) {
  std::string result;
  std::size_t at = 0;
  for (; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\' && at + 1 < text.size()) ++at;
    result += text[at];
  }
  text.remove_prefix(std::min(at + 2, text.size()));
  return result;
}

std::string owner_text(const KeyOwner& owner) {
  std::string text(kFor);
  if (!owner.like.empty()) text += std::string(kLike) + owner.like + " ";
  if (!owner.subject.empty()) text += "as " + quoted(owner.subject);
  if (!owner.name.empty()) text += quoted(owner.name);
  std::vector<std::string> mailboxes;
  for (const std::string& address : owner.addresses) mailboxes.push_back("<" + address + ">");
  return text + join(mailboxes, ", ");
}

std::optional<KeyOwner> read_owner(std::string_view text) {
  if (!text.starts_with(kFor)) return std::nullopt;
  text.remove_prefix(kFor.size());
  KeyOwner owner;
  if (text.starts_with(kLike)) {
    owner.like = text.substr(kLike.size(), kFingerprintDigits);
    text.remove_prefix(std::min(kLike.size() + kFingerprintDigits + 1, text.size()));
  }
  if (text.starts_with(kAs)) {
    text.remove_prefix(kAs.size());
    owner.subject = unquoted(text);
  }
  mime::AddressList list = mime::parse_address_list(text);
  for (const mime::Mailbox& mailbox : list.mailboxes) {
    if (owner.addresses.empty()) owner.name = mailbox.display_name;
    owner.addresses.push_back(mailbox.addr_spec);
  }
  return owner;
}

}  // namespace

std::string_view name(KeyRow::Form form) {
  switch (form) {
    case KeyRow::Form::Plain:
      return "plain";
    case KeyRow::Form::Token:
      return "token";
    case KeyRow::Form::Encrypted:
      break;
  }
  return "encrypted";
}

KeyRow KeyRow::clone() const {
  return {.public_key = public_key, .form = form, .pkcs8 = pkcs8.clone(), .added = added};
}

Result<void> KeyTable::put(const KeyRow& key, const Provenance& from) {
  Bytes fingerprint = TRY(fingerprint_of(key));
  bool is_known = TRY(has(fingerprint));
  return write(key, is_known ? "imported again" : "imported", from);
}

Result<void> KeyTable::put_generated(const KeyRow& key, const KeyOwner& owner, Time at) {
  std::string text = owner_text(owner);
  // What the history would cut off nobody could read again.
  if (text.size() > kMaxOwner) return failure(Rule::LimitSize, 0, "the addresses of a key");
  return write(key, kGenerated, {.at = at, .source = std::move(text)});
}

Result<std::optional<KeyOwner>> KeyTable::find_owner(ByteView key_fingerprint) const {
  for (const Entry& entry : TRY(history_.about(Kind::Key, key_fingerprint))) {
    if (entry.action == kGenerated) return read_owner(entry.detail);
  }
  return std::optional<KeyOwner>();
}

Result<void> KeyTable::write(const KeyRow& key, std::string_view action, const Provenance& from) {
  if (key.pkcs8.size() > kMaxKeyBytes || key.public_key.size() > kMaxKeyBytes) {
    return failure(Rule::LimitSize, 0, "a private key");
  }
  Bytes fingerprint = TRY(fingerprint_of(key));
  TRY_VOID(database_.run("DELETE FROM keys WHERE spki = $1", {ByteView(fingerprint)}));
  TRY_VOID(database_.run(
      "INSERT INTO keys (spki, public_key, form, value, added) VALUES ($1, $2, $3, $4, $5)",
      {ByteView(fingerprint), ByteView(key.public_key), name(key.form), key.pkcs8.view(),
       std::int64_t{key.added.time_since_epoch().count()}}));
  Bytes state = TRY(state_of(key));
  return history_.append(action, Kind::Key, fingerprint, std::move(state), from);
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

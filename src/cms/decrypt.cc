#include "cms/decrypt.h"

#include <algorithm>

#include "base/try.h"
#include "cms/recipient_key.h"

namespace bulla::cms {
namespace {

// A recipient that a private key can serve: a ktri, a kemri, or one key of a kari.
using Entry = RecipientPlace;

std::vector<Entry> entries(const std::vector<RecipientInfo>& recipients) {
  std::vector<Entry> places = recipient_places(recipients);
  std::erase_if(places, [](const Entry& place) { return place.rid == nullptr; });
  return places;
}

// What names a recipient, to be compared: equal for two exactly when they have one name.
struct Name {
  enum class Kind : std::uint8_t { IssuerSerial, KeyIdentifier, Kek } kind;
  ByteView first;
  ByteView second;

  friend bool operator<(const Name& a, const Name& b) {
    if (a.kind != b.kind) return a.kind < b.kind;
    if (!equal(a.second, b.second)) return less(a.second, b.second);
    return less(a.first, b.first);
  }
  friend bool operator==(const Name& a, const Name& b) {
    return a.kind == b.kind && equal(a.first, b.first) && equal(a.second, b.second);
  }
};

Name name_of(const EntityIdentifier& rid) {
  if (!rid.key_identifier.empty()) return {Name::Kind::KeyIdentifier, rid.key_identifier, {}};
  return {Name::Kind::IssuerSerial, rid.issuer_der, rid.serial_number};
}

// One name in two RecipientInfos lets a sender ask about one of them while the other
// makes the message open (T-27).
bool has_duplicates(const std::vector<RecipientInfo>& recipients,
                    const std::vector<Entry>& all_entries) {
  std::vector<Name> names;
  for (const Entry& entry : all_entries) names.push_back(name_of(*entry.rid));
  for (const RecipientInfo& info : recipients) {
    const auto* kekri = std::get_if<KekRecipientInfo>(&info);
    if (kekri != nullptr) names.push_back({Name::Kind::Kek, kekri->key_identifier, {}});
  }
  std::sort(names.begin(), names.end());
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

// Whether the message alone decided the error, before a secret was used.
bool is_public(Rule rule) {
  return rule == Rule::CryptoUnknownAlgorithm || rule == Rule::CryptoBadParameters ||
         rule == Rule::CryptoUnavailable || rule == Rule::LimitIterations || rule == Rule::IoToken;
}

class KeyRecovery {
 public:
  KeyRecovery(const EnvelopedHeader& header, std::size_t key_size, const KeySource& keys,
              const Limits& limits, OldForms old_forms)
      : header_(header),
        key_size_(key_size),
        keys_(keys),
        limits_(limits),
        old_forms_(old_forms),
        entries_(entries(header.recipients)) {}

  Result<ContentKey> run();

 private:
  bool try_named();
  bool try_keks();
  bool try_bare();
  bool try_passwords();
  bool try_password(const PasswordRecipientInfo& info, std::size_t index, ByteView password);
  bool try_entry(const Entry& entry, const Identity& identity);
  Result<AgreedKey> open(const Entry& entry, const PrivateKey& key) const;
  bool takes_kind(const Entry& entry, KeyKind kind) const;
  bool take(Result<Secret> key, std::size_t recipient);
  void note(Error error);
  Error reason() const;

  const EnvelopedHeader& header_;
  std::size_t key_size_;
  const KeySource& keys_;
  const Limits& limits_;
  OldForms old_forms_;
  std::vector<Entry> entries_;

  ContentKey found_;
  std::size_t operations_ = 0;
  std::uint64_t iterations_ = 0;
  bool matched_ = false;    // a recipient was ours
  bool failed_ = false;     // and a secret was used in vain
  bool ambiguous_ = false;  // a bare key fits several recipients
  std::optional<Error> public_error_;
};

void KeyRecovery::note(Error error) {
  matched_ = true;
  if (!is_public(error.rule)) {
    failed_ = true;
  } else if (!public_error_ || error.rule == Rule::IoToken) {
    public_error_ = std::move(error);
  }
}

bool KeyRecovery::take(Result<Secret> key, std::size_t recipient) {
  if (!key) {
    note(std::move(key.error()));
    return false;
  }
  found_.key = std::move(*key);
  found_.recipient = recipient;
  return true;
}

Result<AgreedKey> KeyRecovery::open(const Entry& entry, const PrivateKey& key) const {
  const RecipientInfo& info = header_.recipients[entry.info];
  if (const auto* ktri = std::get_if<KeyTransRecipientInfo>(&info)) {
    return AgreedKey{.key = TRY(open_ktri(*ktri, key, key_size_))};
  }
  if (const auto* kemri = std::get_if<KemRecipientInfo>(&info)) {
    return AgreedKey{.key = TRY(open_kemri(*kemri, key, key_size_))};
  }
  return open_kari(header_, std::get<KeyAgreeRecipientInfo>(info), entry.key, key, key_size_,
                   old_forms_);
}

bool KeyRecovery::try_entry(const Entry& entry, const Identity& identity) {
  if (operations_ >= limits_.private_key_operations) return false;
  auto opened = open(entry, *identity.key);
  if (opened || !is_public(opened.error().rule)) ++operations_;
  if (!opened) {
    note(std::move(opened.error()));
    return false;
  }
  if (opened->used_old_form) found_.findings.push_back(Finding::of(Rule::EncOldKdf));
  found_.certificate = identity.certificate;
  return take(std::move(opened->key), entry.info);
}

// The recipients that our keys are named by, in the order of the message. Old mail is for keys
// whose certificates have expired (E2E-23).
bool KeyRecovery::try_named() {
  for (const Entry& entry : entries_) {
    RecipientName name{.issuer_der = entry.rid->issuer_der,
                       .serial_number = entry.rid->serial_number,
                       .key_identifier = entry.rid->key_identifier};
    for (const Identity& identity : keys_.find(name)) {
      if (try_entry(entry, identity)) return true;
    }
  }
  return false;
}

// The key that both sides have by this identifier, whatever its date (KM-31).
bool KeyRecovery::try_keks() {
  for (std::size_t i = 0; i < header_.recipients.size(); ++i) {
    const auto* kekri = std::get_if<KekRecipientInfo>(&header_.recipients[i]);
    if (kekri == nullptr) continue;
    Secret kek = keys_.find_kek(kekri->key_identifier);
    if (!kek.empty() && take(open_kekri(*kekri, kek.view(), key_size_), i)) return true;
  }
  return false;
}

bool KeyRecovery::takes_kind(const Entry& entry, KeyKind kind) const {
  const RecipientInfo& info = header_.recipients[entry.info];
  if (const auto* ktri = std::get_if<KeyTransRecipientInfo>(&info)) return takes(*ktri, kind);
  if (const auto* kemri = std::get_if<KemRecipientInfo>(&info)) return takes(*kemri, kind);
  return takes(std::get<KeyAgreeRecipientInfo>(info), kind);
}

// A bare key serves the one recipient of its kind; with more of either it would be
// trial and error (T-27).
bool KeyRecovery::try_bare() {
  std::vector<Identity> bare = keys_.without_certificate();
  for (const Identity& identity : bare) {
    KeyKind kind = identity.key->kind();
    auto fits = [&](const Entry& entry) { return takes_kind(entry, kind); };
    auto first = std::find_if(entries_.begin(), entries_.end(), fits);
    if (first == entries_.end()) continue;
    auto of_kind = std::count_if(bare.begin(), bare.end(), [&](const Identity& other) {
      return takes_kind(*first, other.key->kind());
    });
    if (of_kind > 1 || std::find_if(first + 1, entries_.end(), fits) != entries_.end()) {
      ambiguous_ = true;
    } else if (try_entry(*first, identity)) {
      return true;
    }
  }
  return false;
}

// Limits::pbkdf2_iterations bounds what one message costs, over all of its recipients
// and our passwords (KM-38).
bool KeyRecovery::try_password(const PasswordRecipientInfo& info, std::size_t index,
                               ByteView password) {
  auto method = PasswordMethod::read(info, limits_);
  if (!method) {
    note(std::move(method.error()));
    return false;
  }
  iterations_ += crypto::iterations(method->derivation);
  if (iterations_ > limits_.pbkdf2_iterations) {
    note({Rule::LimitIterations, 0, {}});
    return false;
  }
  return take(method->open(info, password, key_size_), index);
}

bool KeyRecovery::try_passwords() {
  std::vector<Secret> passwords = keys_.passwords();
  for (std::size_t i = 0; i < header_.recipients.size(); ++i) {
    const auto* pwri = std::get_if<PasswordRecipientInfo>(&header_.recipients[i]);
    if (pwri == nullptr) continue;
    for (const Secret& password : passwords) {
      if (try_password(*pwri, i, password.view())) return true;
    }
  }
  return false;
}

// A token that is gone comes first: what it would have said, nobody knows (T-129).
Error KeyRecovery::reason() const {
  if (public_error_ && public_error_->rule == Rule::IoToken) return *public_error_;
  if (failed_) return {Rule::EncFailed, 0, {}};
  if (public_error_) return *public_error_;
  return {ambiguous_ ? Rule::KeyAmbiguous : Rule::KeyNoneFits, 0, {}};
}

Result<ContentKey> KeyRecovery::run() {
  if (header_.recipients.empty()) return failure(Rule::CmsNoRecipients);  // CMS-48
  if (has_duplicates(header_.recipients, entries_)) return failure(Rule::EncDuplicateRecipient);
  bool found = try_named() || try_keks() || (!matched_ && try_bare()) || try_passwords();
  if (!found) return tl::unexpected<Error>(reason());
  return std::move(found_);
}

}  // namespace

Result<ContentKey> recover_key(const EnvelopedHeader& header, std::size_t key_size,
                               const KeySource& keys, const Limits& limits, OldForms old_forms) {
  return KeyRecovery(header, key_size, keys, limits, old_forms).run();
}

Result<ContentKey> recover_content_key(const EnvelopedHeader& header,
                                       const crypto::ContentEncryption& encryption,
                                       const KeySource& keys, const Limits& limits,
                                       OldForms old_forms) {
  std::size_t key_size = crypto::row(encryption.cipher).key_size;
  return recover_key(header, key_size, keys, limits, old_forms);
}

}  // namespace bulla::cms

// key generate, request and renew: from nothing to a certificate of one's own.
#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/json_values.h"
#include "cli/store_place.h"
#include "cli/stores.h"
#include "cli/world.h"
#include "host/environment.h"
#include "host/sink.h"
#include "store/locked_key.h"
#include "x509/key_info.h"
#include "x509/name.h"
#include "x509/name_writer.h"
#include "x509/pem.h"

namespace bulla::cli {
namespace {

using store::KeyRow;
using store::Missing;
using store::Store;

constexpr std::string_view kUsualType = "rsa-3072";  // all CAs take it

struct NewKey {
  PrivateKeyPtr key;
  KeyRow row;
};

// A key that is being asked a certificate for, and what is known of whom it is for.
struct Subject {
  KeyRow key;
  std::optional<Certificate> certificate;  // the newest
  std::optional<store::KeyOwner> owner;
  std::optional<Certificate> like;  // that its certificate is to be like
};

Result<std::string> short_fingerprint(ByteView public_key) {
  Bytes fingerprint = TRY(store::key_fingerprint(public_key));
  return to_hex(fingerprint).substr(0, 16);
}

std::string key_description(ByteView public_key) {
  return x509::read_key_info(public_key).description;
}

Result<NewKey> make_key(std::string_view type, const std::string& owner,
                        const NewPassphrase& passphrase) {
  Secret made = TRY(generate_private_key(type));
  PrivateKeyPtr key = TRY(load_private_key(made.view()));
  KeyRow row = TRY(lock_key(*key, made.view(), "the key of " + owner, passphrase));
  return NewKey{.key = std::move(key), .row = std::move(row)};
}

Result<Json> key_json(ByteView public_key, const std::vector<std::string>& addresses) {
  Bytes fingerprint = TRY(store::key_fingerprint(public_key));
  return Json{{"version", 1},
              {"exit", 0},
              {"fingerprint", to_hex(fingerprint)},
              {"key", key_description(public_key)},
              {"addresses", addresses}};
}

Result<Answer> generate(const KeyOptions& options) {
  const std::vector<std::string>& addresses = options.wish.addresses;
  std::string type = options.type.value_or(std::string(kUsualType));
  NewKey made = TRY(make_key(type, addresses[0], options.new_passphrase));
  std::string name = options.wish.name.value_or("");
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Create));
  TRY_VOID(store->keep_generated(made.row, {.name = std::move(name), .addresses = addresses},
                                 made.row.added));
  std::string fingerprint = TRY(short_fingerprint(made.row.public_key));
  Json json = TRY(key_json(made.row.public_key, addresses));
  return Answer{.text = "generated  " + fingerprint + "  " + printable(addresses[0]) + "  " +
                        key_description(made.row.public_key) + "\n",
                .json = text_of(json),
                .hint = "bulla key request " + fingerprint + " asks for its certificate"};
}

// Of several certificates the one that would be signed with, or the newest; none or one.
Result<std::vector<Certificate>> certificate_of(const Store& store, ByteView public_key) {
  Bytes fingerprint = TRY(store::key_fingerprint(public_key));
  std::vector<Certificate> certificates;
  for (store::CertificateRow& row : TRY(store.certificates().find_by_key(fingerprint))) {
    if (row.standing == store::Standing::Used) certificates.push_back(std::move(row.certificate));
  }
  auto ranked = store::rank(
      certificates, {.use = store::Wish::Use::Sign, .address = {}, .at = host::current_time()});
  certificates.clear();
  if (!ranked.empty()) certificates.push_back(std::move(ranked.front().certificate));
  return certificates;
}

Result<Subject> describe(const Store& store, KeyRow key) {
  Bytes fingerprint = TRY(store::key_fingerprint(key.public_key));
  std::vector<Certificate> certificates = TRY(certificate_of(store, key.public_key));
  Subject subject;
  subject.key = std::move(key);
  if (!certificates.empty()) subject.certificate = std::move(certificates.front());
  subject.owner = TRY(store.keys().find_owner(fingerprint));
  if (subject.certificate) subject.like = subject.certificate;
  if (subject.certificate || !subject.owner || subject.owner->like.empty()) return subject;
  auto renewed = TRY(store.certificates().find_by_fingerprint(subject.owner->like));
  if (!renewed.empty()) subject.like = std::move(renewed.front().certificate);
  return subject;
}

// By an address the key that waits for a certificate is meant; if none does, the one that has one.
Result<Subject> find_waiting(const Store& store, const std::string& what) {
  std::vector<Subject> waiting;
  if (is_address(what)) {
    for (KeyRow& key : TRY(store.find_generated(what))) {
      Subject subject = TRY(describe(store, std::move(key)));
      if (!subject.certificate) waiting.push_back(std::move(subject));
    }
  }
  if (waiting.size() == 1) return std::move(waiting.front());
  KeyRow key = TRY(find_key(store, what));
  return describe(store, std::move(key));
}

// By an address the certificate is meant that mail is signed with today.
Result<Subject> find_current(const Store& store, const std::string& what) {
  std::vector<Certificate> certificates;
  for (const KeyRow& key : TRY(find_keys(store, what))) {
    for (Certificate& one : TRY(certificate_of(store, key.public_key))) {
      certificates.push_back(std::move(one));
    }
  }
  auto ranked = store::rank(certificates, {.use = store::Wish::Use::Sign,
                                           .address = is_address(what) ? what : std::string(),
                                           .at = host::current_time()});
  if (ranked.empty()) return failure(Rule::KeyNoCertificate, 0, what);
  Certificate& current = ranked.front().certificate;
  Bytes fingerprint = TRY(store::key_fingerprint(current.subject_public_key_info()));
  auto key = TRY(store.keys().find(fingerprint));
  if (!key) return failure(Rule::StoreUnknown, 0, what);
  return Subject{.key = std::move(*key), .certificate = current, .owner = {}, .like = current};
}

// What the command line leaves open is as the key was made for, or as its certificate has it.
CertificationRequestOptions wish_for(const KeyOptions& options, const Subject& subject) {
  CertificationRequestOptions wish = options.wish;
  wish.like = subject.like;
  if (subject.certificate || !subject.owner) return wish;
  const store::KeyOwner& owner = *subject.owner;
  if (wish.addresses.empty()) wish.addresses = owner.addresses;
  if (wish.name || wish.subject || wish.like) return wish;
  if (!owner.subject.empty()) {
    wish.subject = owner.subject;
  } else if (!owner.name.empty()) {
    wish.name = owner.name;
  }
  return wish;
}

// What neither the request nor --json may take the place of.
std::vector<host::FileId> input_ids(const KeyOptions& options) {
  std::vector<std::string> paths;
  for (const auto& path : {options.secrets.passphrase_file, options.new_passphrase.file}) {
    if (path) paths.push_back(*path);
  }
  return ids_of(paths);
}

// Lines end as they do on this machine.
std::string entity_text(ByteView request) {
  std::string text = write_request_entity(request);
  std::erase(text, '\r');
  return text;
}

// Writes the request, and keeps the key that it is for in between, if that is a new one: a request
// whose key nobody has would be of no use.
template <typename Keep>
Result<void> write_request(const KeyOptions& options, ByteView request, Keep keep) {
  std::unique_ptr<Sink> out =
      TRY(host::open_sink(options.common.output.value_or("-"), input_ids(options)));
  std::string text;
  if (options.form == KeyOptions::Form::Pem) text = x509::write_pem("CERTIFICATE REQUEST", request);
  if (options.form == KeyOptions::Form::Mail) text = entity_text(request);
  TRY_VOID(out->write(options.form == KeyOptions::Form::Der ? request : as_bytes(text)));
  TRY_VOID(keep());
  return out->finish();
}

Result<Answer> answer_of(ByteView public_key, const std::vector<std::string>& addresses) {
  std::string fingerprint = TRY(short_fingerprint(public_key));
  Json json = TRY(key_json(public_key, addresses));
  return Answer{.json = text_of(json),
                .said = {"asks for a certificate for " + printable(join(addresses, ", ")) +
                         ", key " + fingerprint + ", " + key_description(public_key)},
                .hint = "bulla cert import takes what the CA answers"};
}

Result<Answer> request_same_key(const KeyOptions& options, const Subject& subject) {
  CertificationRequestOptions wish = wish_for(options, subject);
  std::vector<std::string> addresses = requested_addresses(wish);
  if (addresses.empty()) {
    return failure(Rule::IoUsage, 0, "no address is known for the key; give --address");
  }
  Passphrases passphrases(options.secrets);
  store::LockedKey key(subject.key.clone(), addresses[0], passphrases.key_access());
  Bytes request = TRY(write_certification_request(key, wish));
  TRY_VOID(write_request(options, request, [] { return Result<void>(); }));
  return answer_of(subject.key.public_key, addresses);
}

// What is asked for, so that the same can be asked once more. A name that is given stands alone.
store::KeyOwner owner_of(const KeyOptions& options, const Certificate& renewed,
                         std::vector<std::string> addresses) {
  bool is_named = options.wish.name || options.wish.subject;
  std::string name = renewed.common_name();
  if (name == renewed.subject()) name.clear();  // there is none
  return {.name = options.wish.name.value_or(options.wish.subject ? "" : name),
          .addresses = std::move(addresses),
          .subject = options.wish.subject.value_or(""),
          .like = is_named ? "" : to_hex(renewed.sha256())};
}

Result<Answer> renew_key(const KeyOptions& options, Store& store, const Subject& subject) {
  CertificationRequestOptions wish = wish_for(options, subject);
  std::vector<std::string> addresses = requested_addresses(wish);
  std::string type = options.type.value_or(std::string(find_key_type(subject.key.public_key)));
  if (type.empty()) {
    return failure(Rule::CryptoUnknownAlgorithm, 0,
                   "no keys are made like the " + key_description(subject.key.public_key) +
                       " of before; give --type");
  }
  if (addresses.empty()) {
    return failure(Rule::IoUsage, 0, "the certificate has no address; give --address");
  }
  NewKey made = TRY(make_key(type, addresses[0], options.new_passphrase));
  Bytes request = TRY(write_certification_request(*made.key, wish));
  store::KeyOwner owner = owner_of(options, *subject.certificate, addresses);
  TRY_VOID(write_request(options, request,
                         [&] { return store.keep_generated(made.row, owner, made.row.added); }));
  return answer_of(made.row.public_key, addresses);
}

Result<Answer> answer(const KeyOptions& options) {
  if (options.verb == kKeyGenerate) return generate(options);
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Fail));
  if (options.verb == kKeyRequest) {
    Subject subject = TRY(find_waiting(*store, options.what));
    return request_same_key(options, subject);
  }
  Subject subject = TRY(find_current(*store, options.what));
  if (options.renewal == KeyOptions::Renewal::SameKey) return request_same_key(options, subject);
  return renew_key(options, *store, subject);
}

}  // namespace

Exit run_key_making(const KeyOptions& options) {
  return tell(options.common, input_ids(options), [&] { return answer(options); });
}

}  // namespace bulla::cli

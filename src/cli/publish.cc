#include "cli/publish.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/import.h"
#include "cli/json_values.h"
#include "cli/world.h"
#include "host/environment.h"
#include "message/publication.h"
#include "message/suitable.h"
#include "store/file.h"
#include "x509/address_match.h"

namespace bulla::cli {
namespace {

using Kind = StoreOptions::Publication;

// A certificate, and the addresses under which it is published: all that it has, or the one that
// was asked for.
struct Person {
  Certificate certificate;
  std::vector<std::string> addresses;
};

// Held certificates are nobody's to publish before the owner confirmed them; old ones open old
// mail.
Result<std::vector<Person>> find_by_address(const store::Store& store, const std::string& what,
                                            Time at) {
  std::vector<Person> people;
  std::optional<Error> lack;
  for (const store::CertificateRow& row : TRY(store.certificates().find_by_address(what))) {
    if (row.standing == store::Standing::Held || row.certificate.is_ca()) continue;
    auto is_valid = check_validity(row.certificate, at);
    if (is_valid) {
      people.push_back({row.certificate, {x509::filing_name(what).value_or(what)}});
    } else {
      lack = is_valid.error();
    }
  }
  if (people.empty() && lack) return tl::unexpected<Error>(*lack);
  if (people.empty()) return failure(Rule::KeyUnknownAddress, 0, what);
  return people;
}

// Without a store all words are files.
Result<std::vector<Certificate>> find_named(const store::Store* store, const std::string& what) {
  if (store == nullptr) return store::load_certificate_file(what);
  std::vector<Certificate> certificates;
  for (store::CertificateRow& row : TRY(find_what(*store, what))) {
    certificates.push_back(std::move(row.certificate));
  }
  return certificates;
}

Result<std::vector<Person>> find_people(const store::Store* store, const std::string& what,
                                        Time at) {
  if (store != nullptr && is_in_store(what)) return find_by_address(*store, what, at);
  std::vector<Person> people;
  for (Certificate& one : TRY(find_named(store, what))) {
    std::vector<std::string> addresses = x509::filing_names(one);
    if (addresses.empty() || one.is_ca()) continue;
    TRY_VOID(check_validity(one, at));
    people.push_back({std::move(one), std::move(addresses)});
  }
  if (people.empty()) {
    return failure(Rule::IoUsage, 0, what + ": no certificate of a person with a mail address");
  }
  return people;
}

void add(std::vector<Certificate>& all, const Certificate& certificate) {
  if (std::find(all.begin(), all.end(), certificate) == all.end()) all.push_back(certificate);
}

Result<std::string> zone_of(const std::vector<Person>& people) {
  std::vector<std::string> records;
  for (const Person& person : people) {
    for (const std::string& address : person.addresses) {
      auto name = TRY(smimea_name(address));
      if (!name) return failure(Rule::IoUsage, 0, address + ": its domain has no name in the DNS");
      std::string record = "; " + printable(address) + ", " +
                           printable(person.certificate.subject()) + "\n" +
                           TRY(write_smimea_record(*name, person.certificate));
      if (std::find(records.begin(), records.end(), record) == records.end()) {
        records.push_back(std::move(record));
      }
    }
  }
  return join(records, "");
}

// An entry is one person's: what is encrypted to the certificate of another, the other reads.
Result<std::string> ldif_of(const std::vector<Person>& people, const StoreOptions& options) {
  std::vector<std::string> shared = people[0].addresses;
  std::vector<Certificate> certificates;
  for (const Person& person : people) {
    add(certificates, person.certificate);
    std::erase_if(shared, [&](const std::string& address) {
      const auto& own = person.addresses;
      return std::find(own.begin(), own.end(), address) == own.end();
    });
  }
  if (shared.empty()) {
    return failure(Rule::IoUsage, 0, "the certificates for one entry have no address in common");
  }
  return write_ldif_change(options.distinguished_name, certificates);
}

// With the issuers, as far as they are known; the root, whoever reads it has.
Result<Bytes> certs_only_of(const std::vector<Person>& people, const store::Store* store,
                            const StoreOptions& options) {
  std::vector<Certificate> all;
  for (const Person& person : people) {
    add(all, person.certificate);
    if (store == nullptr) continue;
    for (const Certificate& issuer : TRY(store->chain_of(person.certificate))) add(all, issuer);
  }
  Bytes der = TRY(write_certs_only(std::move(all)));
  if (options.form == StoreOptions::Form::Der) return der;
  std::string entity = write_certs_only_entity(der);
  std::erase(entity, '\r');
  return to_bytes(as_bytes(entity));
}

Answer answer_about(const std::vector<Person>& people) {
  Answer answer;
  Json published = Json::array();
  for (const Person& person : people) {
    Json json = certificate_json(person.certificate);
    json["published_for"] = person.addresses;
    published.push_back(std::move(json));
    answer.said.push_back("published  " + to_hex(person.certificate.sha256()).substr(0, 16) + "  " +
                          printable(join(person.addresses, ", ")));
  }
  answer.json = text_of({{"version", 1}, {"exit", 0}, {"published", std::move(published)}});
  return answer;
}

}  // namespace

Result<Publication> make_publication(const StoreOptions& options, const store::Store* store) {
  Time at = options.at.value_or(host::current_time());
  std::vector<Person> people;
  for (const std::string& what : options.what) {
    for (Person& person : TRY(find_people(store, what, at))) people.push_back(std::move(person));
  }
  Publication made{.octets = {}, .answer = answer_about(people)};
  if (options.publication == Kind::Smimea) {
    std::string zone = TRY(zone_of(people));
    made.octets = to_bytes(as_bytes(zone));
    made.answer.hint = "the zone must be signed: nobody takes these records without DNSSEC";
  } else if (options.publication == Kind::Ldif) {
    std::string ldif = TRY(ldif_of(people, options));
    made.octets = to_bytes(as_bytes(ldif));
  } else {
    made.octets = TRY(certs_only_of(people, store, options));
  }
  return made;
}

}  // namespace bulla::cli

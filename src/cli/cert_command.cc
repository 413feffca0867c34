#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/discovery.h"
#include "cli/json.h"
#include "cli/publish.h"
#include "cli/store_place.h"
#include "cli/store_text.h"
#include "cli/stores.h"
#include "cli/world.h"
#include "host/environment.h"
#include "host/sink.h"
#include "store/file.h"
#include "x509/pem.h"

namespace bulla::cli {
namespace {

using store::Missing;
using store::Store;

store::Provenance provenance(std::string source) {
  return {.at = host::current_time(), .source = std::move(source)};
}

Time time_of(const StoreOptions& options) { return options.at.value_or(host::current_time()); }

Result<Answer> import(const StoreOptions& options) {
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Create));
  bool is_key = options.verb == kKeyImport;
  Reading reading = is_key ? TRY(read_keys(options)) : TRY(read_certificates(options, *store));
  std::string files = join(options.what, ", ");
  store::Imported done =
      TRY(store->import({{reading.asked, provenance("from " + files)},
                         {reading.harvested, provenance("from mail " + files)}}));
  Answer answer{.text = import_text(done),
                .json = import_json(done, reading.passed_over),
                .warnings = done.findings};
  for (const Error& error : reading.passed_over) {
    answer.said.push_back("passed over: " + describe(error));
    if (error.rule == Rule::KeyLdifUrl) answer.hint = info(error.rule).advice;
  }
  if (reading.left_keys > 0) {
    answer.hint = "private keys were left out; bulla key import takes them";
  }
  return answer;
}

// Files can be looked at without a store.
Result<std::unique_ptr<Store>> open_for_looking(const StoreOptions& options) {
  const auto& what = options.what;
  bool are_files = std::all_of(what.begin(), what.end(), store::exists);
  auto opened = open_store(options.common, Missing::Fail);
  if (!opened && are_files && opened.error().rule == Rule::StoreAbsent) {
    return std::unique_ptr<Store>();
  }
  return opened;
}

Result<std::vector<store::Entry>> history_of(const Store& store, const Certificate& certificate) {
  auto entries = TRY(store.history().about(store::Kind::Certificate, certificate.sha256()));
  auto trust = TRY(store.history().about(store::Kind::Trust, certificate.sha256()));
  entries.insert(entries.end(), trust.begin(), trust.end());
  std::sort(entries.begin(), entries.end(),
            [](const store::Entry& a, const store::Entry& b) { return a.number < b.number; });
  return entries;
}

Result<Answer> show(const StoreOptions& options) {
  std::unique_ptr<Store> store = TRY(open_for_looking(options));
  std::vector<Described> list;
  if (store == nullptr) {
    for (Certificate& one : TRY(store::load_certificate_file(options.what[0]))) {
      list.push_back({.found = {.row = {.certificate = std::move(one),
                                        .standing = store::Standing::Used,
                                        .added = Time()},
                                .has_key = false,
                                .trust = {}},
                      .history = {}});
    }
  } else {
    for (store::CertificateRow& row : TRY(find_what(*store, options.what[0]))) {
      auto history = TRY(history_of(*store, row.certificate));
      auto found = TRY(store->describe(std::move(row)));
      list.push_back({.found = std::move(found), .history = std::move(history)});
    }
  }
  Answer answer{.json = certificates_json(list)};
  for (const Described& one : list) {
    answer.text += (answer.text.empty() ? "" : "\n") +
                   certificate_text(one.found, one.history, time_of(options));
  }
  return answer;
}

// An address, a fingerprint, or text in a subject or an address.
Result<store::CertificateTable::Rows> find_rows(const Store& store, const std::string& what) {
  if (is_address(what)) {
    auto rows = TRY(store.certificates().find_by_address(what));
    if (!rows.empty()) return rows;
  } else if (auto fingerprint = read_fingerprint(what)) {
    auto rows = TRY(store.certificates().find_by_fingerprint(*fingerprint));
    if (!rows.empty()) return rows;
  }
  return store.certificates().find_by_text(what);
}

// The one that encrypt and seal take, the folder's too, if they can take one.
Result<std::optional<Certificate>> find_chosen(const Stores& stores, const std::string& what,
                                               Time at) {
  if (!is_address(what)) return std::optional<Certificate>();
  auto candidates =
      stores.find_candidates({.use = store::Wish::Use::Encrypt, .address = what, .at = at});
  if (!candidates && candidates.error().rule == Rule::KeyUnknownAddress) {
    return std::optional<Certificate>();
  }
  if (!candidates) return tl::unexpected(candidates.error());
  const store::Candidate& first = candidates->front();
  return first.lack ? std::nullopt : std::optional(first.certificate);
}

Result<Answer> find(const StoreOptions& options) {
  const std::string& what = options.what[0];
  Stores stores(TRY(open_store(options.common, Missing::Fail)));
  const Store& store = *stores.database();
  Time at = time_of(options);
  auto rows = TRY(find_rows(store, what));
  if (rows.empty()) return failure(Rule::StoreUnknown, 0, what);
  std::optional<Certificate> chosen = TRY(find_chosen(stores, what, at));
  std::vector<Described> list;
  Answer answer;
  bool is_listed = false;
  for (store::CertificateRow& row : rows) {
    auto found = TRY(store.describe(std::move(row)));
    bool is_chosen = chosen && found.row.certificate == *chosen;
    is_listed = is_listed || is_chosen;
    answer.text += (is_chosen ? "* " : "  ") + certificate_line(found, at);
    list.push_back({.found = std::move(found), .history = {}, .is_chosen = is_chosen});
  }
  if (chosen) {
    answer.text += std::string(is_listed ? "* is the one" : "one in the folder is the one") +
                   " that mail to " + printable(what) + " is encrypted to\n";
  }
  answer.json = certificates_json(list);
  return answer;
}

Result<Answer> list(const StoreOptions& options) {
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Fail));
  std::vector<store::CertificateRow> rows;
  auto take = [&](const store::CertificateRow& row) -> Result<void> {
    rows.push_back(row);
    return {};
  };
  TRY_VOID(store->certificates().each(take));
  std::vector<Described> list;
  Answer answer;
  for (store::CertificateRow& row : rows) {
    auto found = TRY(store->describe(std::move(row)));
    answer.text += certificate_line(found, time_of(options));
    if (options.common.json) list.push_back({.found = std::move(found), .history = {}});
  }
  answer.json = certificates_json(list);
  return answer;
}

// What a word means must be one thing before it is changed; a file means all that is in it.
Result<std::vector<Certificate>> take_what(const Store& store, const StoreOptions& options) {
  std::vector<Certificate> certificates;
  for (const std::string& what : options.what) {
    auto rows = TRY(find_what(store, what));
    if (rows.size() > 1 && !store::exists(what)) {
      std::vector<std::string> which;
      for (const auto& row : rows) which.push_back(to_hex(row.certificate.sha256()).substr(0, 16));
      return failure(Rule::StoreAmbiguous, 0, what + ": " + join(which, ", "));
    }
    for (const auto& row : rows) certificates.push_back(row.certificate);
  }
  return certificates;
}

Result<Answer> change(const StoreOptions& options) {
  bool makes = options.verb != kCertRemove;
  std::unique_ptr<Store> store =
      TRY(open_store(options.common, makes ? Missing::Create : Missing::Fail));
  std::vector<Certificate> certificates = TRY(take_what(*store, options));
  store::Provenance from = provenance("by bulla cert");
  store::Trust trust{.decision = options.verb == kCertTrust ? store::Trust::Decision::Trusted
                                                            : store::Trust::Decision::Distrusted,
                     .since = options.since,
                     .until = options.until};
  std::string_view said = options.verb == kCertRemove ? "removed" : name(trust.decision);
  Answer answer{.json = done_json()};
  TRY_VOID(options.verb == kCertRemove ? store->remove(certificates, from)
                                       : store->set_trust(certificates, trust, from));
  for (const Certificate& certificate : certificates) {
    answer.text += std::string(said) + "  " + to_hex(certificate.sha256()).substr(0, 16) + "  " +
                   printable(certificate.subject()) + "\n";
  }
  return answer;
}

Result<void> write_output(const StoreOptions& options, ByteView octets) {
  std::unique_ptr<Sink> out =
      TRY(host::open_sink(options.common.output.value_or("-"), ids_of(options.what)));
  TRY_VOID(out->write(octets));
  return out->finish();
}

Result<Answer> export_certificates(const StoreOptions& options) {
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Fail));
  std::vector<Certificate> certificates;
  for (const std::string& what : options.what) {
    for (auto& row : TRY(find_what(*store, what)))
      certificates.push_back(std::move(row.certificate));
  }
  if (options.form == StoreOptions::Form::Der) {
    if (certificates.size() != 1) {
      return failure(Rule::StoreAmbiguous, 0, "DER holds one certificate; use --form pem");
    }
    TRY_VOID(write_output(options, certificates[0].der()));
  } else {
    std::string pem;
    for (const Certificate& one : certificates) pem += x509::write_pem("CERTIFICATE", one.der());
    TRY_VOID(write_output(options, as_bytes(pem)));
  }
  return Answer{.json = done_json()};
}

Result<Answer> publish(const StoreOptions& options) {
  std::unique_ptr<Store> store = TRY(open_for_looking(options));
  Publication made = TRY(make_publication(options, store.get()));
  TRY_VOID(write_output(options, made.octets));
  return std::move(made.answer);
}

Result<Answer> list_keys(const StoreOptions& options) {
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Fail));
  std::vector<KeptKey> list;
  auto take = [&](const store::KeyRow& row) -> Result<void> {
    list.push_back({.key = row.clone(), .certificates = {}, .owner = {}});
    return {};
  };
  TRY_VOID(store->keys().each(take));
  Answer answer;
  for (KeptKey& kept : list) {
    Bytes fingerprint = TRY(store::key_fingerprint(kept.key.public_key));
    kept.certificates = TRY(store->certificates().find_by_key(fingerprint));
    kept.owner = TRY(store->keys().find_owner(fingerprint));
    answer.text += key_line(kept);
  }
  if (options.common.json) answer.json = keys_json(list);
  return answer;
}

Result<Answer> export_key(const StoreOptions& options) {
  std::unique_ptr<Store> store = TRY(open_store(options.common, Missing::Fail));
  store::KeyRow key = TRY(find_key(*store, options.what[0]));
  if (key.form == store::KeyRow::Form::Token) {
    return failure(Rule::CryptoUnavailable, 0, "the key is in a token, which keeps it");
  }
  bool is_plain = key.form == store::KeyRow::Form::Plain;
  std::string pem =
      x509::write_pem(is_plain ? "PRIVATE KEY" : "ENCRYPTED PRIVATE KEY", key.pkcs8.view());
  Bytes fingerprint = TRY(store::key_fingerprint(key.public_key));
  for (const store::CertificateRow& row : TRY(store->certificates().find_by_key(fingerprint))) {
    pem += x509::write_pem("CERTIFICATE", row.certificate.der());
    for (const Certificate& one : TRY(store->chain_of(row.certificate))) {
      pem += x509::write_pem("CERTIFICATE", one.der());
    }
  }
  auto written = write_output(options, as_bytes(pem));
  wipe({reinterpret_cast<std::uint8_t*>(pem.data()), pem.size()});
  TRY_VOID(std::move(written));
  return Answer{.json = done_json()};
}

Result<Answer> answer(const StoreOptions& options) {
  switch (options.verb) {
    case kCertImport:
    case kKeyImport:
      return import(options);
    case kCertShow:
      return show(options);
    case kCertFind:
      return options.discovery.asks() ? discover(options) : find(options);
    case kCertExport:
      return export_certificates(options);
    case kCertPublish:
      return publish(options);
    case kCertTrust:
    case kCertDistrust:
    case kCertRemove:
      return change(options);
    case kKeyList:
      return list_keys(options);
    case kKeyExport:
      return export_key(options);
    default:
      return list(options);
  }
}

}  // namespace

Exit run_cert(const StoreOptions& options) {
  return tell(options.common, ids_of(options.what), [&] { return answer(options); });
}

}  // namespace bulla::cli

// What cert, key and store say: as text for a person, and as JSON.
#pragma once

#include <string>

#include "cli/import.h"
#include "store/expiry.h"
#include "store/store.h"

namespace bulla::cli {

// One line: fingerprint, whom it is for, key, last day, and what else is to be known.
std::string certificate_line(const store::Found& found, Time at);
// All of it, with its history.
std::string certificate_text(const store::Found& found, const std::vector<store::Entry>& history,
                             Time at);
struct KeptKey {
  store::KeyRow key;
  std::vector<store::CertificateRow> certificates;
  std::optional<store::KeyOwner> owner;  // if it was made here
};
std::string key_line(const KeptKey& kept);
std::string import_text(const store::Imported& done);
std::string counts_text(const std::string& path, const store::Counts& counts);

// Each is one object with a line end.
struct Described {
  store::Found found;
  std::vector<store::Entry> history;  // of `cert show` alone
  bool is_chosen = false;             // the one to encrypt to, of `cert find`
};
std::string certificates_json(const std::vector<Described>& list);
std::string expiring_json(const std::vector<store::Expiring>& list, int exit);
std::string keys_json(const std::vector<KeptKey>& list);
std::string import_json(const store::Imported& done, const std::vector<Error>& passed_over);
std::string counts_json(const std::string& path, const store::Counts& counts);
std::string check_json(const std::string& path, const std::vector<std::string>& problems, int exit);
std::string done_json();

}  // namespace bulla::cli

#include "cli/store_options.h"

#include "cli/meaning.h"

namespace bulla::cli {
namespace {

// What the verb is about must be said.
std::string_view missing(Verb verb) {
  constexpr Verbs kNeedsWhat = kCertImport | kCertShow | kCertFind | kCertCheck | kCertExport |
                               kCertTrust | kCertDistrust | kCertRemove;
  if ((verb & kNeedsWhat) != 0) return "a file, a fingerprint or an address";
  if (verb == kKeyImport) return "a file with a private key";
  if (verb == kKeyExport) return "a fingerprint or an address";
  if (verb == kStoreBackup) return "the name of the copy";
  if (verb == kStoreRestore) return "the name of a backup";
  return {};
}

CertificateCheckOptions read_baseline(const Arguments& arguments, Meaning& meaning) {
  CertificateCheckOptions options;
  auto given = arguments.get("--baseline");
  if (!given) return options;
  auto profile = find_baseline_profile(*given);
  if (profile) {
    options.baseline = CertificateCheckOptions::Baseline::Given;
    options.profile = *profile;
  } else if (*given == "none") {
    options.baseline = CertificateCheckOptions::Baseline::Off;
  } else {
    meaning.fail("--baseline", *given,
                 "it takes mailbox-, organization-, sponsor- or individual- with legacy, "
                 "multipurpose or strict, or none");
  }
  return options;
}

}  // namespace

tl::expected<StoreOptions, Usage> read_store_options(const Arguments& arguments) {
  auto common = read_common(arguments);
  if (!common) return tl::unexpected(common.error());
  Meaning meaning(arguments);
  StoreOptions options;
  options.common = std::move(*common);
  options.secrets = read_secrets(arguments, meaning);
  options.verb = arguments.verb;
  options.what = arguments.operands;
  options.trust = arguments.all("--trust");
  options.at = meaning.time("--at");
  options.since = meaning.time("--since");
  options.until = meaning.time("--until");
  options.new_passphrase_file = arguments.get("--new-passphrase-file");
  if (arguments.has("--plain")) options.plain = StoreOptions::Plain::Keep;
  options.form = meaning.choose<StoreOptions::Form>(
      "--form", StoreOptions::Form::Pem,
      {{"pem", StoreOptions::Form::Pem}, {"der", StoreOptions::Form::Der}});
  options.check = read_baseline(arguments, meaning);
  if (arguments.has("--list")) options.asks = StoreOptions::Asks::Checks;
  bool needs = options.what.empty() && options.asks == StoreOptions::Asks::Certificates;
  std::string_view lacks = needs ? missing(options.verb) : std::string_view();
  if (!lacks.empty()) meaning.fail("it needs " + std::string(lacks), "see --help");
  if (options.since && options.until && *options.until < *options.since) {
    meaning.fail("--until is before --since", "");
  }
  if (options.plain == StoreOptions::Plain::Keep && options.new_passphrase_file) {
    meaning.fail("--plain and --new-passphrase-file exclude each other", "give one of them");
  }
  return meaning.result(std::move(options));
}

}  // namespace bulla::cli

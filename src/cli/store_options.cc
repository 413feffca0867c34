#include "cli/store_options.h"

#include "base/text.h"
#include "cli/meaning.h"
#include "host/descriptor.h"

namespace bulla::cli {
namespace {

// What the verb is about must be said.
std::string_view missing(Verb verb) {
  constexpr Verbs kNeedsWhat = kCertImport | kCertShow | kCertFind | kCertCheck | kCertExport |
                               kCertPublish | kCertTrust | kCertDistrust | kCertRemove;
  if ((verb & kNeedsWhat) != 0) return "a file, a fingerprint or an address";
  if (verb == kKeyImport) return "a file with a private key";
  if (verb == kKeyExport) return "a fingerprint or an address";
  if (verb == kStoreBackup) return "the name of the copy";
  if (verb == kStoreSync) return "the other store: a file, or postgresql://...";
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

std::chrono::seconds read_within(const Arguments& arguments, Meaning& meaning) {
  constexpr std::int64_t kMost = 36'500;
  std::string word = arguments.get("--within").value_or("30");
  auto days = parse_decimal(word);
  bool fits = days && *days <= kMost;
  if (!fits) meaning.fail("--within", word, "it takes a number of days, such as 30");
  return std::chrono::hours(24) * (fits ? static_cast<std::int64_t>(*days) : 0);
}

void read_publication(const Arguments& arguments, Meaning& meaning, StoreOptions& options) {
  using Publication = StoreOptions::Publication;
  if (arguments.verb != kCertPublish) return;
  bool smimea = arguments.has("--smimea");
  bool ldif = arguments.has("--ldif");
  if (smimea + ldif + arguments.has("--p7c") != 1) {
    meaning.fail("it needs one of --smimea, --ldif and --p7c", "see --help");
  }
  options.publication = smimea ? Publication::Smimea
                        : ldif ? Publication::Ldif
                               : Publication::CertsOnly;
  options.distinguished_name = arguments.get("--dn").value_or("");
  if (ldif && !is_utf8(options.distinguished_name)) {
    meaning.fail("--dn is no UTF-8", "");
  } else if (ldif == options.distinguished_name.empty()) {
    meaning.fail("--ldif and --dn go together",
                 "such as --ldif --dn 'uid=bob,ou=people,dc=example,dc=com'");
  }
  if (options.publication != Publication::CertsOnly && arguments.has("--form")) {
    meaning.fail("--form is for --p7c", "");
  }
}

std::optional<unsigned> parse_seconds(const std::string& word) {
  constexpr unsigned kMost = 300;  // longer nobody waits
  auto number = parse_decimal(word);
  if (!number || *number == 0 || *number > kMost) return std::nullopt;
  return static_cast<unsigned>(*number);
}

// What says how to ask, where nobody is asked, was a slip.
void check_discovery(const Arguments& arguments, Meaning& meaning, const StoreOptions& options) {
  const DiscoveryOptions& discovery = options.discovery;
  if (!discovery.asks()) {
    for (const char* flag : {"--keep", "--refresh", "--wait", "--starttls", "--dns-server",
                             "--trust-anchor", "--trust", "--output"}) {
      if (arguments.has(flag)) {
        meaning.fail(std::string(flag) + " needs somebody to ask",
                     "give --ldap, --smimea, --dns-cert or --http");
      }
    }
  }
  if (arguments.has("--starttls") && discovery.ldap.empty()) {
    meaning.fail("--starttls is for --ldap", "");
  }
  bool names_dns = arguments.has("--dns-server") || arguments.has("--trust-anchor");
  if (names_dns && !discovery.asks_dns()) {
    meaning.fail("--dns-server and --trust-anchor are for --smimea and --dns-cert", "");
  }
  // As many as there are kinds, some times: each is a thread.
  constexpr std::size_t kMostAsked = 16;
  if (discovery.ldap.size() + discovery.http.size() > kMostAsked) {
    meaning.fail("that are too many to ask at once", "16 at most");
  }
}

void read_discovery(const Arguments& arguments, Meaning& meaning, StoreOptions& options) {
  using Discovery = DiscoveryOptions;
  if (arguments.verb != kCertFind) return;
  Discovery& discovery = options.discovery;
  discovery.ldap = arguments.all("--ldap");
  discovery.http = arguments.all("--http");
  if (arguments.has("--starttls")) discovery.tls = Discovery::Tls::Start;
  if (arguments.has("--smimea")) discovery.smimea = Discovery::Dns::Ask;
  if (arguments.has("--dns-cert")) discovery.dns_cert = Discovery::Dns::Ask;
  discovery.dns_server = arguments.get("--dns-server").value_or("");
  discovery.trust_anchor = arguments.get("--trust-anchor").value_or("");
  discovery.seconds =
      meaning.find<unsigned>("--wait", parse_seconds, "give a number of seconds, such as 5")
          .value_or(discovery.seconds);
  if (arguments.has("--keep")) discovery.found = Discovery::Found::Keep;
  if (arguments.has("--refresh")) discovery.misses = Discovery::Misses::AskAgain;
  check_discovery(arguments, meaning, options);
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
  options.within = read_within(arguments, meaning);
  options.new_passphrase_file = arguments.get("--new-passphrase-file");
  if (arguments.has("--plain")) options.plain = StoreOptions::Plain::Keep;
  using Form = StoreOptions::Form;
  options.form =
      arguments.verb == kCertPublish
          ? meaning.choose<Form>("--form", Form::Der, {{"der", Form::Der}, {"mail", Form::Mail}})
          : meaning.choose<Form>("--form", Form::Pem, {{"pem", Form::Pem}, {"der", Form::Der}});
  read_publication(arguments, meaning, options);
  read_discovery(arguments, meaning, options);
  if (arguments.has("--keys")) options.sync.keys = store::Store::SyncOptions::Keys::Take;
  if (arguments.has("--roots")) options.sync.roots = store::Store::SyncOptions::Roots::Take;
  options.check = read_baseline(arguments, meaning);
  if (arguments.has("--list")) options.asks = StoreOptions::Asks::Checks;
  if (options.verb == kStoreBackup && !options.what.empty() &&
      host::are_one_file(options.what[0], options.common.json)) {
    meaning.fail("the copy and --json name the same file", "give another name to one of them");
  }
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

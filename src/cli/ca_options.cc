#include "cli/ca_options.h"

#include <algorithm>

#include "base/text.h"
#include "cli/key_options.h"
#include "cli/meaning.h"
#include "x509/name_writer.h"

namespace bulla::cli {
namespace {

constexpr std::string_view kUsualType = "p256";

// Days, where nobody says how many.
std::string_view usual_days(Verb verb) {
  switch (verb) {
    case kCaInit:
      return "3650";
    case kCaIssue:
      return "730";
    case kCaCrl:
      return "7";
    default:
      return "1";
  }
}

std::chrono::seconds read_lifetime(const Arguments& arguments, Meaning& meaning) {
  constexpr unsigned long long kMost = 36'500;
  std::string word = arguments.get("--days").value_or(std::string(usual_days(arguments.verb)));
  auto days = parse_decimal(word);
  bool fits = days && *days > 0 && *days <= kMost;
  if (!fits) meaning.fail("--days", word, "it takes a number of days, such as 365");
  return std::chrono::hours(24) * (fits ? static_cast<std::int64_t>(*days) : 0);
}

// What --name or --subject say; without both a person is named by address alone, and a CA has none.
Bytes read_subject(const Arguments& arguments, Meaning& meaning) {
  auto name = arguments.get("--name");
  auto subject = arguments.get("--subject");
  bool is_init = arguments.verb == kCaInit;
  if (name && subject) meaning.fail("--name and --subject exclude each other", "give one of them");
  if (is_init && !name && !subject) {
    meaning.fail("it needs --name", "such as --name 'Example Mail CA'");
  }
  auto written = name ? x509::write_common_name(*name) : x509::write_name(subject.value_or(""));
  if (!written) {
    meaning.fail(written.error().detail,
                 "write 'Alice Lovelace', or 'CN=Alice Lovelace,O=Example'");
    return {};
  }
  return std::move(*written);
}

// Those who look there have no other way than what the certificate says.
std::string read_url(const Arguments& arguments, Meaning& meaning, std::string_view flag) {
  std::string url = arguments.get(flag).value_or("");
  bool is_plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7f; });
  bool fits = url.empty() || (is_plain && url.starts_with("http://") && url.size() > 7);
  if (!fits) meaning.fail(flag, url, "write http://pki.example.com/...; what is there is signed");
  return url;
}

std::string_view missing(Verb verb) {
  if (verb == kCaRevoke) return "a fingerprint, a serial number, an address or a file";
  return {};
}

void read_issue(const Arguments& arguments, Meaning& meaning, CaOptions& options) {
  options.addresses = read_wanted_addresses(arguments, meaning);
  if (options.verb == kCaIssue && options.addresses.empty()) {
    meaning.fail("it needs --address",
                 "name the addresses that belong to whoever asks; the request proves none");
  }
}

}  // namespace

tl::expected<CaOptions, Usage> read_ca_options(const Arguments& arguments) {
  auto common = read_common(arguments);
  if (!common) return tl::unexpected(common.error());
  Meaning meaning(arguments);
  CaOptions options;
  options.common = std::move(*common);
  options.secrets = read_secrets(arguments, meaning);
  options.verb = arguments.verb;
  options.what = arguments.operands;
  options.ca = arguments.get("--ca").value_or("");
  options.at = meaning.time("--at");
  options.lifetime = read_lifetime(arguments, meaning);
  read_issue(arguments, meaning, options);
  if (options.verb == kCaInit || options.verb == kCaIssue) {
    options.subject = read_subject(arguments, meaning);
  }
  options.type = read_key_type(arguments, meaning).value_or(std::string(kUsualType));
  options.new_passphrase = read_new_passphrase(arguments, meaning);
  options.places = {.crl = read_url(arguments, meaning, "--crl-url"),
                    .ocsp = read_url(arguments, meaning, "--ocsp-url"),
                    .issuer = read_url(arguments, meaning, "--issuer-url")};
  options.reason =
      meaning
          .find<store::RevocationReason>("--reason", store::find_revocation_reason,
                                         "it takes " + alternatives(store::revocation_reasons()))
          .value_or(store::RevocationReason::Unspecified);
  using Form = CaOptions::Form;
  options.form =
      meaning.choose<Form>("--form", options.verb == kCaCrl ? Form::Der : Form::Pem,
                           {{"pem", Form::Pem}, {"der", Form::Der}, {"mail", Form::Mail}});
  if (options.form == Form::Mail && options.verb != kCaIssue) {
    meaning.fail("--form", "mail", "it takes pem or der");
  }
  std::string_view lacks = options.what.empty() ? missing(options.verb) : std::string_view();
  if (!lacks.empty()) meaning.fail("it needs " + std::string(lacks), "see bulla ca list");
  return meaning.result(std::move(options));
}

}  // namespace bulla::cli

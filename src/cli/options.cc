#include "cli/options.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cli/meaning.h"
#include "crypto/algorithm_table.h"
#include "host/descriptor.h"

namespace bulla::cli {
namespace {

// SHA-1 and MD5 are read and never written.
std::optional<Digest> find_signing_digest(const std::string& word) {
  std::optional<Digest> digest = find_digest(word);
  bool is_current = digest && crypto::row(*digest).standing == crypto::Standing::Current;
  return is_current ? digest : std::nullopt;
}

std::optional<ContentCipher> find_sending_cipher(const std::string& word) {
  auto cipher = find_content_cipher(word);
  bool is_written = cipher && crypto::row(*cipher).use == crypto::Use::Both;
  return is_written ? cipher : std::nullopt;
}

// Hexadecimal where it can be, as other tools write it; else the text itself.
Bytes parse_key_identifier(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    std::size_t high = kDigits.find(lower(text[i]));
    std::size_t low = i + 1 < text.size() ? kDigits.find(lower(text[i + 1])) : kDigits.npos;
    if (high == kDigits.npos || low == kDigits.npos) return to_bytes(text);
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

// ID:FILE; the identifier ends at the first colon.
std::vector<KekFile> read_keks(const Arguments& arguments, Meaning& meaning,
                               std::string_view flag) {
  std::vector<KekFile> keks;
  for (const std::string& word : arguments.all(flag)) {
    std::size_t colon = word.find(':');
    if (colon == 0 || colon == std::string::npos || colon + 1 == word.size()) {
      meaning.fail(flag, word, "write ID:FILE");
      break;
    }
    Bytes identifier = parse_key_identifier(std::string_view(word).substr(0, colon));
    keks.push_back({std::move(identifier), word.substr(colon + 1)});
  }
  return keks;
}

}  // namespace

SecretOptions read_secrets(const Arguments& arguments, Meaning& meaning) {
  SecretOptions secrets;
  secrets.passphrase_file = arguments.get("--passphrase-file");
  secrets.token_module = arguments.get("--token-module");
  secrets.password_files = arguments.all("--password-file");
  secrets.passphrase_fd = meaning.find<int>(
      "--passphrase-fd",
      [](const std::string& word) -> std::optional<int> {
        auto number = parse_decimal(word);
        if (!number || *number > 65'535) return std::nullopt;
        return static_cast<int>(*number);
      },
      "give the number of an open file descriptor");
  if (secrets.passphrase_file && secrets.passphrase_fd) {
    meaning.fail("--passphrase-file and --passphrase-fd exclude each other", "give one of them");
  }
  secrets.keks = read_keks(arguments, meaning, "--kek");
  secrets.secret_key_files = arguments.all("--secret-key");
  return secrets;
}

namespace {

// More than 64 have nothing to do: a message has few layers.
std::optional<unsigned> parse_thread_count(const std::string& word) {
  constexpr unsigned kMaxThreads = 64;
  auto number = parse_decimal(word);
  if (!number || *number == 0 || *number > kMaxThreads) return std::nullopt;
  return static_cast<unsigned>(*number);
}

// What is written must not take the place of the other result, or of all that is kept.
void check_places(const CommonOptions& common, Meaning& meaning) {
  if (host::are_one_file(common.output, common.json)) {
    meaning.fail("--output and --json name the same file", "give another name to one of them");
  }
  for (const auto& result : {common.output, common.json}) {
    if (host::are_one_file(result, common.store)) {
      meaning.fail("the result would take the place of the store", "give another name");
    }
  }
}

CommonOptions read_common_options(const Arguments& arguments, Meaning& meaning) {
  using host::Colour;
  CommonOptions common;
  if (!arguments.operands.empty()) common.input = arguments.operands[0];
  common.output = arguments.get("--output");
  common.json = arguments.get("--json");
  if (arguments.has("--verbose")) common.verbosity = Verbosity::Verbose;
  if (arguments.has("--quiet")) common.verbosity = Verbosity::Quiet;
  common.colour = meaning.choose<Colour>(
      "--color", Colour::Auto,
      {{"auto", Colour::Auto}, {"always", Colour::Always}, {"never", Colour::Never}});
  common.progress = !arguments.has("--no-progress");
  common.profile = arguments.get("--profile");
  common.store = arguments.get("--store");
  common.threads =
      meaning.find<unsigned>("--threads", parse_thread_count, "give a number of threads, such as 2")
          .value_or(1);
  bool content_to_stdout = !common.output || *common.output == "-";
  // What these print for a person makes room for JSON.
  constexpr Verbs kWriting = kCertExport | kCertPublish | kKeyExport | kKeyRequest | kKeyRenew |
                             kCaIssue | kCaCrl | kCaOcsp;
  constexpr Verbs kSpeaking = kVerify | kInspect | kListRecipients | kCanSend | kDoctor |
                              ((kCert | kKey | kStore | kCa) & ~kWriting);
  bool content_is_free = (arguments.verb & kSpeaking) != 0;
  if (common.json == "-" && content_to_stdout && !(content_is_free && !common.output)) {
    meaning.fail("--json - and the content both go to standard output", "give -o FILE");
  }
  check_places(common, meaning);
  return common;
}

std::optional<Policy::Require> parse_require(const std::string& list) {
  if (list == "none") return Policy::Require::Nothing;
  bool is_signed = false;
  bool is_encrypted = false;
  for (std::string_view word : split(list, ',')) {
    if (word != "signed" && word != "encrypted") return std::nullopt;
    (word == "signed" ? is_signed : is_encrypted) = true;
  }
  if (is_signed && is_encrypted) return Policy::Require::SignedAndEncrypted;
  return is_signed ? Policy::Require::Signed : Policy::Require::Encrypted;
}

OnlineOptions read_online(const Arguments& arguments, Meaning& meaning) {
  OnlineOptions options{.is_on = arguments.has("--online"),
                        .own_hosts = arguments.all("--online-host")};
  if (!options.own_hosts.empty() && !options.is_on) {
    meaning.fail("--online-host allows nothing where nothing is fetched", "give --online too");
  }
  return options;
}

std::optional<Revocation> read_revocation(const Arguments& arguments, Meaning& meaning) {
  if (!arguments.has("--revocation")) return std::nullopt;
  return meaning.choose<Revocation>(
      "--revocation", Revocation::Soft,
      {{"off", Revocation::Off}, {"soft", Revocation::Soft}, {"hard", Revocation::Hard}});
}

Policy read_policy(const Arguments& arguments, Meaning& meaning) {
  Policy policy;
  if (arguments.has("--legacy")) policy.old_forms = Policy::Old::Read;
  policy.release = meaning.choose<Policy::Release>(
      "--release", Policy::Release::Sound,
      {{"sound", Policy::Release::Sound}, {"any", Policy::Release::Any}});
  if (arguments.verb == kVerify) policy.require = Policy::Require::Signed;
  if (arguments.verb == kDecrypt) policy.require = Policy::Require::Encrypted;
  auto require = meaning.find<Policy::Require>("--require", parse_require,
                                               "write signed, encrypted, signed,encrypted or none");
  if (require) policy.require = *require;
  return policy;
}

// A countersignature leaves the message as it is: what would change it, or how it is signed
// itself, has nothing to say.
void read_countersign(const Arguments& arguments, Meaning& meaning, SealingOptions& options) {
  if (!arguments.has("--countersign")) return;
  options.signs = SealingOptions::Signs::Signatures;
  for (const char* other : {"--opaque", "--headers", "--form", "--crlf", "--tsa", "--no-chain",
                            "--profile", "--threads"}) {
    if (!arguments.has(other)) continue;
    meaning.fail("--countersign and " + std::string(other) + " exclude each other",
                 "a countersignature leaves the message as it is");
  }
}

void read_signature(const Arguments& arguments, Meaning& meaning, SealingOptions& options) {
  options.signing_time = meaning.time("--signing-time");
  options.tsa = arguments.get("--tsa");
  if (arguments.has("--opaque")) options.sign_form = Sign::Form::Opaque;
  if (arguments.has("--no-chain")) options.chain = Sign::Chain::SignerOnly;
  if (arguments.has("--pss")) options.padding = SignerChoice::Padding::Pss;
  if (arguments.has("--triple")) options.wrap = SealingOptions::Wrap::Triple;
  options.digest = meaning.find<Digest>("--digest", find_signing_digest,
                                        "it takes names such as sha256, sha384 or sha512");
  read_countersign(arguments, meaning, options);
}

void read_encryption(const Arguments& arguments, Meaning& meaning, SealingOptions& options) {
  if (arguments.has("--oaep")) options.transport = Encrypt::Transport::Oaep;
  if (arguments.has("--scrypt")) options.password_kdf = Encrypt::PasswordKdf::Scrypt;
  if (arguments.has("--rsa-kem")) options.transport = Encrypt::Transport::Kem;
  options.cipher = meaning.find<ContentCipher>(
      "--cipher", find_sending_cipher,
      "it takes names such as aes-256-cbc, aes-256-gcm or chacha20-poly1305");
  if (arguments.has("--derive-key")) options.content_key = Encrypt::ContentKey::Derived;
}

void read_headers(const Arguments& arguments, Meaning& meaning, SealingOptions& options) {
  if (!arguments.has("--headers")) return;
  if (arguments.get("--headers") == "off") {
    options.header_protection = Recipe::HeaderProtection::Off;
    options.headers = HeaderConfidentiality::None;
    return;
  }
  options.headers =
      meaning.choose<HeaderConfidentiality>("--headers", HeaderConfidentiality::Baseline,
                                            {{"baseline", HeaderConfidentiality::Baseline},
                                             {"shy", HeaderConfidentiality::Shy},
                                             {"none", HeaderConfidentiality::None},
                                             {"off", HeaderConfidentiality::None}});
}

// Who signs and for whom; a verb without is a mistake and no empty recipe.
void check_people(const SealingOptions& options, Meaning& meaning) {
  bool signs = options.verb == kSign || options.verb == kSeal;
  bool encrypts = options.verb == kEncrypt || options.verb == kSeal;
  std::string verb = options.verb == kSign ? "sign" : options.verb == kSeal ? "seal" : "encrypt";
  if (signs && options.identities.empty()) {
    meaning.fail("'" + verb + "' needs an identity", "give who signs with -i");
  }
  bool has_recipient = !options.recipients.empty() || !options.secrets.keks.empty() ||
                       !options.secrets.password_files.empty();
  if (encrypts && !has_recipient) {
    meaning.fail("'" + verb + "' needs a recipient",
                 options.verb == kSeal ? "give who can open it with -r, or use 'bulla sign'"
                                       : "give who can open it with -r");
  }
}

// Whom to add, and with which key; whom to remove.
void check_change(const RecipientsOptions& options, Meaning& meaning) {
  const SealingOptions& who = options.sealing;
  bool has_certificate = !who.recipients.empty();
  bool has_newcomer =
      has_certificate || !who.secrets.keks.empty() || !who.secrets.password_files.empty();
  const SecretOptions& own = options.opening.secrets;
  bool has_key =
      !options.opening.identities.empty() || !own.keks.empty() || !own.password_files.empty();
  if (options.verb == kAddRecipients && !has_newcomer) {
    meaning.fail("'recipients add' needs a recipient", "give who else can open it with -r");
  }
  if (options.verb == kAddRecipients && !has_key) {
    meaning.fail("'recipients add' needs a key that opens the message", "give yours with -i");
  }
  if (options.verb == kRemoveRecipients && !has_certificate && options.numbers.empty()) {
    meaning.fail("'recipients remove' needs a recipient",
                 "give who is taken out with -r, or by number; see bulla recipients list");
  }
}

}  // namespace

tl::expected<OpeningOptions, Usage> read_opening(const Arguments& arguments) {
  Meaning meaning(arguments);
  OpeningOptions options;
  options.common = read_common_options(arguments, meaning);
  options.secrets = read_secrets(arguments, meaning);
  options.verb = arguments.verb;
  options.identities = arguments.all("--identity");
  options.trust = arguments.all("--trust");
  options.certs = arguments.all("--certs");
  options.crls = arguments.all("--crls");
  options.online = read_online(arguments, meaning);
  options.content = arguments.get("--content");
  options.part = arguments.get("--part").value_or("");
  options.at = meaning.time("--at");
  options.policy = read_policy(arguments, meaning);
  options.revocation = read_revocation(arguments, meaning);
  options.form = meaning.choose<OpenOptions::Form>(
      "--form", OpenOptions::Form::Automatic,
      {{"mail", OpenOptions::Form::Mail}, {"content", OpenOptions::Form::Content}});
  if (arguments.has("--crlf")) options.line_ends = OpenOptions::LineEnds::Crlf;
  return meaning.result(std::move(options));
}

tl::expected<SealingOptions, Usage> read_sealing(const Arguments& arguments) {
  Meaning meaning(arguments);
  SealingOptions options;
  options.common = read_common_options(arguments, meaning);
  options.secrets = read_secrets(arguments, meaning);
  options.verb = arguments.verb;
  options.identities = arguments.all("--identity");
  options.recipients = arguments.all("--recipient");
  options.certs = arguments.all("--certs");
  options.trust = arguments.all("--trust");
  options.crls = arguments.all("--crls");
  options.online = read_online(arguments, meaning);
  options.revocation = read_revocation(arguments, meaning);
  options.mails = arguments.all("--learn-from");
  options.at = meaning.time("--at");
  read_signature(arguments, meaning, options);
  read_encryption(arguments, meaning, options);
  read_headers(arguments, meaning, options);
  options.form = meaning.choose<SealOptions::Form>("--form", SealOptions::Form::Mail,
                                                   {{"mail", SealOptions::Form::Mail},
                                                    {"der", SealOptions::Form::Der},
                                                    {"pem", SealOptions::Form::Pem}});
  if (arguments.has("--crlf")) options.line_ends = SealOptions::LineEnds::Crlf;
  check_people(options, meaning);
  bool has_revocation = !options.crls.empty() || options.revocation || options.online.is_on;
  if (has_revocation && options.trust.empty() && options.verb != kCanSend) {
    meaning.fail("--crls, --online and --revocation have no path to judge",
                 "give the roots that recipients must lead to with --trust");
  }
  bool finds_something = !options.mails.empty() || !options.trust.empty();
  if (options.verb == kEncrypt && !options.certs.empty() && !finds_something) {
    meaning.fail("--certs has no signer and no path to find",
                 "it goes with --learn-from and with --trust");
  }
  return meaning.result(std::move(options));
}

tl::expected<RecipientsOptions, Usage> read_recipients(const Arguments& arguments) {
  auto opening = read_opening(arguments);
  if (!opening) return tl::unexpected(opening.error());
  auto sealing = read_sealing(arguments);
  if (!sealing) return tl::unexpected(sealing.error());
  Meaning meaning(arguments);
  RecipientsOptions options{.verb = arguments.verb,
                            .opening = std::move(*opening),
                            .sealing = std::move(*sealing),
                            .numbers = {}};
  options.opening.verb = kDecrypt;  // keys are enough, and nobody is trusted
  SecretOptions& new_secrets = options.sealing.secrets = {};
  new_secrets.password_files = arguments.all("--new-password-file");
  new_secrets.keks = read_keks(arguments, meaning, "--new-kek");
  for (const std::string& word : arguments.all("--number")) {
    auto number = parse_decimal(word);
    if (!number || *number == 0) meaning.fail("--number", word, "see bulla recipients list");
    options.numbers.push_back(static_cast<std::size_t>(number.value_or(0)));
  }
  check_change(options, meaning);
  return meaning.result(std::move(options));
}

tl::expected<CanSendOptions, Usage> read_can_send(const Arguments& arguments) {
  auto sealing = read_sealing(arguments);
  if (!sealing) return tl::unexpected(sealing.error());
  Meaning meaning(arguments);
  CanSendOptions options{.sealing = std::move(*sealing), .lists = arguments.all("--to-list")};
  if (auto from = arguments.get("--from")) options.sealing.identities = {*from};
  std::vector<std::string>& to = options.sealing.recipients = arguments.all("--to");
  to.insert(to.end(), arguments.operands.begin(), arguments.operands.end());
  if (to.empty() && options.lists.empty() && options.sealing.identities.empty()) {
    meaning.fail("'can-send' needs people", "give --from, --to or --to-list");
  }
  return meaning.result(std::move(options));
}

tl::expected<ConvertingOptions, Usage> read_converting(const Arguments& arguments) {
  Meaning meaning(arguments);
  ConvertingOptions options;
  options.common = read_common_options(arguments, meaning);
  options.to = meaning.choose<Sign::Form>(
      "--to", Sign::Form::Opaque, {{"clear", Sign::Form::Clear}, {"opaque", Sign::Form::Opaque}});
  if (!arguments.has("--to"))
    meaning.fail("'convert' needs a form", "give --to clear or --to opaque");
  return meaning.result(std::move(options));
}

tl::expected<CommonOptions, Usage> read_common(const Arguments& arguments) {
  Meaning meaning(arguments);
  CommonOptions common = read_common_options(arguments, meaning);
  return meaning.result(std::move(common));
}

}  // namespace bulla::cli

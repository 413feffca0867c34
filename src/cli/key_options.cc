#include "cli/key_options.h"

#include <algorithm>

#include "base/text.h"
#include "cli/meaning.h"
#include "mime/address.h"
#include "x509/address_match.h"
#include "x509/name_writer.h"

namespace bulla::cli {
namespace {

// Names that no certificate can have are refused before a key is made for them.
void check_names(const CertificationRequestOptions& wish, Meaning& meaning) {
  if (wish.name && wish.subject) {
    meaning.fail("--name and --subject exclude each other", "give one of them");
  }
  auto written = Result<Bytes>();
  if (wish.name) written = x509::write_common_name(*wish.name);
  if (wish.subject) written = x509::write_name(*wish.subject);
  if (!written) {
    meaning.fail(written.error().detail,
                 "write 'Alice Lovelace', or 'CN=Alice Lovelace,O=Example'");
  }
}

void read_renewal(const Arguments& arguments, KeyOptions& options, Meaning& meaning) {
  bool keeps = arguments.has("--same-key");
  if (keeps) options.renewal = KeyOptions::Renewal::SameKey;
  bool is_renewal = options.verb == kKeyRenew;
  if (is_renewal && !keeps && (options.secrets.passphrase_file || options.secrets.passphrase_fd)) {
    meaning.fail("--passphrase-file and --passphrase-fd are for a key that is there",
                 "a new key takes --new-passphrase-file; --same-key asks for the old one");
  }
  if (!keeps) return;
  if (arguments.has("--new-key")) {
    meaning.fail("--new-key and --same-key exclude each other", "give one of them");
  }
  bool is_plain = options.new_passphrase.plain == StoreOptions::Plain::Keep;
  if (options.type || is_plain || options.new_passphrase.file) {
    meaning.fail("--type, --plain and --new-passphrase-file are for a new key",
                 "leave out --same-key");
  }
}

}  // namespace

std::vector<std::string> read_wanted_addresses(const Arguments& arguments, Meaning& meaning) {
  std::vector<std::string> addresses;
  for (const std::string& word : arguments.all("--address")) {
    mime::AddressList list = mime::parse_mailbox(word);
    bool is_one = !list.ambiguous && list.mailboxes.size() == 1;
    if (is_one && x509::certificate_address(list.mailboxes[0].addr_spec)) {
      addresses.push_back(list.mailboxes[0].addr_spec);
    } else {
      meaning.fail("--address", word, "write alice@example.org");
    }
  }
  return addresses;
}

std::optional<std::string> read_key_type(const Arguments& arguments, Meaning& meaning) {
  auto word = arguments.get("--type");
  if (!word) return std::nullopt;
  std::string type = lower(*word);
  std::vector<std::string_view> types = key_types();
  if (std::find(types.begin(), types.end(), type) == types.end()) {
    meaning.fail("--type", *word, types);
  }
  return type;
}

NewPassphrase read_new_passphrase(const Arguments& arguments, Meaning& meaning) {
  NewPassphrase passphrase{.file = arguments.get("--new-passphrase-file")};
  if (arguments.has("--plain")) passphrase.plain = StoreOptions::Plain::Keep;
  if (arguments.has("--plain") && passphrase.file) {
    meaning.fail("--plain and --new-passphrase-file exclude each other", "give one of them");
  }
  return passphrase;
}

tl::expected<KeyOptions, Usage> read_key_options(const Arguments& arguments) {
  auto common = read_common(arguments);
  if (!common) return tl::unexpected(common.error());
  Meaning meaning(arguments);
  KeyOptions options;
  options.common = std::move(*common);
  options.secrets = read_secrets(arguments, meaning);
  options.verb = arguments.verb;
  if (!arguments.operands.empty()) options.what = arguments.operands[0];
  options.type = read_key_type(arguments, meaning);
  options.new_passphrase = read_new_passphrase(arguments, meaning);
  options.wish.addresses = read_wanted_addresses(arguments, meaning);
  options.wish.name = arguments.get("--name");
  options.wish.subject = arguments.get("--subject");
  if (arguments.has("--pss")) options.wish.padding = CertificationRequestOptions::Padding::Pss;
  options.form = meaning.choose<KeyOptions::Form>("--form", KeyOptions::Form::Pem,
                                                  {{"pem", KeyOptions::Form::Pem},
                                                   {"der", KeyOptions::Form::Der},
                                                   {"mail", KeyOptions::Form::Mail}});
  read_renewal(arguments, options, meaning);
  check_names(options.wish, meaning);
  if (options.verb == kKeyGenerate && options.wish.addresses.empty()) {
    meaning.fail("it needs --address", "a certificate for mail names the address that it is for");
  }
  if (options.verb != kKeyGenerate && options.what.empty()) {
    meaning.fail("it needs a fingerprint or an address", "see bulla key list");
  }
  return meaning.result(std::move(options));
}

}  // namespace bulla::cli

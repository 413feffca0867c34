// Options: what the command line means, as plain values. Nothing here touches a file.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bulla/open.h"
#include "bulla/seal.h"
#include "cli/arguments.h"
#include "host/terminal.h"

namespace bulla::cli {

class Meaning;

enum class Verbosity { Quiet, Normal, Verbose };

struct CommonOptions {
  std::string input;  // empty or "-": standard input
  std::optional<std::string> output;
  std::optional<std::string> json;  // "-": standard output
  Verbosity verbosity = Verbosity::Normal;
  host::Colour colour = host::Colour::Auto;
  bool progress = true;
  unsigned threads = 1;                // for one message
  std::optional<std::string> profile;  // by name, or a file
  std::optional<std::string> store;    // a URI, or a file
};

struct KekFile {
  Bytes key_identifier;
  std::string file;
};

struct SecretOptions {
  std::optional<std::string> passphrase_file;
  std::optional<int> passphrase_fd;
  std::optional<std::string> token_module;  // a file
  std::vector<std::string> password_files;
  std::vector<KekFile> keks;
  std::vector<std::string> secret_key_files;
};

// Whether what certificates refer to is fetched.
struct OnlineOptions {
  bool is_on = false;
  std::vector<std::string> own_hosts;  // that may have private addresses and any port
};

struct OpeningOptions {
  CommonOptions common;
  SecretOptions secrets;
  Verb verb = kOpen;
  std::vector<std::string> identities;
  std::vector<std::string> trust;  // empty: store and system
  std::vector<std::string> certs;
  std::vector<std::string> crls;
  OnlineOptions online;
  std::optional<std::string> content;
  std::string part;
  std::optional<Time> at;
  Policy policy;  // as the flags say; a profile comes before them
  std::optional<Revocation> revocation;
  OpenOptions::Form form = OpenOptions::Form::Automatic;
  OpenOptions::LineEnds line_ends = OpenOptions::LineEnds::AsInput;
};

struct SealingOptions {
  CommonOptions common;
  SecretOptions secrets;
  Verb verb = kSeal;
  std::vector<std::string> identities;
  std::vector<std::string> recipients;
  std::vector<std::string> certs;
  // Of recipients, where it is given, and of the signers of `mails`.
  std::vector<std::string> trust;
  std::vector<std::string> crls;
  OnlineOptions online;
  std::optional<Revocation> revocation;
  std::vector<std::string> mails;  // of recipients, to learn from
  std::optional<Time> at;
  std::optional<Time> signing_time;
  Sign::Form sign_form = Sign::Form::Clear;
  Sign::Chain chain = Sign::Chain::WithoutRoot;
  std::optional<std::string> tsa;  // who stamps signatures: a URL, or an identity
  std::optional<Digest> digest;
  SignerChoice::Padding padding = SignerChoice::Padding::Pkcs1;
  std::optional<ContentCipher> cipher;
  std::optional<Encrypt::ContentKey> content_key;
  std::optional<Encrypt::Transport> transport;
  Encrypt::PasswordKdf password_kdf = Encrypt::PasswordKdf::Pbkdf2;
  std::optional<HeaderConfidentiality> headers;  // as the flag says; a profile comes before it
  Recipe::HeaderProtection header_protection = Recipe::HeaderProtection::On;
  SealOptions::Form form = SealOptions::Form::Mail;
  SealOptions::LineEnds line_ends = SealOptions::LineEnds::AsInput;
  enum class Wrap { Once, Triple } wrap = Wrap::Once;
  enum class Signs { Content, Signatures } signs = Signs::Content;
};

// Of recipients list, add and remove.
struct RecipientsOptions {
  Verb verb = kListRecipients;
  OpeningOptions opening;  // what opens the message
  SealingOptions sealing;  // whom to add, or to remove
  std::vector<std::size_t> numbers;
};

// Of can-send: who would send, and to whom.
struct CanSendOptions {
  SealingOptions sealing;
  std::vector<std::string> lists;  // files with a recipient a line
};

struct ConvertingOptions {
  CommonOptions common;
  Sign::Form to = Sign::Form::Opaque;
};

// The meaning of the arguments of open, verify and decrypt; of sign, encrypt, seal and
// compress; of recipients; of can-send; of convert; and of inspect.
tl::expected<OpeningOptions, Usage> read_opening(const Arguments& arguments);
tl::expected<SealingOptions, Usage> read_sealing(const Arguments& arguments);
tl::expected<RecipientsOptions, Usage> read_recipients(const Arguments& arguments);
tl::expected<CanSendOptions, Usage> read_can_send(const Arguments& arguments);
tl::expected<ConvertingOptions, Usage> read_converting(const Arguments& arguments);
tl::expected<CommonOptions, Usage> read_common(const Arguments& arguments);

// Where passphrases and keys come from.
SecretOptions read_secrets(const Arguments& arguments, Meaning& meaning);

}  // namespace bulla::cli

// seal(): applies the steps of a Recipe to a message, innermost first.
//
//   bulla::Recipe recipe{.steps = {bulla::Sign{.signers = {{.identity = me}}},
//                                  bulla::Encrypt{.recipients = {you}}}};
//   auto done = bulla::seal(in, out, recipe, {.at = now});
//
// Triple wrapping is a recipe of three steps. One pass, constant memory; nothing
// exists at `out` unless everything succeeded. With a mail, header fields are
// protected as RFC 9788 says and the inner entity is made safe for transport
// (RFC 8551 3.1). With Form::Der or Form::Pem the octets are sealed as they are.
//
// Thread safety: the function has no state.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bulla/capabilities.h"
#include "bulla/fetch.h"
#include "bulla/finding.h"
#include "bulla/limits.h"
#include "bulla/policy.h"
#include "bulla/stream.h"
#include "bulla/trust.h"
#include "bulla/workers.h"

namespace bulla {

struct SignerChoice {
  Identity identity;             // REQUIRES: a key and its certificate
  std::optional<Digest> digest;  // else as fits the key
  enum class Padding { Pkcs1, Pss } padding = Padding::Pkcs1;  // RSA keys
};

// Who puts timestamps on signatures (RFC 3161).
class TimestampSource {
 public:
  virtual ~TimestampSource() = default;
  // Brings a TimeStampReq to an authority and its TimeStampResp back, both in DER.
  virtual Result<Bytes> stamp(ByteView request) const = 0;
};
// An authority of one's own: its certificate is for timeStamping alone, and this critical (RFC
// 3161 2.3), and it says that the time is `at`. Errors: key.no-certificate, key.no-private-key,
// key.mismatch, cert.expired, cert.not-yet-valid, cert.key-usage, cert.extended-key-usage, those
// of signing.
[[nodiscard]] Result<std::shared_ptr<const TimestampSource>> make_timestamp_source(
    const Identity& identity, Time at);

struct Sign {
  std::vector<SignerChoice> signers;                     // REQUIRES: at least one
  enum class Form { Clear, Opaque } form = Form::Clear;  // multipart/signed, or signed-data
  std::optional<Time> signing_time;                      // else SealOptions::at
  enum class Chain { WithoutRoot, SignerOnly, None } chain = Chain::WithoutRoot;
  // Null, or each signature gets a timestamp from here, in an unsigned attribute.
  std::shared_ptr<const TimestampSource> timestamps = nullptr;
};

struct KekChoice {
  Bytes key_identifier;
  std::shared_ptr<const Secret> kek;
};

// A recipient, and what is known of their mail program. Without capabilities the extension
// of the certificate tells, if it has one (RFC 4262).
struct RecipientChoice {
  Certificate certificate;
  std::optional<Capabilities> capabilities;
  std::vector<Certificate> chain = {};  // that came with it: for its path, and not trusted

  // Implicit: a certificate is a recipient.
  RecipientChoice(Certificate whose, std::optional<Capabilities> known = std::nullopt)
      : certificate(std::move(whose)), capabilities(std::move(known)) {}
};

// What is not said here is chosen by what the recipients can read (RFC 8551 2.7.1).
struct Encrypt {
  std::vector<RecipientChoice> recipients;
  std::vector<KekChoice> keks;
  std::vector<std::shared_ptr<const Secret>> passwords;
  // How a password's key is derived. Few programs read scrypt (RFC 7914).
  enum class PasswordKdf { Pbkdf2, Scrypt } password_kdf = PasswordKdf::Pbkdf2;
  // Where nothing is known: AES-256-CBC, which today's programs open; never a weak one
  // (CHOOSE-01, CHOOSE-10).
  std::optional<ContentCipher> cipher;
  // Derived: with another key than the recipients get, made from that one and the cipher's
  // identifier (RFC 9709). Older readers cannot open it.
  enum class ContentKey { Direct, Derived };
  std::optional<ContentKey> content_key;
  // RSA recipients; Kem is for programs that know RFC 9690.
  enum class Transport { Pkcs1, Oaep, Kem };
  std::optional<Transport> transport;
  Digest oaep_digest = Digest::Sha256;  // where `transport` says Oaep
};

struct Compress {};

using Step = std::variant<Sign, Encrypt, Compress>;

// What an encrypted mail shows outside (RFC 9788 3.2): Baseline hides the Subject,
// Shy display names and the time zone too, None nothing.
enum class HeaderConfidentiality { Baseline, Shy, None };

struct Recipe {
  std::vector<Step> steps;
  // Nothing else is written, and what is chosen comes from here, first in order: policy.algorithm
  // for what is asked for and not allowed (CHOOSE-01).
  AlgorithmRules allowed = {};
  HeaderConfidentiality headers = HeaderConfidentiality::Baseline;
  // Off writes the header outside alone, as before RFC 9788.
  enum class HeaderProtection { On, Off } header_protection = HeaderProtection::On;
};

// What the certificates of recipients must lead to, and what helps to find the way (RFC 9787
// 8.1.1). Without roots they are taken as whoever gives them vouches for them.
struct RecipientTrust {
  const TrustStore* roots = nullptr;
  const CertSource* certificates = nullptr;  // for intermediates; null: none
  const RevocationSource* lists = nullptr;   // null: none are known
  const Fetcher* fetcher = nullptr;          // of what is missing; null: nothing is fetched
  Revocation revocation = Revocation::Soft;
};

struct SealOptions {
  Time at;
  Limits limits;
  enum class Form { Mail, Der, Pem } form = Form::Mail;
  enum class LineEnds { AsInput, Crlf } line_ends = LineEnds::AsInput;
  // Threads for digests, recipients and writing: out.write() may then be called on any of
  // them, once at a time; out.finish() never is. Null, or lives until seal() returns.
  const Workers* workers = nullptr;
  RecipientTrust recipient_trust = {};
};

// One algorithm that was chosen, for whom, and why (CHOOSE-16).
struct AlgorithmChoice {
  enum class What { ContentCipher, ContentKey, KeyTransport, KeyAgreement, Digest };
  enum class Basis {
    Asked,         // the Recipe says so
    Capabilities,  // the recipients can read it, and prefer it (RFC 8551 2.7.1.1)
    LastMessage,   // they wrote with it themselves (RFC 2311 2.6.2.2)
    Usual,         // nothing is known of one of them at least
    Floor,         // what they can all read is too weak, or nothing
  };
  What what = What::ContentCipher;
  Basis basis = Basis::Usual;
  std::string value;              // "aes-256-gcm", "RSAES-OAEP with SHA-256"
  std::vector<std::string> whom;  // subjects; empty: everybody
  std::string reason;             // for a person
};
std::string_view name(AlgorithmChoice::What what);
std::string_view name(AlgorithmChoice::Basis basis);

// What was chosen, for whoever asks (-v, JSON).
struct SealReport {
  std::vector<std::string> steps;        // one line each, innermost first
  std::vector<AlgorithmChoice> choices;  // of all steps
  Findings findings;                     // warnings, such as a short key
};

// Errors: cert.expired and cert.key-usage for signers, enc.expired-recipient, enc.key-usage;
// with recipient_trust path.… and revocation.…; with timestamps sig.timestamp for one that nobody
// would believe, and what the source says; policy.algorithm; crypto.…, limit.…, io.….
[[nodiscard]] Result<SealReport> seal(Source& in, Sink& out, const Recipe& recipe,
                                      const SealOptions& options);

// What seal() would report for any message, and whether it would refuse: the same checks and
// choices, with nothing written and no private key used (a key may be locked). Errors: those of
// seal() that are about people, algorithms and certificates.
[[nodiscard]] Result<SealReport> plan(const Recipe& recipe, const SealOptions& options);

}  // namespace bulla

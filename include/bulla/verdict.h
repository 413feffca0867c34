// Verdict: what opening a message found, and whether to believe it.
//
// Every reason is a Finding with a slug. The status follows from the findings:
// `valid` needs at least one signer whose signature, certificate path and address
// all check, and no failure; no signer is never valid.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bulla/capabilities.h"
#include "bulla/certificate.h"
#include "bulla/finding.h"
#include "bulla/time.h"

namespace bulla {

enum class Status { Valid, Invalid, Indeterminate, Unprotected };
std::string_view name(Status status);

// A timestamp over a signature (RFC 3161). One that is valid proves that the signature was
// there at `time`.
struct TimestampVerdict {
  Status status = Status::Invalid;
  std::string identifier;  // of who made it, as the token names them
  std::optional<Certificate> certificate;
  std::vector<Certificate> path;
  std::optional<Time> time;
  std::string policy;  // dotted OID
};

struct SignerVerdict {
  Status status = Status::Indeterminate;
  std::string identifier;  // what the SignerInfo names, for a person
  std::optional<Certificate> certificate;
  std::vector<Certificate> path;          // certificate first, root last; as far as it was found
  std::optional<Time> signing_time;       // the signer's claim
  std::string digest;                     // "sha256"
  std::string algorithm;                  // "RSA PKCS #1 v1.5 with SHA-256"
  std::string matched_address;            // the certificate's address that equals the sender's
  std::vector<std::string> capabilities;  // names or dotted OIDs, most preferred first
  // Who signed this signature (RFC 5652 11.4), each with a status of their own. Whoever
  // handles a message can add and take away these and timestamps.
  std::vector<SignerVerdict> countersigners;
  std::vector<TimestampVerdict> timestamps;
  // The earliest time of a valid timestamp: the certificate was judged as of then.
  std::optional<Time> proven_time;
  // The capabilities as they were stated; look at `status` before they are believed.
  std::optional<Capabilities> statement;
  // The certificate that the signer wants to be encrypted to, if the message carries it.
  std::optional<Certificate> encryption_certificate;
};

struct RecipientVerdict {
  std::string kind;        // "ktri", "kari", "kekri", "pwri", "ori"
  std::string identifier;  // what the RecipientInfo names, for a person
  std::string algorithm;
  bool opened = false;  // this one gave us the content key
};

// One protection layer, as peeled.
struct Layer {
  enum class Kind {
    Signed,
    Enveloped,
    AuthEnveloped,
    Compressed,
    CertsOnly,
    Digested,
    Encrypted,      // under a key that both sides had before
    Authenticated,  // by a MAC whose key all recipients have: no signature
  };
  Kind kind = Kind::Signed;
  enum class Form { Clear, Opaque, Detached };  // multipart/signed; CMS; CMS with content apart
  Form form = Form::Opaque;
  std::string place;         // MIME part path, "" for the whole message
  std::string content_type;  // of what is inside, "data"
  std::string algorithm;     // content cipher or compression; digests for Signed
  std::vector<SignerVerdict> signers;
  std::vector<RecipientVerdict> recipients;
  std::vector<Certificate> certificates;  // carried by the message
  // A part of the message alone: it says nothing of the whole (E2E-03).
  bool errant = false;
};
std::string_view name(Layer::Kind kind);
std::string_view name(Layer::Form form);
// Whether nobody but its recipients can read what a layer of this kind has inside.
bool encrypts(Layer::Kind kind);

// One header field that is protected, or that differs.
struct HeaderField {
  enum class State { Unprotected, SignedOnly, EncryptedOnly, SignedAndEncrypted };
  std::string name;
  std::string value;                       // as the recipient should see it; decoded UTF-8
  std::optional<std::string> outer_value;  // what stands outside, if it is there
  State state = State::Unprotected;
  bool differs = false;  // the outer value is not what the sender put there
};
std::string_view name(HeaderField::State state);

struct Headers {
  bool is_protected = false;  // RFC 9788 hp, or an older scheme
  std::string mode;           // "clear", "cipher", or ""
  std::vector<HeaderField> fields;
  std::string from;     // the From that signers were judged by, addr-spec
  std::string subject;  // as protected, else the outer one
};

struct Verdict {
  Status status = Status::Unprotected;
  std::vector<Layer> layers;  // outermost first
  Headers headers;
  Findings findings;
  bool released = false;  // the content went out: Sink::finish() was called
  // A required protection is absent (Policy::require).
  bool requirement_missed = false;

  bool is_signed() const;
  bool is_encrypted() const;
};

}  // namespace bulla

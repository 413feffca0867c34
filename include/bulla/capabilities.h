// Capabilities: what the mail program of a peer can read, as its owner stated.
//
// They come from a signed mail of the peer (RFC 8551 2.5.2) or from an extension of their
// certificate (RFC 4262). seal() chooses algorithms by them; whoever remembers peers keeps
// what capabilities_of() a verdict gives and puts it into the next Recipe:
//
//   if (auto stated = bulla::capabilities_of(*verdict, bob)) remember(bob, *stated);
//   encrypt.recipients = {{bob, recall(bob)}};
//
// Thread safety: values, and functions of their arguments.
#pragma once

#include <optional>

#include "bulla/algorithm.h"
#include "bulla/bytes.h"
#include "bulla/certificate.h"
#include "bulla/time.h"

namespace bulla {

struct Verdict;

struct Capabilities {
  Bytes der;  // SMIMECapabilities; empty if nothing was stated
  enum class Source { Certificate, SignedMail } source = Source::SignedMail;
  std::optional<Time> stated_at;  // the signing time of the mail
  // The content cipher of the peer's last encrypted mail, if its signature was valid
  // (RFC 2311 2.6.2.2).
  std::optional<ContentCipher> last_cipher;
};

// What the extension of a certificate states (RFC 4262), if it has one that can be read.
std::optional<Capabilities> capabilities_of(const Certificate& certificate);

// What a valid signer of the message stated who is the owner of this certificate: it is
// the signer's own, or of the same key or owner, or the one that the signer wants to be encrypted
// to (RFC 8551 2.5.3.1), if both have a mail address in common. Nothing of an invalid or
// indeterminate signer (ATTR-37), and nothing that claims to come from the future (ATTR-13).
std::optional<Capabilities> capabilities_of(const Verdict& verdict, const Certificate& certificate);

// What states something before what states nothing; then what a signed mail stated before a
// certificate (ATTR-38); then the newer of both.
bool supersedes(const Capabilities& candidate, const Capabilities& known);

}  // namespace bulla

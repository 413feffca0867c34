// recipients: who can open an encrypted message, and another list of them around the same
// ciphertext.
//
//   bulla::AddRecipients change{.recipients = {.recipients = {dave}}, .keys = &my_keys};
//   auto done = bulla::change_recipients(in, out, change, {.at = now});
//
// The content is neither decrypted nor encrypted again: its octets pass through, and cost no
// more than a copy. What an AEAD tag covers (RFC 5083) does not change either. One pass,
// constant memory; nothing exists at `out` unless everything succeeded.
//
// Two things this cannot do. Who is removed keeps what was read before, and the content key
// with it: only a new encryption keeps such a person from the old content. And a content
// key that was recovered wrongly (PKCS #1 v1.5 hides that it was; T-26) is noticed by nobody
// before somebody opens the message.
//
// Thread safety: the functions have no state.
#pragma once

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include "bulla/seal.h"
#include "bulla/stream.h"
#include "bulla/verdict.h"

namespace bulla {

struct RecipientList {
  std::string content_type;                  // "enveloped-data", "auth-enveloped-data"
  std::string algorithm;                     // of the content
  std::vector<RecipientVerdict> recipients;  // in the order of the message
};

// The recipients of the outermost layer. Errors: policy.absent if that is no encryption,
// cms.no-recipients for EncryptedData, those of malformed input.
[[nodiscard]] Result<RecipientList> list_recipients(Source& in, const Limits& limits = {});

// Encrypts the content key to these as well. Who is a recipient already is passed over.
struct AddRecipients {
  Encrypt recipients;               // its cipher and content key are the message's
  const KeySource* keys = nullptr;  // to recover the content key with. REQUIRES: not null
};

struct RemoveRecipients {
  std::vector<Certificate> certificates;
  std::vector<std::size_t> numbers;  // places in the list, from 1
};

using RecipientChange = std::variant<AddRecipients, RemoveRecipients>;

struct ChangeOptions {
  Time at = {};  // the time that new recipients' certificates are judged at
  Limits limits = {};
  // Threads for keys and writing, as in SealOptions.
  const Workers* workers = nullptr;
  RecipientTrust recipient_trust = {};  // of those that are added
};

// Writes the message in the form in which it came, with another list. Errors: as above; those
// of opening and of sealing; crypto.unknown-algorithm for a cipher that is read only;
// key.none-fits for a certificate to remove that is no recipient's; io.usage for a number that
// is none's; cms.no-recipients if nobody would be left.
[[nodiscard]] Result<SealReport> change_recipients(Source& in, Sink& out,
                                                   const RecipientChange& change,
                                                   const ChangeOptions& options);

}  // namespace bulla

// open(): peels every protection layer of a message and judges it.
//
//   FileSource in(…);
//   MemorySink content;
//   auto verdict = bulla::open(in, content, {.at = now, .trust = &roots, .keys = &my_keys});
//   if (verdict && verdict->status == bulla::Status::Valid) use(content.bytes());
//
// One pass, constant memory. The content reaches the sink as it is decrypted, and
// exists for its reader only if the verdict lets it: then, at the very end,
// sink.finish() is called and Verdict::released is true.
//
// Only what covers the whole message is opened; an encrypted part inside an
// unprotected message is reported and left alone (RFC 8551 6, RFC 9787 4.5).
// Without a KeySource it is the verifier.
//
// Errors are inabilities: input that is no message, a limit, failed decryption
// (always enc.failed). Thread safety: the function has no state; ports are shared.
#pragma once

#include <string>

#include "bulla/fetch.h"
#include "bulla/limits.h"
#include "bulla/policy.h"
#include "bulla/session.h"
#include "bulla/stream.h"
#include "bulla/trust.h"
#include "bulla/verdict.h"
#include "bulla/workers.h"

namespace bulla {

struct OpenOptions {
  Time at;  // the time of validation: now, or of receipt
  Policy policy;
  Limits limits;

  // The world. Each may be null; all must live until open() returns.
  const TrustStore* trust = nullptr;
  const CertSource* certificates = nullptr;
  const RevocationSource* revocation = nullptr;
  const Fetcher* fetcher = nullptr;  // what certificates refer to; null: nothing is fetched
  const KeySource* keys = nullptr;
  // What is remembered from message to message; without it, nothing is.
  const Session* session = nullptr;
  // Threads for digests and for writing: content.write() may then be called on any of them,
  // once at a time; content.finish() never is.
  const Workers* workers = nullptr;

  enum class Peel { All, EncryptionOnly };
  Peel peel = Peel::All;

  // Mail: the outer header with the inner entity in place. Content: the protected
  // octets as they were carried. Automatic: Mail for a mail, Content for bare CMS.
  enum class Form { Automatic, Mail, Content };
  Form form = Form::Automatic;

  enum class LineEnds { AsInput, Crlf };
  LineEnds line_ends = LineEnds::AsInput;  // of a mail that is written

  // Content of a detached signature in bare CMS, or the ciphertext of an encryption that
  // has it elsewhere (RFC 5652 6.1).
  Source* detached_content = nullptr;

  // Opens the MIME part with this path ("2", "1.2") alone.
  std::string part;
};

[[nodiscard]] Result<Verdict> open(Source& in, Sink& content, const OpenOptions& options);

}  // namespace bulla

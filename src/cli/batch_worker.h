// BatchWork: a verb with everything that it needs, loaded once, done to one message after
// another.
//
// Thread safety: process() may be called from several threads.
#pragma once

#include <memory>

#include "bulla/session.h"
#include "cli/batch_output.h"
#include "cli/world.h"

namespace bulla::cli {

class BatchWork {
 public:
  // Errors: as the verb has them for its keys, certificates and roots.
  static Result<std::unique_ptr<BatchWork>> load(const BatchOptions& options);

  // Never publishes the result: Outcome::file is what is to be published. Without an output
  // nothing is written.
  Outcome process(BatchItem item, const BatchOutput* output) const;

 private:
  explicit BatchWork(const BatchOptions& options) : options_(options) {}
  Result<void> process(Source& in, const BatchOutput* output, Outcome& outcome) const;
  Result<void> open_message(const OpeningOptions& options, Source& in, Sink& out,
                            Outcome& outcome) const;
  Result<void> seal_message(const SealingOptions& options, Source& in, Sink& out,
                            Outcome& outcome) const;

  const BatchOptions& options_;
  World world_;
  Session session_;  // most messages of an archive have a few signers
  Recipe recipe_;
  RecipientWorld recipients_;
};

// SHA-256, in hexadecimal, of what a source yields from its first octet to its last.
Result<std::string> digest_of(Source& source);

// The octets of a message.
Result<std::unique_ptr<Source>> open_item(const BatchItem& item);

}  // namespace bulla::cli

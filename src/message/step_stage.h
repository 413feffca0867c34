// StepStage: one step of a Recipe at work, a Sink between the entity inside and the
// entity around it.
//
// Stages stand in a row, each of which writes to the one around it. start() is called
// outermost first, so that the headers come out in their order; write() takes the octets
// of the inner entity; finish() ends this stage and all around it, and the Sink at the
// end last of all.
//
// Thread safety: belongs to one thread. `next` outlives the stage.
#pragma once

#include <memory>

#include "bulla/stream.h"
#include "message/recipe.h"

namespace bulla {

class StepStage : public Sink {
 public:
  // Writes what stands before the content.
  [[nodiscard]] virtual Result<void> start() = 0;
};

// A MIME entity around the entity: multipart/signed (RFC 8551 3.5.3) or
// application/pkcs7-mime (RFC 8551 3.2). Errors: those of the CMS writers, crypto.random.
Result<std::unique_ptr<StepStage>> make_mail_stage(StepPlan plan, Sink& next);

// Bare CMS: a ContentInfo around the octets. A clear signature is detached: its content
// is not in the output.
Result<std::unique_ptr<StepStage>> make_bare_stage(StepPlan plan, Sink& next);

}  // namespace bulla

// Whether, and how, one can write to people: what seal would choose for each, what it would pass
// over, and what may become of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "bulla/seal.h"
#include "cli/options.h"
#include "store/choice.h"

namespace bulla::cli {

// One person, as sender or as recipient.
struct Prospect {
  std::string who;                           // as it was asked
  std::vector<store::Candidate> candidates;  // the one to use first; empty: nobody is known
  std::optional<Error> refusal;              // why not; nothing: it can be done
  std::vector<AlgorithmChoice> choices;      // of recipients: for a message to them alone
  Findings trouble;                          // what may go wrong all the same
};

struct Prospects {
  std::optional<Prospect> from;
  std::vector<Prospect> to;
  // Of one message to all who can be written to, and from whoever can sign it.
  SealReport together;
  std::optional<Error> refusal;  // of that message

  // Whether nobody has to be left out.
  bool is_possible() const;
};

// Errors: those of reading the lists, the store, the profile and what --trust names.
Result<Prospects> look_ahead(const CanSendOptions& options);

std::string prospects_text(const Prospects& prospects);
std::string prospects_json(const Prospects& prospects, int exit);

}  // namespace bulla::cli

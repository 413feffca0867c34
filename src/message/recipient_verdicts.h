// What is told of the recipients of a message.
#pragma once

#include <vector>

#include "bulla/verdict.h"
#include "cms/recipient_info.h"

namespace bulla {

// One verdict for each person: a key agreement may have several. `opened` is the index of the
// RecipientInfo that gave the content key, if one did.
std::vector<RecipientVerdict> recipient_verdicts(const std::vector<cms::RecipientInfo>& recipients,
                                                 std::optional<std::size_t> opened);

}  // namespace bulla

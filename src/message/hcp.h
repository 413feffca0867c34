// Header confidentiality policies (RFC 9788 3): what the outside of an encrypted mail
// shows of a field.
#pragma once

#include <optional>
#include <string>

#include "bulla/seal.h"
#include "mime/header.h"

namespace bulla {

// The field for the outside as a raw line with CR LF, or nothing if it is left out.
// A field that the policy leaves alone comes back as it is written (HP-08, HP-13).
std::optional<std::string> apply_hcp(HeaderConfidentiality policy, const mime::Field& field);

// The field as it is written, with CR LF.
std::string canonical_line(const mime::Field& field);

}  // namespace bulla

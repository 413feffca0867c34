// The header of an entity that is prepared: see mime/prepare.h.
#pragma once

#include <optional>
#include <string>

#include "bulla/result.h"
#include "mime/header.h"
#include "mime/prepare.h"

namespace bulla::mime {

// The header block with CR LF, its empty line included, in SevenBit mode with every field in
// ASCII, and with this Content-Transfer-Encoding, if one is given, in the place of its own.
Result<std::string> prepare_header(const Header& header, PrepareMode mode,
                                   std::optional<TransferEncoding> encoding);

}  // namespace bulla::mime

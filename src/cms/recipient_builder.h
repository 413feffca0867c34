// From recipients to RecipientInfos: one content key, encrypted for each (KM-02).
#pragma once

#include "cms/recipient_info.h"
#include "cms/writer.h"

namespace bulla::cms {

// Each recipient once, however often named. Errors: cms.no-recipients, limit.recipients,
// limit.iterations, enc.key-usage, enc.duplicate-recipient for two certificates of one name,
// crypto.bad-key and crypto.unknown-algorithm for what cannot be encrypted to,
// crypto.encrypt-failed.
Result<std::vector<RecipientInfo>> make_recipient_infos(const EncryptOptions& options,
                                                        ByteView content_key);

}  // namespace bulla::cms

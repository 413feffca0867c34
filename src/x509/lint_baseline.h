// The profiles of the Baseline Requirements by their policies (BR 7.1.6.1).
#pragma once

#include <optional>
#include <string>

#include "bulla/certificate_check.h"
#include "bulla/oid.h"

namespace bulla::x509::lint {

std::optional<BaselineProfile> profile_of(const Oid& policy);
std::string policy_of(const BaselineProfile& profile);  // dotted

}  // namespace bulla::x509::lint

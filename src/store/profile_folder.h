// Profiles as they lie on disk: NAME.toml in one of several folders.
#pragma once

#include <string>
#include <vector>

#include "bulla/profile.h"

namespace bulla::store {

// The first folder that has it counts; a name with a slash is a file. Errors:
// config.unknown-profile with where it was looked for; config.bad with the file, also if the
// name inside is another.
Result<Profile> load_profile(const std::string& name, const std::vector<std::string>& folders);

// The names of all that can be loaded so, sorted.
std::vector<std::string> list_profiles(const std::vector<std::string>& folders);

}  // namespace bulla::store

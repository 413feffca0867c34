#include "store/profile_folder.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "base/try.h"
#include "store/file.h"

namespace bulla::store {
namespace {

constexpr std::string_view kSuffix = ".toml";
constexpr std::size_t kMaxProfiles = 1'000;
constexpr std::size_t kMaxFile = 256u << 10;

std::string stem(const std::string& path) {
  std::string name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(kSuffix)) name.resize(name.size() - kSuffix.size());
  return name;
}

Error unknown(const std::string& name, const std::vector<std::string>& folders) {
  std::string where = join(folders, ", ");
  return {.rule = Rule::ConfigUnknownProfile,
          .offset = 0,
          .detail = name + (where.empty() ? "" : ", looked for in " + where)};
}

}  // namespace

Result<Profile> load_profile(const std::string& name, const std::vector<std::string>& folders) {
  std::string path = name;
  if (name.find('/') == name.npos) {
    auto has = [&](const std::string& folder) {
      return exists(folder + "/" + name + std::string(kSuffix));
    };
    auto folder = std::find_if(folders.begin(), folders.end(), has);
    if (folder == folders.end()) return tl::unexpected(unknown(name, folders));
    path = *folder + "/" + name + std::string(kSuffix);
  } else if (!exists(name)) {
    return tl::unexpected(unknown(name, {}));
  }
  Secret text = TRY(read_file(path, kMaxFile));
  auto profile = parse_profile(as_text(text.view()));
  if (!profile) {
    Error error = profile.error();
    error.detail = path + ": " + error.detail;
    return tl::unexpected(std::move(error));
  }
  if (profile->name == stem(path)) return profile;
  return failure(Rule::ConfigBad, 0, path + ": its name is " + printable(profile->name));
}

std::vector<std::string> list_profiles(const std::vector<std::string>& folders) {
  std::set<std::string> names;
  for (const std::string& folder : folders) {
    for (const std::string& path : list_files(folder, kMaxProfiles)) {
      if (path.ends_with(kSuffix)) names.insert(stem(path));
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace bulla::store

#include "store/configuration.h"

#include "base/try.h"
#include "store/file.h"
#include "store/toml_table.h"

namespace bulla::store {
namespace {

// A line for each key.
constexpr std::size_t kMaxFile = 64u << 10;

}  // namespace

Result<Configuration> parse_configuration(std::string_view toml) {
  toml::table parsed = TRY(parse_toml(toml));
  Configuration configuration;
  TomlTable table(parsed, "", "the configuration");
  table.optional_text("store", configuration.store);
  if (auto error = table.finish()) return tl::unexpected(std::move(*error));
  return configuration;
}

Result<Configuration> load_configuration(const std::string& path) {
  if (is_absent(path)) return Configuration();
  Secret text = TRY(read_file(path, kMaxFile));
  auto configuration = parse_configuration(as_text(text.view()));
  if (configuration) return configuration;
  Error error = configuration.error();
  error.detail = path + ": " + error.detail;
  return tl::unexpected(std::move(error));
}

}  // namespace bulla::store

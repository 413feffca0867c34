#include <algorithm>
#include <cstdlib>
#include <optional>

#include "base/text.h"
#include "net/postgresql_connection.h"

namespace bulla::net {
namespace {

// Of several, separated by commas, all.
bool are_this_machine(std::string_view hosts) {
  std::vector<std::string_view> all = split(hosts, ',');
  return std::all_of(all.begin(), all.end(), [](std::string_view host) {
    return host.empty() || host[0] == '/' || host[0] == '@' || host == "localhost" ||
           host == "127.0.0.1" || host == "::1";
  });
}

// What libpq takes from the environment where the URI has nothing.
std::optional<std::string> variable(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// "name=value&…" of the URI, by name; what it does not say is not in it.
using Options = std::map<std::string, std::string, std::less<>>;

std::string get(const Options& options, std::string_view name) {
  auto found = options.find(name);
  return found == options.end() ? std::string() : found->second;
}

std::string show(const Options& options) {
  std::string shown = "postgresql://";
  if (options.contains("service")) return shown + "?service=" + get(options, "service");
  if (options.contains("user")) shown += get(options, "user") + "@";
  shown += get(options, "host");
  if (options.contains("port")) shown += ":" + get(options, "port");
  return printable(shown + "/" + get(options, "dbname"));
}

bool says_tls(const Options& options) {
  return options.contains("sslmode") || variable("PGSSLMODE").has_value();
}

// An address comes before a name. Where a service leads nobody knows before libpq reads its file.
bool is_local(const Options& options) {
  if (options.contains("service") || variable("PGSERVICE")) return false;
  if (options.contains("hostaddr")) return are_this_machine(get(options, "hostaddr"));
  if (auto address = variable("PGHOSTADDR")) return are_this_machine(*address);
  if (options.contains("host")) return are_this_machine(get(options, "host"));
  return are_this_machine(variable("PGHOST").value_or(""));
}

}  // namespace

Result<PostgresqlUri> PostgresqlUri::parse(const PostgresqlLibrary& pq, const std::string& uri) {
  char* message = nullptr;
  std::unique_ptr<PQconninfoOption, decltype(&::PQconninfoFree)> parsed(
      pq.parse_uri(uri.c_str(), &message), pq.free_options);
  if (message != nullptr) pq.free_memory(message);
  if (parsed == nullptr) {
    return failure(Rule::ConfigBad, 0, "the store is no connection URI that libpq understands");
  }
  Options options;
  for (const PQconninfoOption* one = parsed.get(); one->keyword != nullptr; ++one) {
    if (one->val != nullptr) options[one->keyword] = one->val;
  }
  bool has_password = options.contains("password") || options.contains("sslpassword");
  bool verifies = !says_tls(options) && !is_local(options);
  return PostgresqlUri{.uri = uri,
                       .shown = show(options),
                       .password = has_password ? Password::Inside : Password::Absent,
                       .tls = verifies ? Tls::Verify : Tls::AsSaid};
}

}  // namespace bulla::net

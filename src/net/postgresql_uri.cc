#include <cstdlib>

#include "base/text.h"
#include "net/postgresql_connection.h"

namespace bulla::net {
namespace {

bool is_this_machine(std::string_view host) {
  return host.empty() || host[0] == '/' || host[0] == '@' || host == "localhost" ||
         host == "127.0.0.1" || host == "::1";
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
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here changes the environment
  auto is_set = [](const char* name) { return std::getenv(name) != nullptr; };
  return options.contains("sslmode") || options.contains("service") || is_set("PGSERVICE") ||
         is_set("PGSSLMODE");
}

bool is_local(const Options& options) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  const char* host = std::getenv("PGHOST");
  if (options.contains("hostaddr")) return is_this_machine(get(options, "hostaddr"));
  if (options.contains("host")) return is_this_machine(get(options, "host"));
  return host == nullptr || is_this_machine(host);
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

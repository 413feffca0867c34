// A connection to PostgreSQL: libpq without the calls that wait for ever.
//
// Statements are prepared once, values and answers are binary, and rows are handed out as they
// come. When the connection is lost, or the server says what the protocol does not have, is_open()
// is false from then on.
//
// Thread safety: one thread at a time.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "net/postgresql_library.h"
#include "store/database.h"

namespace bulla::net {

// What a connection URI says.
struct PostgresqlUri {
  std::string uri;
  std::string shown;  // whom an error is about; without passwords and options
  enum class Password { Absent, Inside } password = Password::Absent;
  // Verify: the server's certificate and its name, if neither the URI nor PGSSLMODE says
  // otherwise. Not for this machine alone.
  enum class Tls { AsSaid, Verify } tls = Tls::Verify;

  // Errors: config.bad, without the text, in which there may be a password.
  static Result<PostgresqlUri> parse(const PostgresqlLibrary& pq, const std::string& uri);
};

class PostgresqlConnection {
 public:
  using Values = std::span<const store::Value>;
  using OnRow = store::Database::OnRow;

  // Errors: io.network, store.absent (no such database), config.bad (one that does not let this
  // user in, or is not in UTF-8).
  static Result<std::unique_ptr<PostgresqlConnection>> open(const PostgresqlLibrary& pq,
                                                            const PostgresqlUri& uri);

  // `sql` must live as long as the connection does. Errors: those of Database::run().
  [[nodiscard]] Result<void> run(std::string_view sql, Values values = {},
                                 const OnRow& on_row = {});
  // The same for a statement that is not kept.
  [[nodiscard]] Result<void> run_once(const std::string& sql);

  bool is_open() const { return connection_ != nullptr; }
  std::int64_t changed() const { return changed_; }
  // "COMMIT", "ROLLBACK", "UPDATE 3": what the last statement was, as the server says.
  std::string_view command() const { return command_; }

 private:
  PostgresqlConnection(const PostgresqlLibrary& pq, std::string shown)
      : pq_(pq), shown_(std::move(shown)), connection_(nullptr, pq.finish) {}

  struct Parameters;
  using Answer = std::unique_ptr<PGresult, decltype(&::PQclear)>;

  Result<void> connect(const PostgresqlUri& uri);
  Result<std::string> prepare(std::string_view sql, const Parameters& parameters);
  Result<void> prepare_as(const char* name, const std::string& sql, const Parameters& parameters);
  Result<void> execute(const char* name, const Parameters& parameters, const OnRow& on_row);
  Result<void> take_answers(const OnRow& on_row);
  Result<void> take_row(const PGresult* answer, const OnRow& on_row);
  Result<void> wait_for_answer();
  bool wait_for_socket(short events, int milliseconds) const;
  tl::unexpected<Error> refused() const;
  tl::unexpected<Error> fail(const PGresult* answer);
  tl::unexpected<Error> lose(std::string_view why);
  Error error(Rule rule, std::string_view what) const;

  const PostgresqlLibrary& pq_;
  std::string shown_;
  std::unique_ptr<PGconn, decltype(&::PQfinish)> connection_;
  std::map<std::string_view, std::string> names_;  // of prepared statements
  std::int64_t changed_ = 0;
  std::string command_;
};

}  // namespace bulla::net

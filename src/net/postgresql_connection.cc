#include "net/postgresql_connection.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

#include "base/text.h"
#include "base/try.h"

namespace bulla::net {
namespace {

using Clock = std::chrono::steady_clock;

// As long as whoever waits at a terminal would: a connection takes milliseconds.
constexpr std::chrono::milliseconds kConnecting{10'000};
// A sort of some million certificates is silent for a minute. Hosts that are gone are found by
// the keepalives below, so that this is for servers that hang.
constexpr int kSilenceMilliseconds = 310'000;
// The largest field is a certificate, of at most 256 KiB.
constexpr int kMaxField = 1 << 20;

// Of pg_type.h, which never changes them.
constexpr Oid kBytea = 17;
constexpr Oid kBigint = 20;
constexpr Oid kText = 25;
constexpr int kBinary = 1;

extern "C" void ignore_notice(void*, const char*) {}

// Appendix A of the PostgreSQL manual; the first row whose text the SQLSTATE begins with counts.
Rule rule_for(std::string_view state) {
  static constexpr std::pair<std::string_view, Rule> kRows[] = {
      {"08", Rule::IoNetwork},    {"22", Rule::StoreDamaged},
      {"23", Rule::StoreDamaged}, {"25006", Rule::IoWrite},  // a standby
      {"25P03", Rule::IoNetwork},                            // too slow within a transaction
      {"28", Rule::ConfigBad},                               // no such user, or another password
      {"3D", Rule::StoreAbsent},                             // no such database
      {"40", Rule::StoreBusy},                               // a deadlock
      {"42501", Rule::ConfigBad},                            // no right to do that
      {"42", Rule::StoreDamaged},                            // other tables than ours
      {"53100", Rule::IoWrite},                              // the disk is full
      {"53", Rule::IoNetwork},                               // too many connections, no memory
      {"55P03", Rule::StoreBusy},                            // another holds the lock
      {"57014", Rule::StoreBusy},                            // took too long
      {"57", Rule::IoNetwork},                               // starting, or going down
      {"P0", Rule::StoreDamaged},                            // what a trigger refuses
      {"XX", Rule::StoreDamaged},                            // damaged data, or a bug
  };
  for (const auto& [start, rule] : kRows) {
    if (state.starts_with(start)) return rule;
  }
  return Rule::IoRead;
}

bool is_state(std::string_view word) {
  return word.size() == 5 && std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// Where no connection came about, libpq has the SQLSTATE in its text alone: "FATAL:  28P01: …".
std::string_view find_state(std::string_view line) {
  constexpr std::string_view kBefore = ":  ";
  std::size_t at = line.find(kBefore);
  if (at == line.npos) return {};
  std::string_view word = line.substr(at + kBefore.size(), 5);
  return is_state(word) ? word : std::string_view();
}

class AnswerRow final : public store::Row {
 public:
  AnswerRow(const PostgresqlLibrary& pq, const PGresult* answer) : pq_(pq), answer_(answer) {}

  bool is_null(int column) const override { return pq_.is_null(answer_, 0, column) == 1; }
  // In network order, of two, four or eight octets.
  std::int64_t integer(int column) const override {
    ByteView octets = bytes(column);
    if (octets.empty() || octets.size() > 8) return 0;
    std::uint64_t value = octets[0] >= 0x80 ? ~std::uint64_t{0} : 0;
    for (std::uint8_t octet : octets) value = value << 8 | octet;
    return static_cast<std::int64_t>(value);
  }
  std::string_view text(int column) const override { return as_text(bytes(column)); }
  ByteView bytes(int column) const override {
    const char* start = pq_.value(answer_, 0, column);
    if (start == nullptr) return {};
    return {reinterpret_cast<const std::uint8_t*>(start),
            static_cast<std::size_t>(pq_.length(answer_, 0, column))};
  }

 private:
  const PostgresqlLibrary& pq_;
  const PGresult* answer_;
};

}  // namespace

// Values as libpq takes them: pointers, lengths, and the types that they have.
struct PostgresqlConnection::Parameters {
  explicit Parameters(Values list) : numbers(list.size()), formats(list.size(), kBinary) {
    for (std::size_t i = 0; i < list.size(); ++i) {
      if (const auto* number = std::get_if<std::int64_t>(&list[i])) {
        for (std::size_t k = 8; k-- > 0;) {
          numbers[i][k] = static_cast<char>(static_cast<std::uint64_t>(*number) >> (56 - 8 * k));
        }
        add(kBigint, {numbers[i].data(), numbers[i].size()});
      } else if (const auto* text = std::get_if<std::string_view>(&list[i])) {
        add(kText, *text);
      } else if (const auto* octets = std::get_if<ByteView>(&list[i])) {
        add(kBytea, as_text(*octets));
      } else {
        types.push_back(0);
        starts.push_back(nullptr);
        lengths.push_back(0);
      }
    }
  }

  int count() const { return static_cast<int>(starts.size()); }

  std::vector<std::array<char, 8>> numbers;
  std::vector<Oid> types;
  std::vector<const char*> starts;
  std::vector<int> lengths;
  std::vector<int> formats;

 private:
  void add(Oid type, std::string_view octets) {
    types.push_back(type);
    starts.push_back(octets.data() == nullptr ? "" : octets.data());  // a null pointer is NULL
    lengths.push_back(static_cast<int>(octets.size()));
  }
};

Error PostgresqlConnection::error(Rule rule, std::string_view what) const {
  return {rule, 0, shown_ + ": " + std::string(trim(what))};
}

tl::unexpected<Error> PostgresqlConnection::lose(std::string_view why) {
  Error lost = error(Rule::IoNetwork, why.substr(0, why.find('\n')));
  connection_.reset();
  return tl::unexpected<Error>(std::move(lost));
}

// One line an address that was tried; what stands behind a tab is advice that ours replaces.
tl::unexpected<Error> PostgresqlConnection::refused() const {
  std::string_view state = pq_.needs_password(connection_.get()) != 0 ? "28000" : "08001";
  std::string said;
  std::string_view message = pq_.error_message(connection_.get());
  for (std::string_view line : split(message, '\n')) {
    bool is_other = line.empty() || line[0] == '\t' || line.starts_with("LOCATION:");
    if (is_other) continue;
    if (std::string_view found = find_state(line); !found.empty()) state = found;
    said += (said.empty() ? "" : "; ") + std::string(line);
  }
  return tl::unexpected<Error>(error(rule_for(state), said));
}

bool PostgresqlConnection::wait_for_socket(short events, int milliseconds) const {
  pollfd socket{.fd = pq_.socket(connection_.get()), .events = events, .revents = 0};
  auto end = Clock::now() + std::chrono::milliseconds(milliseconds);
  for (;;) {
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    int ready = ::poll(&socket, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

Result<void> PostgresqlConnection::connect(const PostgresqlUri& uri) {
  // What comes later wins: the URI may say otherwise about all above it.
  std::vector<const char*> names{"keepalives_idle", "keepalives_interval", "keepalives_count",
                                 "tcp_user_timeout"};
  std::vector<const char*> values{"30", "10", "3", "60000"};
  auto add = [&](const char* name, const char* value) {
    names.push_back(name);
    values.push_back(value);
  };
  if (uri.tls == PostgresqlUri::Tls::Verify) add("sslmode", "verify-full");
  add("fallback_application_name", "bulla");
  add("dbname", uri.uri.c_str());
  add("client_encoding", "UTF8");
  add(nullptr, nullptr);
  auto end = Clock::now() + kConnecting;
  connection_.reset(pq_.connect_start(names.data(), values.data(), 1));
  if (connection_ == nullptr) throw std::bad_alloc();
  pq_.set_verbosity(connection_.get(), PQERRORS_VERBOSE);
  pq_.set_notice_processor(connection_.get(), &ignore_notice, nullptr);
  PostgresPollingStatusType state = PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED || pq_.status(connection_.get()) == CONNECTION_BAD) {
      return refused();
    }
    short events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    if (left.count() <= 0 || !wait_for_socket(events, static_cast<int>(left.count()))) {
      return lose("no answer within ten seconds");
    }
    state = pq_.connect_poll(connection_.get());
  }
  pq_.set_nonblocking(connection_.get(), 1);
  return {};
}

Result<std::unique_ptr<PostgresqlConnection>> PostgresqlConnection::open(
    const PostgresqlLibrary& pq, const PostgresqlUri& uri) {
  std::unique_ptr<PostgresqlConnection> opened(new PostgresqlConnection(pq, uri.shown));
  TRY_VOID(opened->connect(uri));
  const char* encoding = pq.parameter(opened->connection_.get(), "server_encoding");
  if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
    return tl::unexpected<Error>(opened->error(Rule::ConfigBad, "the database is not in UTF-8"));
  }
  return opened;
}

tl::unexpected<Error> PostgresqlConnection::fail(const PGresult* answer) {
  const char* state = pq_.error_field(answer, PG_DIAG_SQLSTATE);
  const char* message = pq_.error_field(answer, PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr) return lose(pq_.error_message(connection_.get()));
  return tl::unexpected<Error>(error(rule_for(state), message == nullptr ? state : message));
}

// Returns when there is an answer, or the end of answers.
Result<void> PostgresqlConnection::wait_for_answer() {
  for (;;) {
    int unsent = pq_.flush(connection_.get());
    if (unsent < 0) return lose(pq_.error_message(connection_.get()));
    if (unsent == 0 && pq_.is_busy(connection_.get()) == 0) return {};
    auto events = static_cast<short>(unsent == 0 ? POLLIN : POLLIN | POLLOUT);
    if (!wait_for_socket(events, kSilenceMilliseconds)) return lose("the server does not answer");
    if (pq_.consume_input(connection_.get()) == 0) {
      return lose(pq_.error_message(connection_.get()));
    }
  }
}

Result<void> PostgresqlConnection::take_row(const PGresult* answer, const OnRow& on_row) {
  for (int column = 0; column < pq_.columns(answer); ++column) {
    if (pq_.length(answer, 0, column) > kMaxField) {
      (void)lose("");
      return tl::unexpected<Error>(error(Rule::StoreDamaged, "a field that is too long"));
    }
  }
  if (!on_row) return {};
  auto taken = on_row(AnswerRow(pq_, answer));
  // Whoever does not want the rest must not wait for it.
  if (!taken) (void)lose("");
  return taken;
}

// To each statement the server gives rows, then one end: a word, or an error.
Result<void> PostgresqlConnection::take_answers(const OnRow& on_row) {
  Result<void> done;
  for (bool has_ended = false;;) {
    auto waited = wait_for_answer();
    // Who ends the connection says why before.
    if (!waited) return done ? waited : done;
    Answer answer(pq_.result(connection_.get()), pq_.clear);
    if (answer == nullptr) return done;
    ExecStatusType status = pq_.result_status(answer.get());
    if (has_ended) return lose("the server says more than it was asked");
    if (status == PGRES_SINGLE_TUPLE) {
      TRY_VOID(take_row(answer.get(), on_row));
      continue;
    }
    has_ended = true;
    if (status == PGRES_FATAL_ERROR) {
      done = fail(answer.get());
      if (!is_open()) return done;
    } else if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
      command_ = pq_.command_status(answer.get());
      changed_ =
          static_cast<std::int64_t>(parse_decimal(pq_.command_rows(answer.get())).value_or(0));
    } else {
      return lose("the server says what was not asked");
    }
  }
}

Result<void> PostgresqlConnection::prepare_as(const char* name, const std::string& sql,
                                              const Parameters& parameters) {
  int sent = pq_.send_prepare(connection_.get(), name, sql.c_str(), parameters.count(),
                              parameters.types.data());
  return sent == 1 ? take_answers({}) : Result<void>(lose(pq_.error_message(connection_.get())));
}

Result<std::string> PostgresqlConnection::prepare(std::string_view sql,
                                                  const Parameters& parameters) {
  auto known = names_.find(sql);
  if (known != names_.end()) return known->second;
  std::string name = "bulla_" + std::to_string(names_.size());
  TRY_VOID(prepare_as(name.c_str(), std::string(sql), parameters));
  names_.emplace(sql, name);
  return name;
}

Result<void> PostgresqlConnection::execute(const char* name, const Parameters& parameters,
                                           const OnRow& on_row) {
  int sent =
      pq_.send_prepared(connection_.get(), name, parameters.count(), parameters.starts.data(),
                        parameters.lengths.data(), parameters.formats.data(), kBinary);
  if (sent != 1) return lose(pq_.error_message(connection_.get()));
  pq_.set_single_row_mode(connection_.get());
  return take_answers(on_row);
}

Result<void> PostgresqlConnection::run(std::string_view sql, Values values, const OnRow& on_row) {
  if (!is_open()) return tl::unexpected<Error>(error(Rule::IoNetwork, "the connection was lost"));
  Parameters parameters(values);
  std::string name = TRY(prepare(sql, parameters));
  return execute(name.c_str(), parameters, on_row);
}

Result<void> PostgresqlConnection::run_once(const std::string& sql) {
  if (!is_open()) return tl::unexpected<Error>(error(Rule::IoNetwork, "the connection was lost"));
  Parameters none({});
  TRY_VOID(prepare_as("", sql, none));
  return execute("", none, {});
}

}  // namespace bulla::net

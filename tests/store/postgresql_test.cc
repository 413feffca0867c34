// What is PostgreSQL's alone: servers that are not there, do not let one in, or go away.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <thread>

#include "net/postgresql_connection.h"
#include "store/engine.h"
#include "store/history.h"
#include "store/schema.h"

namespace bulla::store {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::string_view kCount = "SELECT count(*) FROM certificates";

Error error_of(const std::string& uri, Missing missing = Missing::Create) {
  auto opened = net::open_postgresql(uri, missing);
  return opened ? Error{} : opened.error();
}

Import alice() {
  auto loaded = load_certificate_file(std::string(BULLA_TEST_DATA) + "/x509/alice.pem");
  return {.certificates = *loaded, .keys = {}, .statements = {}};
}

bool import(Store& store) {
  return store.import({{alice(), {.at = kNow, .source = "from a test"}}}).has_value();
}

TEST(PostgresqlUri, passwords_are_seen_and_not_shown) {
  EXPECT_TRUE(*net::has_password("postgresql://alice:sesame@db.example.org/mail"));
  EXPECT_TRUE(*net::has_password("postgresql://db.example.org/mail?pass%77ord=sesame"));
  EXPECT_FALSE(*net::has_password("postgresql://alice@db.example.org/mail"));
  auto bad = net::has_password("postgresql://alice:sesame@db.example.org:port:port/mail?x=y");
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error().rule, Rule::ConfigBad);
  EXPECT_EQ(describe(bad.error()).find("sesame"), std::string::npos);
}

TEST(PostgresqlUri, a_server_that_is_not_there_is_named_without_password) {
  Error error = error_of("postgresql://alice:sesame@127.0.0.1:1/mail");
  EXPECT_EQ(error.rule, Rule::IoNetwork);
  EXPECT_NE(error.detail.find("postgresql://alice@127.0.0.1:1/mail: "), std::string::npos);
  EXPECT_EQ(error.detail.find("sesame"), std::string::npos) << error.detail;
  EXPECT_EQ(error.detail.find('\n'), std::string::npos) << error.detail;
  EXPECT_EQ(error_of("postgresql:///mail?host=/nowhere").rule, Rule::IoNetwork);
}

// Sets a variable of the environment for a while.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

bool verifies(const std::string& uri) {
  auto parsed = net::PostgresqlUri::parse(**net::postgresql_library(), uri);
  EXPECT_TRUE(parsed) << uri;
  return parsed && parsed->tls == net::PostgresqlUri::Tls::Verify;
}

// Trust comes from the store: who is not on this machine must prove who it is.
TEST(PostgresqlUri, a_server_elsewhere_is_verified) {
  for (const char* here :
       {"postgresql:///mail", "postgresql://localhost/mail", "postgresql://127.0.0.1/mail",
        "postgresql://[::1]:5432/mail", "postgresql:///mail?host=/run/postgresql",
        "postgresql://localhost,127.0.0.1/mail"}) {
    EXPECT_FALSE(verifies(here)) << here;
  }
  for (const char* there :
       {"postgresql://db.example.org/mail", "postgresql://192.0.2.1/mail",
        "postgresql://localhost/mail?hostaddr=192.0.2.1", "postgresql:///mail?service=mail",
        "postgresql:///mail?host=/run/postgresql,db.example.org",
        "postgresql://localhost,db.example.org/mail", "postgresql://localhost.example.org/mail"}) {
    EXPECT_TRUE(verifies(there)) << there;
  }
  EXPECT_FALSE(verifies("postgresql://db.example.org/mail?sslmode=require"));
}

TEST(PostgresqlUri, what_the_environment_says_counts_as_libpq_counts_it) {
  {
    Variable address("PGHOSTADDR", "192.0.2.1");
    EXPECT_TRUE(verifies("postgresql:///mail"));
    EXPECT_TRUE(verifies("postgresql://localhost/mail"));
    EXPECT_FALSE(verifies("postgresql://localhost/mail?hostaddr=127.0.0.1"));
  }
  {
    Variable host("PGHOST", "/run/postgresql,db.example.org");
    EXPECT_TRUE(verifies("postgresql:///mail"));
    EXPECT_FALSE(verifies("postgresql://localhost/mail"));
  }
  {
    Variable service("PGSERVICE", "mail");
    EXPECT_TRUE(verifies("postgresql:///mail"));
  }
  Variable mode("PGSSLMODE", "require");
  EXPECT_FALSE(verifies("postgresql://db.example.org/mail"));
}

// Says what it is told on each connection, whatever it hears, and no more.
class FakeServer {
 public:
  explicit FakeServer(std::string says, in_addr_t place = INADDR_LOOPBACK)
      : says_(std::move(says)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(place);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, any, size), 0);
    EXPECT_EQ(::listen(listener_, 8), 0);
    EXPECT_EQ(::getsockname(listener_, any, &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~FakeServer() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  unsigned port() const { return port_; }
  std::string uri() const {
    return "postgresql://a@127.0.0.1:" + std::to_string(port_) +
           "/mail?sslmode=disable&gssencmode=disable";
  }

 private:
  void serve() {
    for (;;) {
      int client = ::accept(listener_, nullptr, nullptr);
      if (client < 0) return;
      char heard[4'096];
      if (::recv(client, heard, sizeof heard, 0) > 0 && !says_.empty()) {
        ::send(client, says_.data(), says_.size(), MSG_NOSIGNAL);
        ::shutdown(client, SHUT_WR);
        while (::recv(client, heard, sizeof heard, 0) > 0) continue;
      }
      ::close(client);
    }
  }

  std::string says_;
  int listener_ = -1;
  unsigned port_ = 0;
  std::thread thread_;
};

// A message of the protocol: a letter, the length, the rest.
std::string message(char letter, const std::string& rest) {
  std::string text(1, letter);
  std::size_t size = rest.size() + 4;
  for (int shift = 24; shift >= 0; shift -= 8) text += static_cast<char>(size >> shift & 0xff);
  return text + rest;
}

TEST(PostgresqlServer, what_is_no_server_is_no_store) {
  using namespace std::string_literals;
  std::string in = message('R', "\0\0\0\0"s) + message('S', "server_encoding\0UTF8\0"s) +
                   message('S', "client_encoding\0UTF8\0"s) + message('Z', "I");
  struct Case {
    std::string says;
    Rule rule;
  };
  const Case all[] = {
      {"", Rule::IoNetwork},                                  // closes
      {"HTTP/1.1 400 Bad Request\r\n\r\n", Rule::IoNetwork},  // something else
      // No word about its encoding.
      {message('R', "\0\0\0\0"s) + message('Z', "I"), Rule::ConfigBad},
      // Wants a file to be copied.
      {in + message('1', "") + message('Z', "I") + message('2', "") + message('G', "\0\0\0"s) +
           message('Z', "I"),
       Rule::IoNetwork},
      {in + message('1', "") + message('Z', "I") + message('2', "") + message('T', "\0\1"s),
       Rule::IoNetwork},
      {in + message('1', "") + message('Z', "I") + message('2', "") + "D\x7f\xff\xff\xff",
       Rule::IoNetwork},
      // An error before anything was asked, and no more.
      {in + message('E', "SERROR\0C42601\0\0"s) + message('Z', "I"), Rule::IoNetwork}};
  for (const Case& one : all) {
    FakeServer server(one.says);
    Error error = error_of(server.uri());
    EXPECT_EQ(error.rule, one.rule) << one.says << describe(error);
  }
}

// 127.0.0.2 is not what this machine is called: for all that one knows it is another.
TEST(PostgresqlServer, who_has_no_tls_and_is_elsewhere_is_refused) {
  FakeServer server("N", INADDR_LOOPBACK + 1);
  Error error = error_of("postgresql://a@127.0.0.2:" + std::to_string(server.port()) +
                         "/mail?gssencmode=disable");
  EXPECT_EQ(error.rule, Rule::IoNetwork);
  EXPECT_NE(error.detail.find("SSL"), std::string::npos) << error.detail;
}

class PostgreSQL : public testing::Test {
 protected:
  void SetUp() override {
    if (!engine_.is_there()) GTEST_SKIP() << "no server";
  }
  const PostgresqlEngine& engine() const { return engine_; }
  std::unique_ptr<Store> make_store() const {
    auto store = engine_.open(Missing::Create);
    EXPECT_TRUE(store) << describe(store.error());
    return store ? std::move(*store) : nullptr;
  }
  // As the superuser does who stops a server, or a network that ends.
  void end_connections() const {
    PostgresqlEngine::execute(
        engine_.uri("&user=postgres"),
        {"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" +
         engine_.name() + "' AND usename = 'bulla'"});
  }

 private:
  PostgresqlEngine engine_;
};

TEST_F(PostgreSQL, does_not_get_a_store_by_being_looked_at) {
  EXPECT_EQ(error_of(engine().uri(), Missing::Fail).rule, Rule::StoreAbsent);
  make_store();
  EXPECT_EQ(error_of(engine().uri(), Missing::Fail).rule, Rule::Internal);
  std::string other = "postgresql:///nowhere?host=" + engine().folder() + "&user=bulla";
  EXPECT_EQ(error_of(other).rule, Rule::StoreAbsent);
}

TEST_F(PostgreSQL, lets_in_whom_it_knows) {
  auto as = [&](const std::string& more) {
    return error_of(engine().uri("&user=bulla_guarded" + more));
  };
  EXPECT_EQ(as("").rule, Rule::ConfigBad);
  Error wrong = as("&password=wrong");
  EXPECT_EQ(wrong.rule, Rule::ConfigBad);
  EXPECT_EQ(wrong.detail.find("wrong"), std::string::npos) << wrong.detail;
  // The right password, and no right to make a schema in somebody else's database.
  Error other = as("&password=sesame");
  EXPECT_EQ(other.rule, Rule::ConfigBad);
  EXPECT_NE(other.detail.find(engine().name()), std::string::npos) << other.detail;
  EXPECT_NE(other.detail, wrong.detail);
}

TEST_F(PostgreSQL, leaves_tables_of_others_alone) {
  PostgresqlEngine::execute(engine().uri(),
                            {"CREATE SCHEMA bulla", "CREATE TABLE bulla.history (x int)"});
  EXPECT_EQ(error_of(engine().uri()).rule, Rule::StoreDamaged);
  // What stands in other schemas is in nobody's way.
  PostgresqlEngine::execute(engine().uri("&user=postgres"),
                            {"DROP SCHEMA bulla CASCADE", "CREATE TABLE public.keys (x int)"});
  auto store = make_store();
  EXPECT_TRUE(import(*store));
}

TEST_F(PostgreSQL, keeps_a_store_in_each_schema) {
  auto store = make_store();
  EXPECT_TRUE(import(*store));
  std::string uri = engine().uri("&user=bulla&options=-csearch_path%3Dother");
  EXPECT_EQ(error_of(uri).rule, Rule::ConfigBad);
  PostgresqlEngine::execute(engine().uri(), {"CREATE SCHEMA other"});
  auto other = Store::open(*net::open_postgresql(uri, Missing::Create));
  ASSERT_TRUE(other);
  EXPECT_EQ((*other)->count()->certificates, 0);
  // They do not wait for each other either.
  auto first = *engine().database(Missing::Fail);
  auto writing = Transaction::begin(*first);
  ASSERT_TRUE(writing);
  EXPECT_TRUE(import(**other));
}

TEST_F(PostgreSQL, is_in_utf_8_or_refused) {
  std::string name = engine().name() + "_ascii";
  PostgresqlEngine::execute(engine().uri("&user=postgres"),
                            {"CREATE DATABASE " + name +
                             " OWNER bulla ENCODING 'SQL_ASCII' TEMPLATE template0"
                             " LC_COLLATE 'C' LC_CTYPE 'C'"});
  std::string uri = "postgresql:///" + name + "?user=bulla&host=" + engine().folder();
  EXPECT_EQ(error_of(uri).rule, Rule::ConfigBad);
  PostgresqlEngine::execute(engine().uri("&user=postgres"), {"DROP DATABASE " + name});
}

TEST_F(PostgreSQL, is_connected_again_where_nothing_is_half_done) {
  auto store = make_store();
  ASSERT_TRUE(import(*store));
  end_connections();
  EXPECT_EQ(store->find_certificates("alice@example.org")->size(), 1u);
  end_connections();
  EXPECT_TRUE(store->remove(alice().certificates, {.at = kNow, .source = "by a test"}));
  end_connections();
  EXPECT_EQ(store->check()->size(), 0u);
}

TEST_F(PostgreSQL, a_change_that_was_cut_off_was_not_made) {
  make_store();
  auto database = *engine().database(Missing::Fail);
  constexpr std::string_view kInsert =
      "INSERT INTO trust VALUES ($1, 'trusted', 'mail', $2, $2, 0)";
  {
    auto writing = Transaction::begin(*database);
    ASSERT_TRUE(writing);
    ASSERT_TRUE(database->run("DELETE FROM certificates"));
    end_connections();
    auto done = database->run(kCount);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().rule, Rule::IoNetwork);
    EXPECT_NE(done.error().detail.find("the change was not made"), std::string::npos);
    // Not again before the transaction is over: what came before it is lost.
    EXPECT_FALSE(database->run(kCount));
    EXPECT_FALSE(writing->commit());
  }
  EXPECT_TRUE(database->run(kCount));
  // The server does not commit what failed in part, and says so by another word alone.
  auto writing = Transaction::begin(*database);
  EXPECT_EQ(database->run(kInsert, {ByteView(), std::monostate()}).error().rule,
            Rule::StoreDamaged);
  auto committed = writing->commit();
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().rule, Rule::IoWrite);
}

// Whoever hangs in a change, or looks away from it, does not keep others waiting for ever.
TEST_F(PostgreSQL, sessions_are_bounded) {
  auto database = *engine().database(Missing::Create);
  for (auto [name, value] : {std::pair{"idle_in_transaction_session_timeout", "1min"},
                             {"lock_timeout", "10s"},
                             {"statement_timeout", "5min"},
                             {"synchronous_commit", "on"},
                             {"search_path", "bulla"}}) {
    std::string found;
    EXPECT_TRUE(database->run("SELECT current_setting($1)", {std::string_view(name)},
                              [&](const Row& row) -> Result<void> {
                                found = row.text(0);
                                return {};
                              }));
    EXPECT_EQ(found, value) << name;
  }
}

// An error of whoever takes the rows ends the statement, and the next one works.
TEST_F(PostgreSQL, rows_that_nobody_wants_are_not_waited_for) {
  auto store = make_store();
  auto database = *engine().database(Missing::Fail);
  auto done = database->run("SELECT generate_series(1, 2000000000)", {},
                            [](const Row&) { return failure(Rule::LimitElements); });
  EXPECT_EQ(done.error().rule, Rule::LimitElements);
  EXPECT_EQ(*count_rows(*database, kCount), 0);
}

TEST_F(PostgreSQL, numbers_have_a_sign_and_nothing_is_null) {
  auto database = *engine().database(Missing::Create);
  auto row_of = [&](std::int64_t number, Value other) {
    std::int64_t back = 0;
    bool is_null = false;
    EXPECT_TRUE(database->run("SELECT $1::int8, $2::bytea, (-5)::int4, true", {number, other},
                              [&](const Row& row) -> Result<void> {
                                back = row.integer(0);
                                is_null = row.is_null(1);
                                EXPECT_EQ(row.integer(2), -5);
                                EXPECT_EQ(row.integer(3), 1);
                                return {};
                              }));
    EXPECT_EQ(back, number);
    return is_null;
  };
  EXPECT_TRUE(row_of(-1, std::monostate()));
  EXPECT_FALSE(row_of(INT64_MIN, ByteView()));
  EXPECT_FALSE(row_of(1'800'000'000'000, as_bytes(std::string_view("\0x", 2))));
}

}  // namespace
}  // namespace bulla::store

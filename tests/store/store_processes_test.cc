// Issue 5, row d: many processes at once, and some that die.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <iostream>

#include "store/engine.h"
#include "store/many_certificates.h"
#include "store/store.h"

namespace bulla::store {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};

// Dies before or after the statement with this number, by a signal that nobody can catch.
class MortalDatabase final : public Database {
 public:
  MortalDatabase(std::unique_ptr<Database> inner, unsigned steps)
      : inner_(std::move(inner)), left_(steps) {}

  std::string name() const override { return inner_->name(); }
  Result<void> run_with(std::string_view sql, std::span<const Value> values,
                        const OnRow& on_row) override {
    step();
    auto done = inner_->run_with(sql, values, on_row);
    step();
    return done;
  }
  std::int64_t changed() const override { return inner_->changed(); }
  Result<void> begin(Access access) override {
    auto done = inner_->begin(access);
    step();
    return done;
  }
  Result<void> commit() override {
    step();
    auto done = inner_->commit();
    step();
    return done;
  }
  void roll_back() override { inner_->roll_back(); }
  Result<void> define(std::string_view sql) override { return inner_->define(sql); }
  Result<void> keep_rows(std::string_view table) override { return inner_->keep_rows(table); }
  Result<int> schema_version() override { return inner_->schema_version(); }
  Result<void> set_schema_version(int version) override {
    return inner_->set_schema_version(version);
  }
  Result<std::vector<std::string>> find_damage() override { return inner_->find_damage(); }

 private:
  void step() {
    if (left_ == 0) ::kill(::getpid(), SIGKILL);
    --left_;
  }

  std::unique_ptr<Database> inner_;
  unsigned left_;
};

class Processes : public testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    if (!engine_->is_there()) GTEST_SKIP() << "no server";
  }
  const Engine& engine() const { return *engine_; }

  // What the child returns is its exit code; it never comes back.
  pid_t start(const std::function<int()>& work) {
    pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    EXPECT_GT(child, 0);
    return child;
  }

  static int wait_for(pid_t child) {
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return status;
  }

  const ManyCertificates& many() const { return many_; }

  // Imports, and only then says so: a line in a file that lines are appended to.
  static bool import(Store& store, const Certificate& certificate) {
    Import batch{.certificates = {certificate}, .keys = {}, .statements = {}};
    return store.import({{batch, {.at = kNow, .source = "from a process"}}}).has_value();
  }

  std::string problems() const {
    auto store = engine().open(Missing::Fail);
    if (!store) return describe(store.error());
    auto found = (*store)->check();
    std::string text = found ? "" : describe(found.error());
    for (const std::string& line : found.value_or(std::vector<std::string>())) text += line + "\n";
    return text;
  }

  std::size_t count() const {
    auto store = engine().open(Missing::Fail);
    return store ? static_cast<std::size_t>((*store)->count()->certificates) : 0;
  }

  static bool knows(const Store& store, unsigned number) {
    auto found = store.find_certificates(ManyCertificates::address(number));
    return found && found->size() == 1;
  }

 private:
  std::unique_ptr<Engine> engine_ = make_engine(GetParam());
  ManyCertificates many_{
      load_certificate_file(std::string(BULLA_TEST_DATA) + "/x509/brief.pem").value().front()};
};

INSTANTIATE_TEST_SUITE_P(Engines, Processes, each_engine(),
                         [](const auto& one) { return engine_name(one.param); });

TEST_P(Processes, ten_make_the_store_at_the_same_time) {
  std::vector<pid_t> children;
  for (unsigned i = 0; i < 10; ++i) {
    children.push_back(start([&, i] {
      auto store = engine().open(Missing::Create);
      if (!store) std::cerr << describe(store.error()) << std::endl;
      return store && import(**store, many().make(i)) ? 0 : 1;
    }));
  }
  for (pid_t child : children) EXPECT_EQ(wait_for(child), 0);
  EXPECT_EQ(count(), 10u);
  EXPECT_EQ(problems(), "");
}

// One dies at each step of its transaction, while others import and read. What was
// acknowledged is there, and of what was not, all or nothing.
TEST_P(Processes, one_dies_in_each_transaction) {
  ASSERT_TRUE(engine().open(Missing::Create));
  constexpr unsigned kOthers = 9;
  constexpr unsigned kEach = 100;
  std::vector<pid_t> others;
  for (unsigned i = 0; i < kOthers; ++i) {
    others.push_back(start([&, i] {
      auto store = engine().open(Missing::Fail);
      if (!store) return 1;
      for (unsigned n = 0; n < kEach; ++n) {
        unsigned number = 10'000 + i * kEach + n;
        if (!import(**store, many().make(number))) return 2;
        auto found = (*store)->find_certificates(ManyCertificates::address(number));
        if (!found || found->size() != 1) return 3;
      }
      return 0;
    }));
  }
  unsigned steps = 0;
  unsigned killed = 0;
  for (bool survived = false; !survived; ++steps) {
    ASSERT_LT(steps, 1'000u);
    int status = wait_for(start([&] {
      auto database = engine().database(Missing::Fail);
      if (!database) return 1;
      Store store(std::make_unique<MortalDatabase>(std::move(*database), steps));
      return import(store, many().make(steps)) ? 0 : 2;
    }));
    survived = WIFEXITED(status);
    killed += survived ? 0 : 1;
    if (survived) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
    }
  }
  EXPECT_GT(killed, 10u);
  for (pid_t other : others) EXPECT_EQ(wait_for(other), 0);
  auto store = engine().open(Missing::Fail);
  ASSERT_TRUE(store);
  for (unsigned n = 0; n < kOthers * kEach; ++n) ASSERT_TRUE(knows(**store, 10'000 + n)) << n;
  // The last step before the acknowledgement is behind the commit: that one is there.
  EXPECT_TRUE(knows(**store, killed - 1));
  EXPECT_TRUE(knows(**store, killed));
  EXPECT_FALSE(knows(**store, 0));
  EXPECT_EQ(problems(), "");
}

}  // namespace
}  // namespace bulla::store

// What was fetched, remembered by the store and shared by all who use it.
#include <gtest/gtest.h>

#include "store/engine.h"
#include "store/fetch_ports.h"
#include "store/file.h"
#include "store/ports.h"

namespace bulla::store {
namespace {

constexpr Time kNow{std::chrono::seconds(1'800'000'000)};
constexpr std::chrono::hours kHour{1};
using Kind = Fetched::Kind;

Bytes octets(std::string_view text) { return to_bytes(as_bytes(text)); }

Certificate certificate(const std::string& name) {
  return load_certificate_file(std::string(BULLA_TEST_DATA) + "/x509/" + name)->front();
}

Bytes name() { return to_bytes(certificate("alice.pem").issuer_der()); }

Fetched list(const std::string& url, std::string_view der, Time until = kNow + kHour) {
  return {.kind = Kind::List,
          .url = url,
          .der = octets(der),
          .name = name(),
          .serial_number = {},
          .next_update = until};
}

class FetchedIn : public testing::TestWithParam<EngineKind> {
 protected:
  void SetUp() override {
    engine_ = make_engine(GetParam());
    if (!engine_->is_there()) GTEST_SKIP() << "no server";
    store_ = std::move(engine_->open(Missing::Create).value());
  }
  FetchTable& table() { return store_->fetched(); }
  std::vector<Bytes> find(Kind kind, std::string_view serial = {}) {
    return table().find(kind, name(), as_bytes(serial)).value();
  }

  std::unique_ptr<Engine> engine_;
  std::unique_ptr<Store> store_;
};

INSTANTIATE_TEST_SUITE_P(Engines, FetchedIn, each_engine(),
                         [](const auto& one) { return engine_name(one.param); });

TEST_P(FetchedIn, what_came_from_a_url_takes_the_place_of_what_came_before) {
  ASSERT_TRUE(table().keep(list("http://a/", "old"), kNow));
  ASSERT_TRUE(table().keep(list("http://a/", "new"), kNow));
  EXPECT_EQ(find(Kind::List), std::vector<Bytes>{octets("new")});
  ASSERT_TRUE(table().keep(list("http://b/", "delta"), kNow + std::chrono::minutes(30)));
  EXPECT_EQ(find(Kind::List), (std::vector<Bytes>{octets("delta"), octets("new")}));
  EXPECT_TRUE(find(Kind::Answer).empty());
  EXPECT_TRUE(find(Kind::List, "1").empty());
  Bytes other = to_bytes(certificate("root.pem").subject_der());
  EXPECT_TRUE(table().find(Kind::List, other, {})->empty());
}

TEST_P(FetchedIn, what_is_out_of_date_goes) {
  ASSERT_TRUE(table().keep(list("http://a/", "old", kNow + kHour), kNow));
  ASSERT_TRUE(table().keep(list("http://b/", "new", kNow + 4 * kHour), kNow + 2 * kHour));
  EXPECT_EQ(find(Kind::List), std::vector<Bytes>{octets("new")});
  // What says of no end how long it counts is not kept.
  Fetched endless = list("http://c/", "endless");
  endless.next_update.reset();
  ASSERT_TRUE(table().keep(endless, kNow));
  EXPECT_EQ(find(Kind::List).size(), 1u);
}

TEST_P(FetchedIn, an_answer_is_about_one_certificate) {
  Fetched answer = list("http://ocsp/", "one");
  answer.kind = Kind::Answer;
  answer.serial_number = octets("1");
  ASSERT_TRUE(table().keep(answer, kNow));
  answer.serial_number = octets("2");
  answer.der = octets("two");
  ASSERT_TRUE(table().keep(answer, kNow));
  EXPECT_EQ(find(Kind::Answer, "1"), std::vector<Bytes>{octets("one")});
  EXPECT_EQ(find(Kind::Answer, "2"), std::vector<Bytes>{octets("two")});
}

TEST_P(FetchedIn, others_have_it_too) {
  ASSERT_TRUE(table().keep(list("http://a/", "list"), kNow));
  auto other = engine_->open(Missing::Fail).value();
  EXPECT_EQ(other->fetched().find(Kind::List, name(), {})->size(), 1u);
  // It is no part of what the history answers for.
  EXPECT_TRUE(other->check()->empty());
}

TEST_P(FetchedIn, a_store_of_the_version_before_gets_its_tables) {
  store_.reset();
  engine_->tamper("DROP TABLE issued");
  engine_->tamper("DROP TABLE authorities");
  engine_->tamper("DROP TABLE fetched");
  engine_->tamper("DROP TABLE fetch_failures");
  engine_->set_version(1);
  store_ = std::move(engine_->open(Missing::Fail).value());
  ASSERT_TRUE(table().keep(list("http://a/", "list"), kNow));
  EXPECT_EQ(find(Kind::List).size(), 1u);
}

class Host final : public Fetcher {
 public:
  bool is_up = true;
  Rule rule = Rule::IoNetwork;
  mutable int asked = 0;
  Result<Bytes> fetch(const FetchRequest& request, FetchBudget&) const override {
    ++asked;
    if (is_up) return octets("list");
    return failure(rule, 0, request.url + ": down");
  }
};

struct Ports {
  Ports(Store& store, std::shared_ptr<Host> host, Time at)
      : revocation(make_revocation_source({}), &store.fetched()),
        fetcher(std::move(host), store.fetched(), revocation, at) {}
  std::string fetch() const {
    FetchBudget budget{3, 1'000, std::chrono::seconds(1)};
    auto got = fetcher.fetch({.url = "http://a/", .body = {}}, budget);
    return got ? std::string(as_text(*got)) : describe(got.error());
  }
  StoreRevocationSource revocation;
  CachingFetcher fetcher;
};

TEST_P(FetchedIn, T75_who_does_not_answer_is_left_alone_for_some_minutes) {
  auto host = std::make_shared<Host>();
  host->is_up = false;
  EXPECT_NE(Ports(*store_, host, kNow).fetch().find("down"), std::string::npos);
  host->is_up = true;
  std::string again = Ports(*store_, host, kNow + std::chrono::minutes(9)).fetch();
  EXPECT_NE(again.find("http://a/: down (some minutes ago)"), std::string::npos) << again;
  EXPECT_EQ(host->asked, 1);
  EXPECT_EQ(Ports(*store_, host, kNow + std::chrono::minutes(11)).fetch(), "list");
  // That it is not asked says nothing of whether it is up.
  host->is_up = false;
  host->rule = Rule::FetchRefused;
  Ports(*store_, host, kNow).fetch();
  host->is_up = true;
  EXPECT_EQ(Ports(*store_, host, kNow).fetch(), "list");
}

TEST_P(FetchedIn, what_is_kept_is_given_out_and_tells_the_session) {
  Ports ports(*store_, std::make_shared<Host>(), kNow);
  auto version = ports.revocation.version();
  EXPECT_TRUE(ports.revocation.find_by_issuer(name()).empty());
  ports.fetcher.keep(list("http://a/", "list"));
  EXPECT_NE(ports.revocation.version(), version);
  EXPECT_EQ(ports.revocation.find_by_issuer(name()), std::vector<Bytes>{octets("list")});
  EXPECT_TRUE(ports.revocation.find_answers(name(), as_bytes("1")).empty());
}

TEST_P(FetchedIn, issuers_are_found_by_their_name) {
  Certificate issuer = certificate("intermediate.pem");
  ASSERT_TRUE(table().keep({.kind = Kind::Issuer,
                            .url = "http://a/",
                            .der = to_bytes(issuer.der()),
                            .name = to_bytes(issuer.subject_der()),
                            .serial_number = {},
                            .next_update = issuer.not_after()},
                           kNow));
  StoreCertSource source(make_cert_source({}), store_.get());
  EXPECT_EQ(source.find_by_subject(name()), std::vector{issuer});
}

}  // namespace
}  // namespace bulla::store

// What is fetched for a path, from where its certificates say (RFC 5280 4.2.2.1, 4.2.1.13), and
// what is not.
#include "x509/online.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "x509/access_points.h"
#include "x509/extensions.h"
#include "x509/issue_answer.h"
#include "x509/path_cache.h"
#include "x509/path_finder.h"

namespace bulla::x509 {
namespace {

Bytes access(const Oid& method, const std::vector<std::string>& urls) {
  Bytes value = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer list = out.sequence();
    for (const std::string& url : urls) {
      asn1::Writer one = list.sequence();
      one.oid(method);
      one.primitive(asn1::primitive(6), as_bytes(url));
    }
  });
  return extension(kAuthorityInfoAccess, value);
}

Bytes points(const Oid& oid, const std::vector<std::string>& urls) {
  Bytes value = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer list = out.sequence();
    for (const std::string& url : urls) {
      asn1::Writer point = list.sequence();
      asn1::Writer name = point.enter(asn1::constructed(0));
      name.enter(asn1::constructed(0)).primitive(asn1::primitive(6), as_bytes(url));
    }
  });
  return extension(oid, value);
}

Certificate alice_with(const std::vector<Bytes>& more, const std::string& issuer = "intermediate") {
  std::vector<Bytes> extensions = extensions_of(load("alice"));
  extensions.insert(extensions.end(), more.begin(), more.end());
  return issue({.like = "alice", .issuer = issuer, .key = issuer, .extensions = extensions});
}

// A network of some files and a responder.
class Network final : public Fetcher {
 public:
  std::map<std::string, Bytes> files;
  std::function<Bytes(const Bytes& request)> responder;
  std::size_t cost = 100;
  mutable std::vector<std::string> asked;
  mutable std::vector<std::string> kept;

  Result<Bytes> fetch(const FetchRequest& request, FetchBudget& budget) const override {
    asked.push_back(request.url);
    --budget.fetches;
    budget.bytes -= std::min(budget.bytes, cost);
    if (!request.body.empty() && responder) return responder(request.body);
    auto file = files.find(request.url);
    if (file == files.end()) return failure(Rule::IoNetwork, 0, request.url + ": not there");
    return file->second;
  }
  void keep(const Fetched& fetched) const override { kept.push_back(fetched.url); }
};

struct Setting {
  RevocationPolicy revocation = RevocationPolicy::Hard;
  std::vector<Bytes> lists = {};
  std::vector<Certificate> pool = {load("intermediate")};
  const char* at = "2026-06-01";
};

// The slugs of all findings, with what those of the network say.
std::string judge(const Network& network, const Certificate& certificate,
                  const Setting& setting = {}) {
  auto trust = make_trust_store({load("root")});
  PathOptions options{.at = *parse_time(setting.at), .revocation = setting.revocation};
  std::vector<Bytes> lists = setting.lists;
  lists.push_back(issue_list({.issuer = "root", .key = "root"}));
  Limits limits;
  Online online(network, limits);
  PathFinder finder({.trust = trust.get(), .online = &online}, limits);
  PathResult result = finder.find(certificate, {setting.pool, lists, {}}, options);
  std::string slugs;
  for (const Finding& finding : result.findings) {
    slugs += (slugs.empty() ? "" : ", ") + std::string(info(finding.rule).slug);
    bool is_of_network = slugs.ends_with("fetch.failed") || slugs.ends_with("fetch.refused") ||
                         slugs.ends_with("bad-answer");
    if (is_of_network) slugs += ": " + finding.detail;
  }
  EXPECT_EQ(result.verified.has_value(), worst(result.findings) < Severity::Indeterminate);
  return slugs;
}

const Setting kNoPool{.revocation = RevocationPolicy::Off, .pool = {}};
using Urls = std::vector<std::string>;

TEST(Online, AMissingIssuerIsFetchedAndKept_CERT_48) {
  Certificate alice = alice_with({access(kCaIssuers, {"http://ca.example/i.cer"})});
  EXPECT_EQ(issuer_urls(alice), Urls{"http://ca.example/i.cer"});
  Network network;
  network.files["http://ca.example/i.cer"] = to_bytes(load("intermediate").der());
  EXPECT_EQ(judge(network, alice, kNoPool), "fetch.done");
  EXPECT_EQ(network.kept, Urls{"http://ca.example/i.cer"});
  // As certs-only CMS too, with others that are no issuers.
  network.files["http://ca.example/i.cer"] = read_file(data_path("certs_only.p7b"));
  EXPECT_EQ(judge(network, alice, kNoPool), "fetch.done");
  // What is at hand is not fetched.
  network.asked.clear();
  EXPECT_EQ(judge(network, alice, {.revocation = RevocationPolicy::Off}), "");
  EXPECT_TRUE(network.asked.empty());
}

TEST(Online, WhatIsNotTheIssuerIsNotKept_T_69) {
  Certificate alice = alice_with({access(kCaIssuers, {"http://ca.example/i.cer"})});
  Network network;
  EXPECT_EQ(judge(network, alice, kNoPool),
            "path.no-root, fetch.failed: http://ca.example/i.cer: not there");
  network.files["http://ca.example/i.cer"] = to_bytes(load("other").der());
  EXPECT_EQ(judge(network, alice, kNoPool),
            "path.no-root, fetch.done, fetch.failed: http://ca.example/i.cer: the certificate "
            "there is not the issuer's");
  // One with its name, signed by itself: no anchor.
  Certificate namesake = issue({.like = "intermediate",
                                .issuer = "intermediate",
                                .key = "other",
                                .spki = "other",
                                .extensions = ca_extensions()});
  network.files["http://ca.example/i.cer"] = to_bytes(namesake.der());
  EXPECT_NE(judge(network, alice, kNoPool).find("path.bad-signature"), std::string::npos);
  network.files["http://ca.example/i.cer"] = Bytes{1, 2, 3};
  EXPECT_NE(judge(network, alice, kNoPool).find("fetch.failed"), std::string::npos);
  EXPECT_TRUE(network.kept.empty());
}

TEST(Online, T75_IssuersOfIssuersAreFetchedTwiceAtMost) {
  // Each issuer has itself for an issuer, by another key each time.
  Certificate alice = alice_with({access(kCaIssuers, {"http://ca.example/0"})}, "other");
  Network network;
  for (int i = 0; i < 5; ++i) {
    std::vector<Bytes> extensions = ca_extensions();
    extensions.push_back(access(kCaIssuers, {"http://ca.example/" + std::to_string(i + 1)}));
    Certificate issuer = issue({.like = i % 2 == 0 ? "other" : "alice",
                                .issuer = i % 2 == 0 ? "alice" : "other",
                                .key = i % 2 == 0 ? "alice" : "other",
                                .extensions = extensions});
    network.files["http://ca.example/" + std::to_string(i)] = to_bytes(issuer.der());
  }
  std::string slugs = judge(network, alice, kNoPool);
  EXPECT_NE(slugs.find("path.no-root"), std::string::npos) << slugs;
  EXPECT_LE(network.asked.size(), 2u);
}

TEST(Online, T75_ManyUrlsInACertificateAreNotFollowed) {
  Urls urls;
  for (int i = 0; i < 4'000; ++i) urls.push_back("http://ca.example/" + std::to_string(i));
  Network network;
  std::string slugs = judge(network, alice_with({access(kCaIssuers, urls)}), kNoPool);
  EXPECT_EQ(network.asked.size(), 3u);
  EXPECT_NE(slugs.find("fetch.refused: http://ca.example/3: enough was fetched"), std::string::npos)
      << slugs;
}

TEST(Online, OtherSchemesAreNotAsked_CERT_46) {
  Network network;
  for (const char* url : {"ldap://ca.example/cn=ca", "file:///etc/passwd", "gopher://ca.example/",
                          "http", "", "javascript:x"}) {
    Certificate alice = alice_with({access(kCaIssuers, {url})});
    EXPECT_NE(judge(network, alice, kNoPool).find("only http and https are asked"),
              std::string::npos)
        << url;
  }
  Certificate alice = alice_with({access(kCaIssuers, {"http://" + std::string(5'000, 'a')})});
  EXPECT_NE(judge(network, alice, kNoPool).find("fetch.refused"), std::string::npos);
  EXPECT_TRUE(network.asked.empty());
}

Certificate alice_with_list() {
  return alice_with({points(kCrlDistributionPoints, {"http://ca.example/list"})});
}

Bytes list_of_intermediate(const std::vector<std::string>& revoked = {}) {
  return issue_list({.issuer = "intermediate", .key = "intermediate", .revoked = revoked});
}

TEST(Online, AMissingListIsFetchedAndKept_CERT_02) {
  Network network;
  network.files["http://ca.example/list"] = list_of_intermediate();
  EXPECT_EQ(judge(network, alice_with_list()), "fetch.done");
  EXPECT_EQ(network.kept, Urls{"http://ca.example/list"});
  network.files["http://ca.example/list"] = list_of_intermediate({"alice"});
  EXPECT_EQ(judge(network, alice_with_list()), "revocation.revoked, fetch.done");
  network.asked.clear();
  EXPECT_EQ(judge(network, alice_with_list(), {.lists = {list_of_intermediate()}}), "");
  EXPECT_EQ(judge(network, alice_with_list(), {.revocation = RevocationPolicy::Off}), "");
  EXPECT_TRUE(network.asked.empty());
}

TEST(Online, T76_AListThatIsNotTheIssuersIsNotKept) {
  Network network;
  network.files["http://ca.example/list"] = issue_list({.issuer = "intermediate", .key = "other"});
  EXPECT_EQ(judge(network, alice_with_list()),
            "revocation.unknown, revocation.bad-list, fetch.done");
  network.files["http://ca.example/list"] = issue_list({.issuer = "other", .key = "other"});
  EXPECT_EQ(judge(network, alice_with_list()), "revocation.unknown, fetch.done");
  network.files["http://ca.example/list"] = Bytes{1};
  EXPECT_EQ(judge(network, alice_with_list()),
            "revocation.unknown, revocation.bad-list, fetch.done");
  EXPECT_TRUE(network.kept.empty());
}

TEST(Online, WhereThereIsADeltaListItIsFetchedToo_CERT_54) {
  Certificate alice = alice_with({points(kCrlDistributionPoints, {"http://ca.example/list"}),
                                  points(kFreshestCrl, {"http://ca.example/delta"})});
  Network network;
  network.files["http://ca.example/list"] = list_of_intermediate();
  EXPECT_EQ(judge(network, alice), "fetch.done, fetch.failed: http://ca.example/delta: not there");
  EXPECT_EQ(network.asked, (Urls{"http://ca.example/list", "http://ca.example/delta"}));
}

TEST(Online, NothingIsFetchedForAPathThatLeadsNowhere_CERT_46) {
  Network network;
  network.files["http://ca.example/list"] = list_of_intermediate();
  Setting late{.at = "2160-01-01"};
  EXPECT_NE(judge(network, alice_with_list(), late).find("cert.expired"), std::string::npos);
  EXPECT_NE(judge(network, alice_with_list(), {.pool = {}}).find("path.no-root"),
            std::string::npos);
  EXPECT_TRUE(network.asked.empty());
}

// The nonce is the last 32 octets of what is asked.
Bytes nonce_of(const Bytes& request) { return Bytes(request.end() - 32, request.end()); }

TEST(Online, AResponderIsAskedBeforeALongListIsFetched_CERT_62) {
  Certificate alice = alice_with({access(kOcsp, {"http://ocsp.example/"}),
                                  points(kCrlDistributionPoints, {"http://ca.example/list"})});
  Network network;
  network.files["http://ca.example/list"] = list_of_intermediate();
  network.responder = [](const Bytes& request) {
    return issue_answer({.nonce = nonce_of(request)});
  };
  EXPECT_EQ(judge(network, alice), "revocation.by-ocsp, fetch.done");
  EXPECT_EQ(network.asked, Urls{"http://ocsp.example/"});
  EXPECT_EQ(network.kept, Urls{"http://ocsp.example/"});
  // Many responders know no nonces.
  network.responder = [](const Bytes&) { return issue_answer({}); };
  EXPECT_EQ(judge(network, alice), "revocation.by-ocsp, fetch.done");
  // Just asked for, it may be without an end; it is not kept.
  network.kept.clear();
  network.responder = [](const Bytes&) { return issue_answer({.next_update = nullptr}); };
  EXPECT_EQ(judge(network, alice), "revocation.by-ocsp, fetch.done");
  EXPECT_TRUE(network.kept.empty());
  network.responder = [](const Bytes&) { return issue_answer({.says = Answer::Says::Revoked}); };
  EXPECT_EQ(judge(network, alice), "revocation.revoked, fetch.done");
}

TEST(Online, T72_WhatDoesNotAnswerTheQuestionLeavesTheListToBeFetched) {
  Certificate alice = alice_with({access(kOcsp, {"http://ocsp.example/"}),
                                  points(kCrlDistributionPoints, {"http://ca.example/list"})});
  Network network;
  network.files["http://ca.example/list"] = list_of_intermediate();
  struct Row {
    Bytes answer;
    const char* why;
  };
  for (const Row& row : {
           Row{issue_answer({.nonce = Bytes(32, 7)}), "its nonce differs"},
           Row{issue_answer({.about = "revoked"}), "it is about another certificate"},
           Row{issue_answer({.key = "other"}), "its signature does not fit"},
           Row{wrap_answer(3, {}), "try later"},
           Row{Bytes{1, 2}, "asn1."},
       }) {
    network.asked.clear();
    network.kept.clear();
    network.responder = [&](const Bytes&) { return row.answer; };
    std::string slugs = judge(network, alice);
    EXPECT_NE(slugs.find(row.why), std::string::npos) << slugs;
    EXPECT_EQ(slugs.find("revocation.unknown"), std::string::npos) << slugs;
    EXPECT_EQ(network.asked, (Urls{"http://ocsp.example/", "http://ca.example/list"}));
    EXPECT_EQ(network.kept, Urls{"http://ca.example/list"});
  }
}

TEST(Online, T75_TheBudgetIsThatOfAllPathsOfAMessage) {
  Network network;
  network.files["http://ca.example/list"] = list_of_intermediate();
  Limits limits;
  limits.fetches = 1;
  Online online(network, limits);
  Certificate alice = alice_with({access(kCaIssuers, {"http://ca.example/i"}),
                                  points(kCrlDistributionPoints, {"http://ca.example/list"})});
  network.files["http://ca.example/i"] = to_bytes(load("intermediate").der());
  auto trust = make_trust_store({load("root")});
  PathFinder finder({.trust = trust.get(), .online = &online}, limits);
  PathOptions options{.at = *parse_time("2026-06-01"), .revocation = RevocationPolicy::Soft};
  EXPECT_TRUE(finder.find(alice, {{}, {}, {}}, options).verified);
  EXPECT_TRUE(finder.find(alice, {{load("intermediate")}, {}, {}}, options).verified);
  EXPECT_EQ(network.asked, Urls{"http://ca.example/i"});
}

// Two signers of one CA, or one signer at two times: what one of them let be fetched serves both.
TEST(Online, WhatAMessageAsksTwiceIsFetchedOnce) {
  Certificate alice = alice_with({access(kCaIssuers, {"http://ca.example/i"}),
                                  points(kCrlDistributionPoints, {"http://ca.example/list"})});
  Certificate asked = alice_with({access(kOcsp, {"http://ocsp.example/"})});
  Network network;
  network.files["http://ca.example/i"] = to_bytes(load("intermediate").der());
  network.files["http://ca.example/list"] = list_of_intermediate();
  network.responder = [](const Bytes& request) {
    return issue_answer({.nonce = nonce_of(request)});
  };
  Limits limits;
  Online online(network, limits);
  auto trust = make_trust_store({load("root")});
  PathFinder finder({.trust = trust.get(), .online = &online}, limits);
  PathOptions options{.at = *parse_time("2026-06-01"), .revocation = RevocationPolicy::Hard};
  std::vector<Bytes> lists{issue_list({.issuer = "root", .key = "root"})};
  for (int round = 0; round < 2; ++round) {
    EXPECT_TRUE(finder.find(alice, {{}, lists, {}}, options).verified) << round;
    EXPECT_TRUE(finder.find(asked, {{load("intermediate")}, lists, {}}, options).verified) << round;
  }
  EXPECT_EQ(network.asked,
            (Urls{"http://ca.example/i", "http://ca.example/list", "http://ocsp.example/"}));
}

TEST(Online, WhatTheNetworkSaidIsNotRememberedByASession) {
  Network network;
  Certificate alice = alice_with({access(kCaIssuers, {"http://ca.example/i"})});
  auto trust = make_trust_store({load("root")});
  PathCache cache(10);
  PathOptions options{.at = *parse_time("2026-06-01"), .revocation = RevocationPolicy::Off};
  auto find = [&] {
    Limits limits;
    Online online(network, limits);
    return PathFinder({.trust = trust.get(), .online = &online}, limits, &cache)
        .find(alice, {{}, {}, {}}, options)
        .verified.has_value();
  };
  EXPECT_FALSE(find());
  network.files["http://ca.example/i"] = to_bytes(load("intermediate").der());
  EXPECT_TRUE(find());
}

}  // namespace
}  // namespace bulla::x509

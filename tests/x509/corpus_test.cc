// PKITS, the path tests of BoringSSL, and the PKCS #12 files and keys of several
// projects, a test each. Registered where the reference corpora are at hand.
#include <gtest/gtest.h>

#include "x509/corpus_rows.h"
#include "x509/path_finder.h"
#include "x509/pkcs12.h"
#include "x509/test_files.h"

namespace bulla::x509 {
namespace {

std::string describe(const Findings& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text +=
        std::string(info(finding.rule).slug) + ' ' + finding.place + ' ' + finding.detail + "; ";
  }
  return text;
}

// "NIST-test-policy-1,NIST-test-policy-2" in quotes, or anyPolicy.
std::vector<Oid> pkits_policies(const std::string& names) {
  static constexpr Oid kPolicies[] = {
      Oid::of("2.16.840.1.101.3.2.1.48.1"), Oid::of("2.16.840.1.101.3.2.1.48.2"),
      Oid::of("2.16.840.1.101.3.2.1.48.3"), Oid::of("2.16.840.1.101.3.2.1.48.4"),
      Oid::of("2.16.840.1.101.3.2.1.48.5"), Oid::of("2.16.840.1.101.3.2.1.48.6")};
  std::vector<Oid> policies;
  for (const std::string& name : split_text(names, ',')) {
    std::size_t digit = name.find_first_of("123456");
    if (digit != std::string::npos) policies.push_back(kPolicies[name[digit] - '1']);
  }
  return policies;
}

PathOptions::Switch to_switch(const std::string& text) {
  return text == "true" ? PathOptions::Switch::On : PathOptions::Switch::Off;
}

class Pkits : public testing::TestWithParam<CorpusRow> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Pkits);

// Among them 4.8 to 4.12 on policies (CERT-29), 4.14 on indirect lists (CERT-55), 4.15 on delta
// lists (CERT-54, CERT-56), 4.4 on critical extensions of lists (CERT-27).
TEST_P(Pkits, CERT_21) {
  CorpusRow row = GetParam();
  auto certificate = [&](const std::string& name) {
    auto parsed = Certificate::parse(read_file(row.file("certs/" + name + ".crt")));
    EXPECT_TRUE(parsed) << name << ": " << describe(parsed.error());
    return parsed;
  };
  std::vector<Certificate> chain;
  for (const std::string& name : split_text(row.inputs["chain"], ',')) {
    auto parsed = certificate(name);
    if (!parsed) return expect_row(row, false, "a certificate cannot be read");
    chain.push_back(*parsed);
  }
  std::vector<Bytes> crls;
  for (const std::string& name : split_text(row.inputs["crls"], ',')) {
    crls.push_back(read_file(row.file("crls/" + name + ".crl")));
  }
  auto trust = make_trust_store({*certificate(row.inputs["anchor"])});
  PathOptions options{.at = *parse_time("2020-06-01"),
                      .purpose = Purpose::Any,
                      .revocation = RevocationPolicy::Hard,
                      .weak = PathOptions::Weak::Warn,
                      .initial_policies = pkits_policies(row.inputs["initial-policies"]),
                      .require_explicit_policy = to_switch(row.inputs["explicit"]),
                      .inhibit_policy_mapping = to_switch(row.inputs["inhibit-mapping"]),
                      .inhibit_any_policy = to_switch(row.inputs["inhibit-any"])};
  PathFinder finder({.trust = trust.get()});
  PathResult result = finder.find(chain.back(), {chain, crls, {}}, options);
  expect_row(row, result.verified.has_value(), describe(result.findings));
}

INSTANTIATE_TEST_SUITE_P(Corpus, Pkits, testing::ValuesIn(corpus_rows("nist-pkits", "verify")),
                         row_name);

class BoringsslPath : public testing::TestWithParam<CorpusRow> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BoringsslPath);

// UTCTime, or the time that BoringSSL's tests take for DEFAULT.
Time row_time(const std::string& text) {
  std::string t = text == "DEFAULT" ? "211005120000Z" : text;
  std::string iso = "20" + t.substr(0, 2) + "-" + t.substr(2, 2) + "-" + t.substr(4, 2) + "T" +
                    t.substr(6, 2) + ":" + t.substr(8, 2) + ":" + t.substr(10, 2) + "Z";
  return *parse_time(iso);
}

// chain.pem has the target first and, unless it is not trusted, the anchor last.
TEST_P(BoringsslPath, CERT_21) {
  CorpusRow row = GetParam();
  auto blocks = read_pem(read_file(row.file(row.inputs["chain"])));
  ASSERT_TRUE(blocks);
  std::vector<Certificate> chain;
  for (const PemBlock& block : *blocks) {
    auto parsed = Certificate::parse(to_bytes(block.contents.view()));
    if (!parsed) return expect_row(row, false, bulla::describe(parsed.error()));
    chain.push_back(*parsed);
  }
  bool trusted = row.inputs["last_cert_trust"].rfind("TRUSTED", 0) == 0;
  auto trust = make_trust_store(trusted ? std::vector<Certificate>{chain.back()}
                                        : std::vector<Certificate>{});
  PathFinder finder({.trust = trust.get()});
  PathResult result = finder.find(chain.front(), {chain, {}, {}},
                                  {.at = row_time(row.inputs["utc_time"]),
                                   .purpose = Purpose::Any,
                                   .revocation = RevocationPolicy::Off});
  expect_row(row, result.verified.has_value(), describe(result.findings));
}

INSTANTIATE_TEST_SUITE_P(Corpus, BoringsslPath,
                         testing::ValuesIn(corpus_rows("boringssl-pki", "path-validate")),
                         row_name);

class Pkcs12Corpus : public testing::TestWithParam<CorpusRow> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(Pkcs12Corpus);

TEST_P(Pkcs12Corpus, CERT_70) {
  CorpusRow row = GetParam();
  auto loaded = load_pkcs12(read_file(row.file(row.path)), as_bytes(row.inputs["password"]));
  expect_row(row, loaded.has_value(), loaded ? "loaded" : bulla::describe(loaded.error()));
}

std::vector<CorpusRow> pkcs12_rows() {
  std::vector<CorpusRow> rows;
  for (const char* source : {"asn1crypto", "boringssl-pki", "gnupg-cms", "gnutls", "libksba",
                             "mimekit", "pyca-vectors"}) {
    auto more = corpus_rows(source, "p12");
    rows.insert(rows.end(), more.begin(), more.end());
  }
  return rows;
}

INSTANTIATE_TEST_SUITE_P(Corpus, Pkcs12Corpus, testing::ValuesIn(pkcs12_rows()), row_name);

class KeyCorpus : public testing::TestWithParam<CorpusRow> {};
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(KeyCorpus);

// A libcrypto without the algorithm says so; then there is nothing to compare.
TEST_P(KeyCorpus, PQC_keys) {
  CorpusRow row = GetParam();
  Bytes file = read_file(row.file(row.path));
  if (is_pem(file)) file = to_bytes(read_pem(file)->front().contents.view());
  auto key = load_private_key(file);
  bool unavailable = !key && (key.error().rule == Rule::CryptoUnavailable ||
                              key.error().rule == Rule::CryptoUnknownAlgorithm);
  if (unavailable) GTEST_SKIP() << bulla::describe(key.error());
  expect_row(row, key.has_value(), key ? "loaded" : bulla::describe(key.error()));
}

INSTANTIATE_TEST_SUITE_P(Corpus, KeyCorpus,
                         testing::ValuesIn(corpus_rows("ietf-lamps", "load-key")), row_name);

}  // namespace
}  // namespace bulla::x509

// Countersignatures (RFC 5652 11.4) and timestamps (RFC 3161) in verdicts.
#include <gtest/gtest.h>

#include "cms/countersignature.h"
#include "cms/signature_editor.h"
#include "cms/timestamp_protocol.h"
#include "cms/writer_support.h"
#include "message/seal_support.h"
#include "x509/certificate_key.h"

namespace bulla {
namespace {

using cms::testing::OpenSsl;
using seal_testing::ChunkSource;
using seal_testing::person;
using seal_testing::recipe_of;
using seal_testing::seal_text;
using seal_testing::sign_by;
using seal_testing::slugs;
using seal_testing::WatchedSink;
using Slugs = std::vector<std::string>;

constexpr std::string_view kText = "Content-Type: text/plain\r\n\r\nI owe you ten.\r\n";

Time day(const std::string& text) { return *parse_time(text); }

Result<Verdict> try_open(std::string_view der, Time at = seal_testing::now(), Policy policy = {}) {
  auto roots = make_trust_store({load("root")});
  OpenOptions options;
  options.at = at;
  options.trust = roots.get();
  options.policy = policy;
  options.policy.address = Policy::Address::Ignore;
  options.policy.revocation = Revocation::Off;
  MemorySource in(as_bytes(der));
  MemorySink out;
  return open(in, out, options);
}

Verdict open_der(std::string_view der, Time at = seal_testing::now(), Policy policy = {}) {
  auto verdict = try_open(der, at, policy);
  if (verdict) return *verdict;
  ADD_FAILURE() << describe(verdict.error());
  return {};
}

const SignerVerdict& signer_of(const Verdict& verdict) {
  return verdict.layers.at(0).signers.at(0);
}

std::shared_ptr<const TimestampSource> authority(const std::string& certificate, Time at) {
  auto made = make_timestamp_source(person(certificate, "ec"), at);
  EXPECT_TRUE(made) << describe(made.error());
  return made ? *made : nullptr;
}

SealOptions der_at(Time at) {
  SealOptions options = seal_testing::options(SealOptions::Form::Der);
  options.at = at;
  return options;
}

std::string stamped(const Identity& who, std::shared_ptr<const TimestampSource> source, Time at) {
  Sign step = sign_by("alice", Sign::Form::Opaque);
  step.signers[0].identity = who;
  step.timestamps = std::move(source);
  return seal_text(kText, recipe_of({step}), der_at(at)).text;
}

// The message after `edit` changed its signers.
std::string edited(std::string_view der, const cms::SignatureEditor::Edit& edit) {
  Bytes out;
  cms::SignatureEditor editor(edit, {}, [&](ByteView octets) {
    append(out, octets);
    return Result<void>{};
  });
  auto pushed = editor.push(as_bytes(der));
  EXPECT_TRUE(pushed) << describe(pushed.error());
  auto finished = editor.finish();
  EXPECT_TRUE(finished) << describe(finished.error());
  return std::string(as_text(out));
}

std::string with_token(std::string_view der, Bytes token) {
  return edited(der, [&](cms::SignedTail& tail) -> Result<void> {
    tail.signers.at(0).unsigned_attrs = {{.type = cms::kTimeStampToken, .values = {token}}};
    return {};
  });
}

Bytes token_of(std::string_view der) {
  Bytes token;
  edited(der, [&](cms::SignedTail& tail) -> Result<void> {
    token = cms::timestamp_tokens(tail.signers.at(0)).at(0);
    return {};
  });
  return token;
}

cms::Signer signer_for(const Identity& who) {
  cms::Signer signer;
  signer.identity = who;
  signer.scheme = cms::choose_scheme(x509::public_key(*who.certificate).value(), std::nullopt,
                                     cms::RsaPadding::Pkcs1)
                      .value();
  return signer;
}

// The token that this signer makes over the signature of the message.
Bytes token_by(const cms::Signer& signer, std::string_view der, Time at) {
  Bytes signature;
  edited(der, [&](cms::SignedTail& tail) -> Result<void> {
    signature = tail.signers.at(0).signature;
    return {};
  });
  return cms::fetch_timestamp(
             [&](ByteView request) { return cms::answer_timestamp_request(request, signer, at); },
             Digest::Sha256, signature, {})
      .value()
      .token;
}

std::string signed_plainly() { return stamped(person("alice"), nullptr, seal_testing::now()); }

TEST(Timestamp, is_shown_with_its_time_TSP03_TSP07_ATTR59) {
  Time then = day("2026-05-01T10:00:00Z");
  Verdict verdict = open_der(stamped(person("alice"), authority("tsa", then), then));
  EXPECT_EQ(verdict.status, Status::Valid) << testing::PrintToString(slugs(verdict.findings));
  ASSERT_EQ(signer_of(verdict).timestamps.size(), 1u);
  const TimestampVerdict& timestamp = signer_of(verdict).timestamps[0];
  EXPECT_EQ(timestamp.status, Status::Valid);
  EXPECT_EQ(timestamp.time, then);
  EXPECT_EQ(timestamp.policy, "2.5.29.32.0");
  EXPECT_EQ(timestamp.certificate, load("tsa"));
  EXPECT_EQ(timestamp.path.size(), 3u);
  EXPECT_EQ(signer_of(verdict).proven_time, then);
}

TEST(Timestamp, lets_a_signature_outlive_its_certificate_CERT45_ATTR12) {
  Time then = day("2026-01-15T10:00:00Z");
  Identity brief = person("brief", "alice");
  Verdict bare = open_der(stamped(brief, nullptr, then));
  EXPECT_EQ(bare.status, Status::Invalid);
  EXPECT_EQ(slugs(bare.findings), (Slugs{"cert.expired"}));
  Verdict proven = open_der(stamped(brief, authority("tsa", then), then));
  EXPECT_EQ(proven.status, Status::Valid) << testing::PrintToString(slugs(proven.findings));
  EXPECT_EQ(slugs(proven.findings), (Slugs{"cert.expired"}));
  EXPECT_EQ(proven.findings[0].severity, Severity::Note);
  // Stamped when it had expired already.
  std::string bare_message = stamped(brief, nullptr, then);
  Bytes late = token_by(signer_for(person("tsa", "ec")), bare_message, day("2026-03-01"));
  EXPECT_EQ(open_der(with_token(bare_message, late)).status, Status::Invalid);
}

TEST(Timestamp, of_whom_nobody_trusts_proves_nothing_TSP04) {
  Time then = day("2026-01-15T10:00:00Z");
  std::string message = stamped(person("brief", "alice"), nullptr, then);
  // For mail, not for timestamps; for timestamps, but not critical.
  for (const Identity& who : {person("ec"), person("tsa_not_critical", "ec")}) {
    Verdict verdict = open_der(with_token(message, token_by(signer_for(who), message, then)));
    EXPECT_EQ(verdict.status, Status::Invalid);
    EXPECT_EQ(slugs(verdict.findings), (Slugs{"sig.timestamp-untrusted", "cert.expired"}));
    EXPECT_FALSE(signer_of(verdict).proven_time);
    EXPECT_NE(signer_of(verdict).timestamps.at(0).status, Status::Valid);
  }
}

TEST(Timestamp, of_another_signature_is_none_TSP04) {
  Time then = day("2026-05-01");
  std::string other = stamped(person("ec"), authority("tsa", then), then);
  Verdict verdict = open_der(with_token(signed_plainly(), token_of(other)));
  EXPECT_EQ(verdict.status, Status::Valid);  // what is unsigned cannot spoil a signature
  EXPECT_EQ(slugs(verdict.findings), (Slugs{"sig.timestamp"}));
  EXPECT_EQ(signer_of(verdict).timestamps.at(0).status, Status::Invalid);
}

TEST(Timestamp, from_the_future_is_not_believed) {
  Time ahead = day("2027-01-01");
  std::string message = signed_plainly();
  Bytes token = token_by(signer_for(person("tsa", "ec")), message, ahead);
  Verdict verdict = open_der(with_token(message, token));
  EXPECT_EQ(slugs(verdict.findings), (Slugs{"sig.timestamp-ahead"}));
  EXPECT_FALSE(signer_of(verdict).proven_time);
}

// An octet that is changed anywhere in a token proves nothing else. One that changes a length
// leaves no DER, and the message is malformed.
TEST(Timestamp, with_any_octet_changed_proves_no_other_time) {
  Time then = day("2026-05-01T10:00:00Z");
  std::string message = stamped(person("alice"), authority("tsa", then), then);
  Bytes token = token_of(message);
  std::size_t opened = 0;
  for (std::size_t i = 0; i < token.size(); i += 3) {
    Bytes bad = token;
    bad[i] ^= 0x41;
    auto verdict = try_open(with_token(message, bad));
    if (!verdict) continue;
    EXPECT_EQ(verdict->status, Status::Valid) << i;
    auto proven = signer_of(*verdict).proven_time;
    EXPECT_TRUE(!proven || *proven == then) << i;
    ++opened;
  }
  EXPECT_GT(opened, 100u);
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, token.size() / 2, token.size() - 1}) {
    Bytes cut(token.begin(), token.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(cms::parse_timestamp_token(cut, {}));
  }
}

TEST(Timestamp, more_than_the_limit_are_not_looked_at_T60) {
  Time then = day("2026-05-01");
  std::string message = signed_plainly();
  Bytes token = token_by(signer_for(person("tsa", "ec")), message, then);
  std::string many = edited(message, [&](cms::SignedTail& tail) -> Result<void> {
    for (int i = 0; i < 3; ++i) {
      tail.signers.at(0).unsigned_attrs.push_back(
          {.type = cms::kTimeStampToken, .values = std::vector<Bytes>(8, token)});
    }
    return {};
  });
  Verdict verdict = open_der(many);
  EXPECT_EQ(signer_of(verdict).timestamps.size(), Limits().attestations);
  EXPECT_EQ(slugs(verdict.findings), (Slugs{"sig.timestamp"}));
}

// Who asks gets a token for what was asked, or a reason (RFC 3161 2.4.2).
TEST(TimestampProtocol, a_response_answers_its_request_alone_TSP01_TSP02) {
  cms::Signer signer = signer_for(person("tsa", "ec"));
  Bytes kept;
  auto honest = [&](ByteView request) {
    auto response = cms::answer_timestamp_request(request, signer, day("2026-05-01"));
    kept = *response;
    return response;
  };
  auto fetch = [](const cms::AskAuthority& ask, std::string_view text) {
    auto token = cms::fetch_timestamp(ask, Digest::Sha256, as_bytes(text), {});
    return token ? std::string("token") : std::string(info(token.error().rule).slug);
  };
  EXPECT_EQ(fetch(honest, "one"), "token");
  Bytes earlier = kept;
  EXPECT_EQ(fetch([&](ByteView) { return Result<Bytes>(earlier); }, "one"), "sig.timestamp");
  // Weak digests are refused by the authority.
  auto weak = cms::fetch_timestamp(honest, Digest::Sha1, as_bytes("one"), {});
  ASSERT_FALSE(weak);
  EXPECT_EQ(weak.error().rule, Rule::IoNetwork);
  EXPECT_NE(weak.error().detail.find("weak"), std::string::npos);
  for (std::size_t size = 0; size < earlier.size(); size += 7) {
    Bytes cut(earlier.begin(), earlier.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_NE(fetch([&](ByteView) { return Result<Bytes>(cut); }, "one"), "token");
  }
  Bytes garbage{0x30, 0x03, 0x02, 0x01, 0x07};
  auto refusal = cms::answer_timestamp_request(garbage, signer, day("2026-05-01"));
  ASSERT_TRUE(refusal);
  EXPECT_EQ(fetch([&](ByteView) { return refusal; }, "one"), "io.network");
}

TEST(TimestampProtocol, only_certificates_for_timestamps_stamp_TSP04) {
  auto refused = [](const Identity& who) {
    auto made = make_timestamp_source(who, seal_testing::now());
    return made ? "none" : std::string(info(made.error().rule).slug);
  };
  auto refused_at = [](const std::string& at) {
    auto made = make_timestamp_source(person("tsa", "ec"), day(at));
    return made ? "none" : std::string(info(made.error().rule).slug);
  };
  EXPECT_EQ(refused(person("alice")), "cert.extended-key-usage");
  EXPECT_EQ(refused({.key = person("ec").key, .certificate = {}, .chain = {}}),
            "key.no-certificate");
  EXPECT_EQ(refused({.key = {}, .certificate = load("tsa"), .chain = {}}), "key.no-private-key");
  EXPECT_EQ(refused(person("tsa_not_critical", "ec")), "cert.extended-key-usage");
  EXPECT_EQ(refused(person("tsa", "alice")), "key.mismatch");
  EXPECT_EQ(refused_at("2020-01-01"), "cert.not-yet-valid");
  EXPECT_EQ(refused_at("2200-01-01"), "cert.expired");
}

TEST(Timestamp, by_what_a_profile_does_not_accept_proves_nothing) {
  Time then = day("2026-05-01T10:00:00Z");
  std::string message = stamped(person("alice"), authority("tsa", then), then);
  Policy policy;
  policy.accepted.signatures = {SignatureAlgorithm::RsaPkcs1};
  Verdict verdict = open_der(message, seal_testing::now(), policy);
  EXPECT_EQ(verdict.status, Status::Valid);
  EXPECT_EQ(slugs(verdict.findings), (Slugs{"sig.timestamp-untrusted"}));
  EXPECT_NE(verdict.findings.at(0).detail.find("policy.algorithm"), std::string::npos);
  EXPECT_EQ(signer_of(verdict).timestamps.at(0).status, Status::Indeterminate);
  EXPECT_FALSE(signer_of(verdict).proven_time);
}

TEST(Timestamp, that_a_profile_does_not_allow_is_not_written) {
  Time then = day("2026-05-01T10:00:00Z");
  Sign step = sign_by("alice", Sign::Form::Opaque);
  step.timestamps = authority("tsa", then);
  Recipe recipe = recipe_of({step});
  recipe.allowed.signatures = {SignatureAlgorithm::RsaPkcs1};
  EXPECT_EQ(seal_testing::refusal(kText, recipe, der_at(then)), "policy.algorithm");
  recipe.allowed.signatures.push_back(SignatureAlgorithm::Ecdsa);
  recipe.allowed.digests = {Digest::Sha384, Digest::Sha256};
  std::string both = seal_text(kText, recipe, der_at(then)).text;
  EXPECT_EQ(cms::parse_timestamp_token(token_of(both), {})->info.imprint.algorithm.algorithm,
            crypto::digest_identifier(Digest::Sha256).algorithm);
}

// What no verifier would believe is told when it is made, and not in years.
class StrangeAuthority final : public TimestampSource {
 public:
  StrangeAuthority(const std::string& certificate, Time at)
      : signer_(signer_for(person(certificate, "ec"))), at_(at) {}
  Result<Bytes> stamp(ByteView request) const override {
    return cms::answer_timestamp_request(request, signer_, at_);
  }

 private:
  cms::Signer signer_;
  Time at_;
};

TEST(Timestamp, by_whom_nobody_would_believe_is_not_written_TSP04) {
  Time then = day("2026-05-01T10:00:00Z");
  auto result = [&](const std::string& certificate, Time at) {
    Sign step = sign_by("alice", Sign::Form::Opaque);
    step.timestamps = std::make_shared<StrangeAuthority>(certificate, at);
    ChunkSource in(kText);
    WatchedSink out;
    auto report = seal(in, out, recipe_of({step}), der_at(then));
    return report ? "none" : describe(report.error());
  };
  EXPECT_EQ(result("tsa", then + std::chrono::minutes(1)), "none");
  EXPECT_NE(result("ec", then).find("not for timestamps alone"), std::string::npos);
  EXPECT_NE(result("tsa_not_critical", then).find("sig.timestamp"), std::string::npos);
  EXPECT_NE(result("tsa", day("2027-01-01")).find("2027-01-01"), std::string::npos);
  EXPECT_NE(result("tsa", day("2025-01-01")).find("2025-01-01"), std::string::npos);
}

// Octets with the MD5 of others can be found: not even --legacy takes a time from it.
TEST(Timestamp, over_a_broken_digest_proves_no_time) {
  std::string message = signed_plainly();
  OpenSsl openssl;
  edited(message, [&](cms::SignedTail& tail) -> Result<void> {
    openssl.put("signature", tail.signers.at(0).signature);
    return {};
  });
  std::string config = "[tsa]\ndefault_tsa = t\n[t]\nserial = " + openssl.path("serial") +
                       "\ndefault_policy = 1.2.3.4\ndigests = md5, sha256\n"
                       "signer_digest = sha256\ness_cert_id_alg = sha256\n";
  openssl.put("config", as_bytes(config));
  openssl.put("serial", as_bytes(std::string_view("01\n")));
  for (std::string digest : {"md5", "sha256"}) {
    ASSERT_TRUE(openssl.command({"ts", "-query", "-data", openssl.path("signature"), "-" + digest,
                                 "-cert", "-out", openssl.path("query")}))
        << openssl.errors();
    ASSERT_TRUE(openssl.command({"ts", "-reply", "-config", openssl.path("config"), "-queryfile",
                                 openssl.path("query"), "-signer", data_path("tsa.pem"), "-inkey",
                                 data_path("ec.key.pem"), "-chain", data_path("intermediate.pem"),
                                 "-token_out", "-out", openssl.path("token")}))
        << openssl.errors();
    Policy policy;
    policy.old_forms = Policy::Old::Read;
    Time later = day("2035-01-01");  // openssl stamps with the time of this run
    Verdict verdict = open_der(with_token(message, openssl.get("token")), later, policy);
    const TimestampVerdict& timestamp = signer_of(verdict).timestamps.at(0);
    if (digest == "md5") {
      EXPECT_NE(timestamp.status, Status::Valid);
      EXPECT_FALSE(signer_of(verdict).proven_time);
      ASSERT_EQ(verdict.findings.empty(), false);
      EXPECT_EQ(slugs(verdict.findings).at(0), "sig.timestamp-untrusted");
    } else {
      EXPECT_EQ(timestamp.status, Status::Valid) << testing::PrintToString(slugs(verdict.findings));
      EXPECT_TRUE(signer_of(verdict).proven_time);
    }
  }
}

// openssl ts checks what we stamp, and we read what it stamps.
TEST(TimestampProtocol, agrees_with_openssl_ts_TSP06) {
  OpenSsl openssl;
  cms::Signer signer = signer_for(person("tsa", "ec"));
  signer.identity.chain = {load("intermediate")};
  std::string_view octets = "a signature value";
  openssl.put("signature", as_bytes(octets));
  Bytes response;
  auto answer = [&](ByteView request) {
    auto made = cms::answer_timestamp_request(request, signer, seal_testing::now());
    response = *made;
    return made;
  };
  ASSERT_TRUE(cms::fetch_timestamp(answer, Digest::Sha384, as_bytes(octets), {}));
  openssl.put("response", response);
  auto verify = [&](const std::string& data) {
    return openssl.command({"ts", "-verify", "-data", openssl.path(data), "-in",
                            openssl.path("response"), "-CAfile", data_path("root.pem"), "-attime",
                            "1780315200"});
  };
  EXPECT_TRUE(verify("signature")) << openssl.errors();
  openssl.put("another", as_bytes(std::string_view("another value")));
  EXPECT_FALSE(verify("another"));

  std::string config = "[tsa]\ndefault_tsa = t\n[t]\nserial = " + openssl.path("serial") +
                       "\ndefault_policy = 1.2.3.4\ndigests = sha256\nsigner_digest = sha256\n"
                       "accuracy = secs:1, millisecs:500\nclock_precision_digits = 3\n"
                       "ess_cert_id_chain = no\ness_cert_id_alg = sha256\n";
  openssl.put("config", as_bytes(config));
  openssl.put("serial", as_bytes(std::string_view("01\n")));
  ASSERT_TRUE(openssl.command({"ts", "-query", "-data", openssl.path("signature"), "-sha256",
                               "-cert", "-out", openssl.path("query")}))
      << openssl.errors();
  ASSERT_TRUE(openssl.command({"ts", "-reply", "-config", openssl.path("config"), "-queryfile",
                               openssl.path("query"), "-signer", data_path("tsa.pem"), "-inkey",
                               data_path("ec.key.pem"), "-chain", data_path("intermediate.pem"),
                               "-out", openssl.path("reply")}))
      << openssl.errors();
  auto request = asn1::decode(openssl.get("query"), &cms::TimestampRequest::read);
  ASSERT_TRUE(request) << describe(request.error());
  auto token = cms::read_timestamp_response(openssl.get("reply"), *request, {});
  ASSERT_TRUE(token) << describe(token.error());
  auto read = cms::parse_timestamp_token(token->token, {});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->info.policy, Oid::of("1.2.3.4"));
  EXPECT_EQ(read->info.accuracy, std::chrono::microseconds(1'500'000));
  EXPECT_TRUE(read->info.imprint.matches(as_bytes(octets)));
}

std::string countersigned(std::string_view der, const cms::Signer& signer) {
  return edited(der, [&](cms::SignedTail& tail) -> Result<void> {
    auto made = cms::make_countersignature(signer, tail.signers.at(0).signature);
    EXPECT_TRUE(made);
    cms::add_unsigned_value(tail.signers.at(0), cms::kCountersignature,
                            asn1::encode([&](asn1::Writer& out) { made->write(out); }));
    return {};
  });
}

TEST(Countersignature, is_judged_apart_from_the_signature_CMS41_CMS42) {
  cms::Signer ec = signer_for(person("ec"));
  ec.signing_time = day("2026-05-02");
  std::string message = stamped(person("alice"), nullptr, seal_testing::now());
  std::string once = edited(message, [](auto&) { return Result<void>{}; });
  EXPECT_EQ(once, message);
  auto certificates = make_cert_source({load("ec")});
  auto roots = make_trust_store({load("root")});
  OpenOptions options;
  options.at = seal_testing::now();
  options.trust = roots.get();
  options.certificates = certificates.get();
  options.policy.address = Policy::Address::Ignore;
  options.policy.revocation = Revocation::Off;
  std::string both = countersigned(message, ec);
  MemorySource in(as_bytes(both));
  MemorySink out;
  auto verdict = open(in, out, options);
  ASSERT_TRUE(verdict);
  EXPECT_EQ(verdict->status, Status::Valid);
  EXPECT_EQ(slugs(verdict->findings), Slugs{});
  ASSERT_EQ(signer_of(*verdict).countersigners.size(), 1u);
  const SignerVerdict& countersigner = signer_of(*verdict).countersigners[0];
  EXPECT_EQ(countersigner.status, Status::Valid);
  EXPECT_EQ(countersigner.certificate, load("ec"));
  EXPECT_EQ(countersigner.signing_time, day("2026-05-02"));
  // Its certificate is in neither place: named, and the message as good as before.
  Verdict unknown = open_der(both);
  EXPECT_EQ(unknown.status, Status::Valid);
  EXPECT_EQ(slugs(unknown.findings), (Slugs{"sig.countersignature"}));
}

// What a countersignature may not be: of another signature, with a content type, of garbage.
TEST(Countersignature, that_does_not_fit_is_named_and_spoils_nothing_CMS42) {
  std::string message = signed_plainly();
  cms::Signer alice = signer_for(person("alice"));
  auto with_value = [&](Bytes value) {
    return open_der(edited(message, [&](cms::SignedTail& tail) -> Result<void> {
      cms::add_unsigned_value(tail.signers.at(0), cms::kCountersignature, value);
      return {};
    }));
  };
  auto encode = [](const cms::SignerInfo& one) {
    return asn1::encode([&](asn1::Writer& out) { one.write(out); });
  };
  Verdict of_other =
      with_value(encode(*cms::make_countersignature(alice, as_bytes(std::string_view("another")))));
  EXPECT_EQ(of_other.status, Status::Valid);
  EXPECT_EQ(slugs(of_other.findings), (Slugs{"sig.countersignature"}));
  EXPECT_EQ(signer_of(of_other).countersigners.at(0).status, Status::Invalid);
  // The signer's own SignerInfo, which has a content type, in the place of one.
  Bytes own;
  edited(message, [&](cms::SignedTail& tail) -> Result<void> {
    own = encode(tail.signers.at(0));
    return {};
  });
  EXPECT_EQ(signer_of(with_value(own)).countersigners.at(0).status, Status::Invalid);
  Verdict garbage = with_value({0x30, 0x03, 0x02, 0x01, 0x01});
  EXPECT_EQ(garbage.status, Status::Valid);
  EXPECT_EQ(slugs(garbage.findings), (Slugs{"sig.countersignature"}));
}

TEST(Countersignature, may_be_countersigned_to_a_depth_CMS43) {
  cms::Signer alice = signer_for(person("alice"));
  std::string message = signed_plainly();
  // From the innermost out: each signs the signature of the one around it.
  std::string nested = edited(message, [&](cms::SignedTail& tail) -> Result<void> {
    std::vector<cms::SignerInfo> chain{tail.signers.at(0)};
    for (int i = 0; i < 6; ++i) {
      chain.push_back(*cms::make_countersignature(alice, chain.back().signature));
    }
    for (std::size_t i = chain.size() - 1; i > 0; --i) {
      cms::add_unsigned_value(chain[i - 1], cms::kCountersignature,
                              asn1::encode([&](asn1::Writer& out) { chain[i].write(out); }));
    }
    tail.signers.at(0) = chain[0];
    return {};
  });
  Verdict verdict = open_der(nested);
  EXPECT_EQ(verdict.status, Status::Valid) << testing::PrintToString(slugs(verdict.findings));
  std::size_t depth = 0;
  for (const SignerVerdict* one = &signer_of(verdict); !one->countersigners.empty(); ++depth) {
    one = &one->countersigners[0];
    EXPECT_EQ(one->status, Status::Valid);
  }
  EXPECT_EQ(depth, 4u);
}

// The example of RFC 4134 4.4 has a countersignature by Diane, who signs with RSA.
TEST(Countersignature, of_RFC_4134_is_read) {
  std::string path = std::string(BULLA_SHARED) + "/corpus/bc-csharp/rfc4134/4.4.bin";
  std::ifstream in(path, std::ios::binary);
  if (!in) GTEST_SKIP() << path;
  std::string der((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  Policy old;
  old.old_forms = Policy::Old::Read;
  Verdict verdict = open_der(der, day("2000-01-01"), old);
  ASSERT_EQ(signer_of(verdict).countersigners.size(), 1u);
  EXPECT_NE(signer_of(verdict).countersigners[0].algorithm, "");
}

}  // namespace
}  // namespace bulla

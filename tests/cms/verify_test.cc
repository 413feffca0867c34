#include "cms/verify.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include "asn1/writer.h"
#include "cms/hostile.h"
#include "cms/messages.h"
#include "cms/signing_certificate.h"
#include "crypto/algorithm_table.h"

namespace bulla::cms {
namespace {

using asn1::Writer;
using messages::certificate;
using messages::file;
using messages::identity;
using messages::Message;
using messages::parsed;
using messages::slugs;

// What stands behind a check; views into `octets`, so it is not copied.
struct Checked {
  explicit Checked(Message message) : from(std::move(message)) {
    content = {.content_type = from.signed_header.content_type,
               .digest_algorithms = from.signed_header.digest_algorithms,
               .digests = digests(from.octets),
               .beginning = from.octets,
               .size = from.octets.size()};
  }

  static std::map<Digest, Bytes> digests(ByteView octets) {
    std::map<Digest, Bytes> result;
    for (Digest digest : {Digest::Md5, Digest::Sha1, Digest::Sha256, Digest::Sha384, Digest::Sha512,
                          Digest::Shake256}) {
      if (auto value = crypto::hash(digest, octets)) result.emplace(digest, *value);
    }
    return result;
  }

  SignerCheck check(std::size_t signer = 0) const {
    return check_signer(from.tail.signers.at(signer), content, from.tail.certificates, {});
  }
  SignerCheck check(const SignerInfo& signer) const {
    return check_signer(signer, content, from.tail.certificates, {});
  }

  Message from;
  SignedContent content;
};

SignerCheck checked(const std::string& name) { return Checked(parsed(file(name))).check(); }

TEST(CheckSigner, CMS10_messages_of_openssl_fit_without_findings) {
  for (const char* name : {"attached.p7m", "streamed.p7m", "ecdsa.p7m", "pss.p7m", "keyid.p7m",
                           "ess.p7m", "other_type.p7m", "sha512.p7m"}) {
    SignerCheck check = checked(name);
    EXPECT_TRUE(check.signature_fits) << name;
    EXPECT_EQ(slugs(check.findings), "") << name;
    EXPECT_TRUE(check.certificate) << name;
    EXPECT_TRUE(check.statements.signing_time) << name;
    EXPECT_FALSE(check.missing_digest) << name;
  }
}

TEST(CheckSigner, says_the_scheme_and_the_digest) {
  SignerCheck check = checked("pss.p7m");
  EXPECT_EQ(check.digest, Digest::Sha256);
  ASSERT_TRUE(check.scheme);
  EXPECT_EQ(check.scheme->algorithm, SignatureAlgorithm::RsaPss);
  EXPECT_FALSE(checked("attached.p7m").statements.capabilities.empty());
}

TEST(CheckSigner, CMS31_every_signer_is_checked_alone) {
  Checked message(parsed(file("two_signers.p7m")));
  ASSERT_EQ(message.from.tail.signers.size(), 2u);
  message.from.tail.signers[0].signature[5] ^= 1;
  EXPECT_EQ(slugs(message.check(0).findings), "sig.bad-signature");
  EXPECT_TRUE(message.check(1).signature_fits);
}

TEST(CheckSigner, detached_content) {
  Message message = parsed(file("detached.p7s"));
  message.octets = to_bytes(std::string_view(messages::kHello));
  EXPECT_TRUE(Checked(std::move(message)).check().signature_fits);
}

TEST(CheckSigner, CMS22_changed_content_is_told_from_a_bad_signature) {
  Message message = parsed(file("attached.p7m"));
  message.octets[30] ^= 1;
  Checked changed(std::move(message));
  SignerCheck check = changed.check();
  EXPECT_FALSE(check.signature_fits);
  EXPECT_EQ(slugs(check.findings), "sig.digest-mismatch");
  EXPECT_EQ(check.findings[0].detail, "the signature itself fits");
  changed.from.tail.signers[0].signature[9] ^= 1;
  check = changed.check();
  EXPECT_EQ(slugs(check.findings), "sig.bad-signature sig.digest-mismatch");
  EXPECT_EQ(check.findings[1].detail, "nor does the signature fit");
}

// ALG-15, ALG-16: what the parameters say is what the signature is checked with.
TEST(CheckSigner, ALG15_parameters_that_are_not_those_of_the_signature) {
  Checked message(parsed(file("pss.p7m")));
  SignerInfo signer = message.from.tail.signers[0];
  SignatureScheme scheme =
      crypto::read_signature_scheme(signer.signature_algorithm, Digest::Sha256).value();
  auto with = [&](auto change) {
    SignatureScheme changed = scheme;
    change(changed);
    signer.signature_algorithm = crypto::signature_identifier(changed);
    SignerCheck check = message.check(signer);
    EXPECT_FALSE(check.signature_fits);
    return slugs(check.findings);
  };
  EXPECT_EQ(with([](SignatureScheme& one) { one.mgf_digest = Digest::Sha384; }),
            "sig.bad-signature");
  for (std::size_t salt : {0u, 20u, 31u, 33u, 512u}) {
    if (salt == scheme.salt_length) continue;
    EXPECT_EQ(with([&](SignatureScheme& one) { one.salt_length = salt; }), "sig.bad-signature");
  }
  EXPECT_EQ(with([](SignatureScheme& one) { one.digest = Digest::Sha384; }),
            "sig.algorithm-mismatch sig.bad-signature");
  EXPECT_EQ(with([](SignatureScheme& one) { one.algorithm = SignatureAlgorithm::RsaPkcs1; }),
            "sig.bad-signature");
  EXPECT_EQ(with([](SignatureScheme& one) { one.algorithm = SignatureAlgorithm::Ecdsa; }),
            "sig.bad-signature");
}

TEST(CheckSigner, a_bad_signature) {
  Checked message(parsed(file("ecdsa.p7m")));
  SignerInfo signer = message.from.tail.signers[0];
  signer.signature.back() ^= 1;
  EXPECT_EQ(slugs(message.check(signer).findings), "sig.bad-signature");
  signer.signature.clear();
  EXPECT_EQ(slugs(message.check(signer).findings), "sig.bad-signature");
}

TEST(CheckSigner, T14_no_certificate_and_the_wrong_one) {
  EXPECT_EQ(slugs(checked("no_certificates.p7m").findings), "sig.no-certificate");
  Checked message(parsed(file("attached.p7m")));
  message.from.tail.certificates = {certificate("p256")};
  SignerCheck check = message.check();
  EXPECT_EQ(slugs(check.findings), "sig.no-certificate");
  EXPECT_FALSE(check.certificate);
  EXPECT_EQ(check.findings[0].detail.substr(0, 6), "CN=rsa");
}

TEST(CheckSigner, T14_a_certificate_with_another_key_does_not_fit) {
  Checked message(parsed(file("attached.p7m")));
  SignerInfo signer = message.from.tail.signers[0];
  signer.sid = EntityIdentifier::issuer_and_serial(certificate("rsa1024"));
  message.from.tail.certificates = {certificate("rsa1024")};
  EXPECT_EQ(slugs(message.check(signer).findings), "sig.bad-signature sig.weak-key");
  signer.sid = EntityIdentifier::issuer_and_serial(certificate("p256"));
  message.from.tail.certificates = {certificate("p256")};
  EXPECT_EQ(slugs(message.check(signer).findings), "sig.bad-signature");
}

TEST(CheckSigner, CMS34_certificates_in_any_order_and_number) {
  Checked message(parsed(file("attached.p7m")));
  Certificate own = message.from.tail.certificates[0];
  for (const char* other : {"p256", "rsa1024", "ed25519"}) {
    message.from.tail.certificates.insert(message.from.tail.certificates.begin(),
                                          certificate(other));
    SignerCheck check = message.check();
    EXPECT_EQ(check.certificate, own);
    EXPECT_EQ(slugs(check.findings), "");
  }
}

TEST(CheckSigner, CERT33_the_same_certificate_twice_is_one_candidate) {
  Checked message(parsed(file("attached.p7m")));
  message.from.tail.certificates.push_back(message.from.tail.certificates[0]);
  EXPECT_EQ(slugs(message.check().findings), "");
}

TEST(CheckSigner, weak_and_broken_digests_are_named) {
  EXPECT_EQ(slugs(checked("sha1.p7m").findings), "sig.weak-digest");
  EXPECT_TRUE(checked("sha1.p7m").signature_fits);
  EXPECT_EQ(slugs(checked("md5.p7m").findings), "sig.broken-digest");
}

TEST(CheckSigner, ALG69_a_short_RSA_key_is_named) {
  SignerCheck check = checked("weak_key.p7m");
  EXPECT_TRUE(check.signature_fits);
  EXPECT_EQ(slugs(check.findings), "sig.weak-key");
}

TEST(CheckSigner, CMS20_without_attributes_the_content_is_signed) {
  SignerCheck check = checked("noattr.p7m");
  EXPECT_TRUE(check.signature_fits);
  EXPECT_EQ(slugs(check.findings), "sig.no-attributes");
  Message message = parsed(file("noattr.p7m"));
  message.octets[3] ^= 1;
  EXPECT_EQ(slugs(Checked(std::move(message)).check().findings),
            "sig.no-attributes sig.bad-signature");
}

TEST(CheckSigner, CMS16_other_content_needs_attributes) {
  Message message = parsed(file("noattr.p7m"));
  message.signed_header.content_type = kTstInfo;
  EXPECT_EQ(slugs(Checked(std::move(message)).check().findings),
            "sig.no-attributes sig.attributes-needed");
}

TEST(CheckSigner, T57_a_digest_that_was_not_computed_is_asked_for) {
  for (const char* name : {"attached.p7m", "noattr.p7m"}) {
    Checked message(parsed(file(name)));
    message.content.digests.erase(Digest::Sha256);
    SignerCheck check = message.check();
    EXPECT_EQ(check.missing_digest, Digest::Sha256) << name;
    EXPECT_FALSE(check.signature_fits) << name;
  }
}

TEST(CheckSigner, T19_a_digest_outside_the_list_of_digests) {
  Checked message(parsed(file("attached.p7m")));
  message.content.digest_algorithms.clear();
  EXPECT_EQ(slugs(message.check().findings), "sig.digest-not-listed");
  message.content.digest_algorithms = {crypto::digest_identifier(Digest::Sha512)};
  EXPECT_EQ(slugs(message.check().findings), "sig.digest-not-listed");
}

TEST(CheckSigner, CMS31_unknown_algorithms_are_no_failure_of_the_others) {
  Checked message(parsed(file("attached.p7m")));
  SignerInfo signer = message.from.tail.signers[0];
  signer.digest_algorithm.algorithm = Oid::of("1.2.3");
  EXPECT_EQ(slugs(message.check(signer).findings), "sig.unknown-algorithm");
  signer = message.from.tail.signers[0];
  signer.signature_algorithm.algorithm = Oid::of("1.2.3");
  SignerCheck check = message.check(signer);
  EXPECT_EQ(slugs(check.findings), "sig.unknown-algorithm");
  EXPECT_FALSE(check.signature_fits);
}

// A signer made here, attribute by attribute.
class Made {
 public:
  explicit Made(const std::string& key, Digest digest = Digest::Sha256) : identity_(identity(key)) {
    scheme.digest = scheme.mgf_digest = digest;
    scheme.algorithm = key == "p256"      ? SignatureAlgorithm::Ecdsa
                       : key == "ed25519" ? SignatureAlgorithm::Ed25519
                                          : SignatureAlgorithm::RsaPkcs1;
    if (key == "ed25519") scheme.digest = Digest::Sha512;
    content = {.content_type = kData,
               .digest_algorithms = {crypto::digest_identifier(digest)},
               .digests = Checked::digests(octets),
               .beginning = octets,
               .size = octets.size()};
    attributes = {type(kData), message_digest(content.digests.at(digest))};
    candidates = {*identity_.certificate};
    info.sid = EntityIdentifier::issuer_and_serial(*identity_.certificate);
    info.digest_algorithm = crypto::digest_identifier(digest);
    info.signature_algorithm = crypto::signature_identifier(scheme);
  }

  static Attribute make(const Oid& type, const std::function<void(Writer&)>& value) {
    return {.type = type, .values = {asn1::encode(value)}};
  }
  static Attribute type(const Oid& oid) {
    return make(kContentTypeAttribute, [&](Writer& out) { out.oid(oid); });
  }
  static Attribute message_digest(ByteView digest) {
    return make(kMessageDigest, [&](Writer& out) { out.octet_string(digest); });
  }
  static Attribute signing_certificate(const Certificate& named) {
    return make(kSigningCertificateV2,
                [&](Writer& out) { SigningCertificate::of(named).write_v2(out); });
  }

  // The attributes in this order.
  Bytes in_order() const {
    return asn1::encode([this](Writer& out) {
      Writer set = out.set();
      for (const Attribute& attribute : attributes) {
        set.element(asn1::encode([&](Writer& one) {
          Writer seq = one.sequence();
          seq.oid(attribute.type);
          Writer values = seq.set();
          for (const Bytes& value : attribute.values) values.element(value);
        }));
      }
    });
  }
  Bytes sorted() const {
    return asn1::encode([this](Writer& out) { write_attributes(out, attributes, asn1::Tag::Set); });
  }

  // Signs and sends the attributes as given.
  SignerCheck check(const Bytes& signed_octets, const Bytes& sent) {
    info.signed_attrs_der = sent;
    info.signed_attrs = attributes;
    info.signature = identity_.key->sign(scheme, signed_octets).value();
    return check_signer(info, content, candidates, {});
  }
  SignerCheck check() { return check(sorted(), sorted()); }

  Bytes octets = to_bytes(std::string_view("hello"));
  SignedContent content;
  SignatureScheme scheme;
  std::vector<Attribute> attributes;
  std::vector<Certificate> candidates;
  SignerInfo info;

 private:
  Identity identity_;
};

TEST(CheckSigner, ALG30_EdDSA_signs_the_attributes) {
  Made made("ed25519", Digest::Sha512);
  SignerCheck check = made.check();
  EXPECT_TRUE(check.signature_fits);
  EXPECT_EQ(slugs(check.findings), "");
}

TEST(CheckSigner, ALG27_EdDSA_with_another_digest) {
  Made made("ed25519", Digest::Sha256);
  EXPECT_EQ(slugs(made.check().findings), "sig.algorithm-mismatch");
}

TEST(CheckSigner, ALG30_EdDSA_without_attributes_cannot_be_checked_over_a_digest) {
  Made made("ed25519", Digest::Sha512);
  made.content.digests.clear();
  SignerCheck check = check_signer(made.info, made.content, made.candidates, {});
  EXPECT_EQ(slugs(check.findings), "sig.no-attributes sig.unknown-algorithm");
  EXPECT_FALSE(check.missing_digest);
  EXPECT_FALSE(check.signature_fits);
}

TEST(CheckSigner, T17_CMS17_an_attribute_that_is_missing) {
  Made made("p256");
  Attribute digest = made.attributes[1];
  made.attributes.pop_back();
  EXPECT_EQ(slugs(made.check().findings), "sig.attribute-missing");
  EXPECT_FALSE(made.check().signature_fits);
  made.attributes = {digest};
  EXPECT_EQ(slugs(made.check().findings), "sig.attribute-missing");
}

TEST(CheckSigner, T17_an_empty_set_of_attributes) {
  Made made("p256");
  made.attributes.clear();
  EXPECT_EQ(slugs(made.check().findings),
            "sig.attribute-malformed sig.attribute-missing sig.attribute-missing");
}

TEST(CheckSigner, T17_CMS17_an_attribute_twice_or_with_two_values_or_none) {
  for (std::size_t i : {0, 1}) {
    Made made("p256");
    made.attributes.push_back(made.attributes[i]);
    EXPECT_EQ(slugs(made.check().findings), "sig.attribute-repeated");
    made.attributes.pop_back();
    made.attributes[i].values.push_back(made.attributes[i].values[0]);
    SignerCheck check = made.check();
    EXPECT_EQ(slugs(check.findings), "sig.attribute-repeated");
    made.attributes[i].values.clear();
    EXPECT_EQ(slugs(made.check().findings), "sig.attribute-malformed");
  }
}

TEST(CheckSigner, T17_attributes_of_the_wrong_type) {
  for (const Oid& type : {kMessageDigest, kContentTypeAttribute, kSigningTime, kSigningCertificate,
                          kSigningCertificateV2, kAlgorithmProtection}) {
    Made made("p256");
    std::erase_if(made.attributes, [&](const Attribute& one) { return one.type == type; });
    made.attributes.push_back(Made::make(type, [](Writer& out) { out.utf8_string("x"); }));
    EXPECT_EQ(slugs(made.check().findings), "sig.attribute-malformed") << type.to_string();
  }
}

TEST(CheckSigner, CMS21_the_content_type_that_was_signed) {
  Made made("p256");
  made.attributes[0] = Made::type(kTstInfo);
  EXPECT_EQ(slugs(made.check().findings), "sig.content-type-mismatch");
}

TEST(CheckSigner, ATTR44_a_digest_of_another_length) {
  Made made("p256");
  made.attributes[1] = Made::message_digest(Bytes(31));
  SignerCheck check = made.check();
  EXPECT_EQ(slugs(check.findings), "sig.digest-mismatch");
  EXPECT_EQ(check.findings[0].detail, "another length");
}

// The issuer's name with its strings as UTF8String, where OpenSSL's default has other types, or
// the reverse: one name in other octets.
Bytes in_other_string_type(ByteView name) {
  std::string text(as_text(name));
  for (std::size_t at = 0; (at = text.find("\x06\x03\x55\x04", at)) != text.npos; at += 6) {
    char& tag = text[at + 5];
    if (tag == 0x0c || tag == 0x13) tag = tag == 0x0c ? 0x13 : 0x0c;
  }
  return to_bytes(text);
}

TEST(CheckSigner, CMS57_a_signer_is_found_whatever_the_string_type_of_the_issuer) {
  Made made("p256");
  Bytes other = in_other_string_type(made.info.sid.issuer_der);
  ASSERT_NE(other, made.info.sid.issuer_der);
  made.info.sid.issuer_der = other;
  EXPECT_EQ(slugs(made.check().findings), "");
  made.info.sid.issuer_der[other.size() - 1] ^= 1;
  EXPECT_EQ(slugs(made.check().findings), "sig.no-certificate");
}

TEST(CheckSigner, CMS28_what_is_not_signed_is_no_statement) {
  Made made("p256");
  made.info.unsigned_attrs = {
      Made::make(kSigningTime, [](Writer& out) { out.time(*parse_time("2026-11-24")); })};
  EXPECT_FALSE(made.check().statements.signing_time);
  std::swap(made.info.unsigned_attrs[0], made.attributes.emplace_back());
  EXPECT_TRUE(made.check().statements.signing_time);
}

TEST(CheckSigner, ATTR07_ATTR48_attributes_that_must_be_signed) {
  Made made("p256");
  for (const Oid& type : {kContentTypeAttribute, kMessageDigest, kSigningTime, kAlgorithmProtection,
                          kSigningCertificateV2}) {
    made.info.unsigned_attrs = {{.type = type, .values = {}}};
    EXPECT_EQ(slugs(made.check().findings), "sig.attribute-place") << type.to_string();
  }
  made.info.unsigned_attrs = {{.type = kCountersignature, .values = {}},
                              {.type = kTimeStampToken, .values = {}},
                              {.type = kContentHint, .values = {}}};
  EXPECT_EQ(slugs(made.check().findings), "");
}

struct AttributeRow {
  Oid type;
  bool must_be_signed = true;
};

// RFC 2634 1.3.4 and RFC 5652 11.
const AttributeRow kSingle[] = {
    {kContentTypeAttribute}, {kMessageDigest},
    {kSigningTime},          {kSmimeCapabilities},
    {kAlgorithmProtection},  {kEncryptionKeyPreference},
    {kReceiptRequest},       {kSecurityLabel},
    {kMlExpandHistory},      {kMsgSigDigest},
    {kEquivalentLabels},     {kContentReference},
    {kSigningCertificate},   {kSigningCertificateV2},
    {kContentHint, false},   {kContentIdentifier, false},
};

TEST(CheckSigner, ATTR06_ATTR58_each_attribute_once_and_in_its_place) {
  for (const AttributeRow& row : kSingle) {
    SCOPED_TRACE(row.type.to_string());
    Made unsigned_one("p256");
    unsigned_one.info.unsigned_attrs = {Made::make(row.type, [](Writer& out) { out.null(); })};
    EXPECT_EQ(slugs(unsigned_one.check().findings),
              row.must_be_signed ? "sig.attribute-place" : "");
    for (bool in_one : {false, true}) {
      Made twice("p256");
      std::erase_if(twice.attributes, [&](const Attribute& one) { return one.type == row.type; });
      Attribute attribute = Made::make(row.type, [](Writer& out) { out.null(); });
      if (in_one) attribute.values.push_back(attribute.values[0]);
      twice.attributes.push_back(attribute);
      if (!in_one) twice.attributes.push_back(attribute);
      Findings findings = twice.check().findings;
      EXPECT_TRUE(std::any_of(findings.begin(), findings.end(), [](const Finding& finding) {
        return finding.rule == Rule::SigAttributeRepeated;
      })) << slugs(findings);
    }
  }
}

TEST(CheckSigner, ATTR05_what_is_not_known_is_passed_over) {
  Made made("p256");
  made.attributes.push_back({.type = Oid::of("1.2.3.4"), .values = {Bytes{2, 1, 1}, Bytes{5, 0}}});
  // Hints that cannot be read are none.
  for (const Oid& type : {kSmimeCapabilities, kEncryptionKeyPreference}) {
    made.attributes.push_back(Made::make(type, [](Writer& out) { out.integer(7); }));
  }
  SignerCheck check = made.check();
  EXPECT_TRUE(check.signature_fits);
  EXPECT_EQ(slugs(check.findings), "");
  EXPECT_TRUE(check.statements.capabilities.empty());
  EXPECT_FALSE(check.statements.encryption_key_preference);
}

TEST(CheckSigner, ATTR39_the_key_preference_in_its_three_forms) {
  auto preference = [](const std::function<void(Writer&)>& value) {
    Made made("p256");
    made.attributes.push_back(Made::make(kEncryptionKeyPreference, value));
    return made.check().statements.encryption_key_preference;
  };
  EntityIdentifier by_serial = EntityIdentifier::issuer_and_serial(certificate("rsa"));
  EXPECT_EQ(preference([&](Writer& out) {
              Writer choice = out.enter(asn1::constructed(0));
              choice.element(by_serial.issuer_der);
              choice.primitive(asn1::Tag::Integer, by_serial.serial_number);
            }),
            by_serial);
  EntityIdentifier by_key{.issuer_der = {}, .serial_number = {}, .key_identifier = {1, 2}};
  EXPECT_EQ(preference([](Writer& out) {
              Writer choice = out.enter(asn1::constructed(1));
              choice.octet_string(Bytes{1, 2});
              choice.primitive(asn1::Tag::GeneralizedTime, as_bytes("20260101000000Z"));
            }),
            by_key);
  EXPECT_EQ(preference([](Writer& out) {
              out.primitive(asn1::primitive(2), Bytes{1, 2});
            }),
            by_key);
}

TEST(CheckSigner, T18_CMS19_attributes_out_of_order_in_both_forms) {
  Made made("p256");
  std::swap(made.attributes[0], made.attributes[1]);
  ASSERT_NE(made.in_order(), made.sorted());
  for (const Bytes& signed_octets : {made.in_order(), made.sorted()}) {
    SignerCheck check = made.check(signed_octets, made.in_order());
    EXPECT_TRUE(check.signature_fits);
    EXPECT_EQ(slugs(check.findings), "sig.attributes-not-der");
  }
}

Attribute protection(const asn1::AlgorithmIdentifier& digest,
                     const asn1::AlgorithmIdentifier& signature) {
  return Made::make(kAlgorithmProtection, [&](Writer& out) {
    Writer seq = out.sequence();
    digest.write(seq);
    signature.write(seq, asn1::constructed(1));
  });
}

TEST(CheckSigner, ATTR47_algorithm_protection_normalises_and_compares) {
  Made made("rsa");
  asn1::AlgorithmIdentifier digest = crypto::digest_identifier(Digest::Sha256);
  asn1::AlgorithmIdentifier with_null{.algorithm = digest.algorithm, .parameters = Bytes{5, 0}};
  asn1::AlgorithmIdentifier signature = crypto::signature_identifier(made.scheme);
  made.attributes.push_back(protection(with_null, signature));
  EXPECT_EQ(slugs(made.check().findings), "");
  made.attributes[2] = protection(crypto::digest_identifier(Digest::Sha512), signature);
  EXPECT_EQ(slugs(made.check().findings), "sig.algorithm-protection");
  made.attributes[2] = protection(
      digest, {.algorithm = Oid::of("1.2.840.113549.1.1.11"), .parameters = std::nullopt});
  EXPECT_EQ(slugs(made.check().findings), "sig.algorithm-protection");
}

TEST(CheckSigner, CMS23_T19_digest_and_signature_algorithm_agree) {
  Made made("rsa");
  made.scheme.digest = Digest::Sha512;
  made.info.signature_algorithm = {.algorithm = Oid::of("1.2.840.113549.1.1.13"),
                                   .parameters = Bytes{5, 0}};
  EXPECT_EQ(slugs(made.check().findings), "sig.algorithm-mismatch");
}

TEST(CheckSigner, T19_malformed_parameters_of_the_signature_algorithm) {
  Made made("rsa");
  made.info.signature_algorithm = {.algorithm = Oid::of("1.2.840.113549.1.1.10"),
                                   .parameters = std::nullopt};
  SignerCheck check = made.check();
  EXPECT_EQ(slugs(check.findings), "sig.bad-signature");
  EXPECT_FALSE(check.signature_fits);
}

// RFC 5035 3: where both attributes are there, both must name the certificate.
TEST(CheckSigner, ATTR56_both_signing_certificate_attributes_count) {
  auto version_1 = [](const Certificate& named) {
    return Made::make(kSigningCertificate, [&](Writer& out) {
      out.sequence().sequence().sequence().octet_string(named.sha1());
    });
  };
  Made made("p256");
  made.attributes.push_back(Made::signing_certificate(certificate("p256")));
  made.attributes.push_back(version_1(certificate("p256")));
  EXPECT_EQ(slugs(made.check().findings), "");
  made.attributes.back() = version_1(certificate("rsa"));
  EXPECT_EQ(slugs(made.check().findings), "sig.certificate-attribute");
}

TEST(CheckSigner, ATTR53_the_signing_certificate_must_be_the_one) {
  Made made("p256");
  made.attributes.push_back(Made::signing_certificate(certificate("p256")));
  EXPECT_EQ(slugs(made.check().findings), "");
  made.attributes[2] = Made::signing_certificate(certificate("rsa"));
  EXPECT_EQ(slugs(made.check().findings), "sig.certificate-attribute");
}

// A certificate with other octets and the name, serial and key of this one: the
// signature of its issuer is no part of what a parser reads.
Certificate twin(const Certificate& certificate) {
  Bytes der = to_bytes(certificate.der());
  der.back() ^= 1;
  return Certificate::parse(der).value();
}

TEST(CheckSigner, CERT33_ATTR51_ATTR57_several_candidates_are_tried_and_the_named_one_decides) {
  Made made("p256");
  made.candidates = {twin(certificate("p256")), certificate("p256")};
  SignerCheck check = made.check();
  EXPECT_TRUE(check.signature_fits);
  EXPECT_EQ(slugs(check.findings), "sig.ambiguous-certificate");
  made.attributes.push_back(Made::signing_certificate(certificate("p256")));
  check = made.check();
  EXPECT_EQ(slugs(check.findings), "");
  EXPECT_EQ(*check.certificate, certificate("p256"));
}

TEST(CheckSigner, T16_CMS24_content_that_is_a_set_of_attributes) {
  Made made("p256");
  Bytes lifted = made.sorted();
  for (ByteView beginning : {ByteView(lifted), ByteView(lifted).first(10)}) {
    SignedContent content{.content_type = kData,
                          .digest_algorithms = made.content.digest_algorithms,
                          .digests = Checked::digests(lifted),
                          .beginning = beginning,
                          .size = lifted.size()};
    made.check();  // signs the attributes
    SignerInfo forged = made.info;
    forged.signed_attrs_der.reset();
    forged.signed_attrs.clear();
    SignerCheck check = check_signer(forged, content, made.candidates, {});
    EXPECT_TRUE(check.signature_fits);
    EXPECT_EQ(slugs(check.findings), beginning.size() == lifted.size()
                                         ? "sig.no-attributes sig.attributes-as-content"
                                         : "sig.no-attributes");
  }
}

TEST(CheckSigner, statements_are_decoded) {
  Made made("p256");
  EntityIdentifier preferred = EntityIdentifier::issuer_and_serial(certificate("rsa"));
  made.attributes.push_back(Made::make(kEncryptionKeyPreference, [&](Writer& out) {
    Writer choice = out.enter(asn1::constructed(0));
    choice.element(preferred.issuer_der);
    choice.primitive(asn1::Tag::Integer, preferred.serial_number);
  }));
  made.attributes.push_back(Made::make(kSmimeCapabilities, [](Writer& out) {
    Writer list = out.sequence();
    list.sequence().oid(kData);
    Writer second = list.sequence();
    second.oid(kSignedData);
    second.integer(5);
  }));
  made.attributes.push_back(Made::make(kReceiptRequest, [](Writer& out) { out.null(); }));
  made.attributes.push_back(Made::make(kSecurityLabel, [](Writer& out) { out.null(); }));
  made.attributes.push_back(
      Made::make(kSigningTime, [](Writer& out) { out.time(*parse_time("2026-11-24")); }));
  SignedStatements statements = made.check().statements;
  EXPECT_EQ(statements.encryption_key_preference, preferred);
  ASSERT_EQ(statements.capabilities.size(), 2u);
  EXPECT_EQ(statements.capabilities[1].parameters, (Bytes{2, 1, 5}));
  EXPECT_TRUE(statements.requests_receipt);
  EXPECT_TRUE(statements.has_security_label);
  EXPECT_EQ(statements.signing_time, parse_time("2026-11-24"));
  EXPECT_EQ(statements.content_type, kData);
}

// Whether every signer's signature fits and nothing speaks against it.
bool is_accepted(const hostile::Row& row) {
  Message message;
  if (!messages::parse(hostile::read(row.file), message)) return false;
  auto colon = row.operation.find(':');
  bool is_detached = colon != std::string::npos;
  if (is_detached != (message.presence == Presence::Absent)) return false;
  if (is_detached) message.octets = hostile::read(row.operation.substr(colon + 1));
  Checked checked(std::move(message));
  for (std::size_t i = 0; i < checked.from.tail.signers.size(); ++i) {
    SignerCheck check = checked.check(i);
    if (!check.signature_fits || worst(check.findings) >= Severity::Indeterminate) return false;
  }
  return !checked.from.tail.signers.empty();
}

TEST(CheckSigner, T10_to_T19_the_hostile_corpus) {
  if (!hostile::is_here()) GTEST_SKIP() << "no corpus";
  std::size_t count = 0;
  for (const hostile::Row& row : hostile::rows("verify")) {
    bool accept = row.expect.starts_with("accept");
    if (row.expect.starts_with("accept-or") || (!accept && !row.expect.starts_with("reject"))) {
      continue;
    }
    EXPECT_EQ(is_accepted(row), accept) << row.file;
    ++count;
  }
  EXPECT_GT(count, 10u);
}

TEST(DigestSet, T57_counts_each_digest_once_and_bounds_them) {
  Limits limits;
  limits.digests = 2;
  DigestSet set;
  EXPECT_TRUE(set.add(Digest::Sha256, limits));
  EXPECT_TRUE(set.add(Digest::Sha256, limits));
  EXPECT_TRUE(set.add(Digest::Sha512, limits));
  EXPECT_EQ(set.add(Digest::Sha384, limits).error().rule, Rule::LimitDigests);
  set.update(as_bytes("ab"));
  DigestSet copy = set.clone();
  set.update(as_bytes("c"));
  copy.update(as_bytes("d"));
  auto digests = set.finish();
  EXPECT_EQ(digests.size(), 2u);
  EXPECT_EQ(digests.at(Digest::Sha256), *crypto::hash(Digest::Sha256, as_bytes("abc")));
  EXPECT_EQ(copy.finish().at(Digest::Sha512), *crypto::hash(Digest::Sha512, as_bytes("abd")));
  EXPECT_FALSE(set.has(Digest::Sha256));
}

}  // namespace
}  // namespace bulla::cms

#include "cms/parser.h"

#include <gtest/gtest.h>

#include "asn1/writer.h"
#include "cms/messages.h"
#include "hex.h"

namespace bulla::cms {
namespace {

using asn1::Tag;
using asn1::Writer;
using messages::certificate;
using messages::file;
using messages::kHello;
using messages::Message;
using messages::outcome;
using messages::parsed;

// Parts of a hand-made SignedData, each as it is written.
struct SignedParts {
  Oid content_type = kData;
  Bytes digest_algorithms{0x31, 0};
  Bytes content{0xa0, 4, 4, 2, 'h', 'i'};
  Bytes certificates;
  Bytes crls;
  Bytes signers{0x31, 0};
};

Bytes content_info(const Oid& type, const std::function<void(Writer&)>& inside) {
  return asn1::encode([&](Writer& out) {
    Writer info = out.sequence();
    info.oid(type);
    Writer content = info.enter(asn1::constructed(0));
    Writer seq = content.sequence();
    inside(seq);
  });
}

Bytes signed_data(const SignedParts& parts) {
  return content_info(kSignedData, [&](Writer& seq) {
    seq.integer(1);
    seq.element(parts.digest_algorithms);
    {
      Writer encap = seq.sequence();
      encap.oid(parts.content_type);
      encap.element(parts.content);
    }
    seq.element(parts.certificates);
    seq.element(parts.crls);
    seq.element(parts.signers);
  });
}

// Elements under a tag, `count` of each.
Bytes repeated(Tag tag, ByteView element, std::size_t count) {
  return asn1::encode([&](Writer& out) {
    Writer set = out.enter(tag);
    for (std::size_t i = 0; i < count; ++i) set.element(element);
  });
}

Bytes enveloped_data(const Bytes& recipients, const Bytes& content) {
  return content_info(kEnvelopedData, [&](Writer& seq) {
    seq.integer(0);
    seq.element(recipients);
    Writer encrypted = seq.sequence();
    encrypted.oid(kData);
    encrypted.sequence().oid(Oid::of("2.16.840.1.101.3.4.1.42"));
    encrypted.element(content);
  });
}

Bytes ktri(std::uint8_t serial, std::uint64_t version = 0) {
  return asn1::encode([&](Writer& out) {
    Writer seq = out.sequence();
    seq.integer(version);
    {
      Writer rid = seq.sequence();
      rid.element(Bytes{0x30, 0});
      rid.integer(serial);
    }
    seq.sequence().oid(Oid::of("1.2.840.113549.1.1.1"));
    seq.octet_string(Bytes{1, 2, 3});
  });
}

TEST(CmsParser, signed_data_gives_its_events_in_order) {
  Message message = parsed(file("attached.p7m"));
  EXPECT_EQ(message.log, "info:signed-data signed:data content tail");
  EXPECT_EQ(message.text(), messages::kHello);
  ASSERT_EQ(message.tail.signers.size(), 1u);
  ASSERT_EQ(message.tail.certificates.size(), 1u);
  EXPECT_TRUE(message.tail.signers[0].sid.matches(message.tail.certificates[0]));
  EXPECT_TRUE(message.tail.findings.empty());
  EXPECT_EQ(message.signed_header.digest_algorithms.size(), 1u);
}

TEST(CmsParser, CMS13_detached_content_is_absent) {
  Message message = parsed(file("detached.p7s"));
  EXPECT_EQ(message.presence, Presence::Absent);
  EXPECT_EQ(message.log, "info:signed-data signed:data no-content tail");
}

TEST(CmsParser, CMS05_CMS07_indefinite_lengths_and_chunked_octets_are_the_same_content) {
  Message message = parsed(file("streamed.p7m"));
  EXPECT_EQ(message.text(), messages::kHello);
  EXPECT_EQ(message.tail.signers.size(), 1u);
}

TEST(CmsParser, every_chunking_gives_the_same_events) {
  for (const char* name : {"attached.p7m", "streamed.p7m", "two_signers.p7m", "certs_only.p7c",
                           "ktri_streamed.p7m", "many.p7m", "gcm.p7m", "pss.p7m"}) {
    Bytes input = file(name);
    Message whole = parsed(input);
    for (std::size_t chunk : {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{0}}) {
      Message message;
      ASSERT_TRUE(messages::parse(input, message, {}, chunk)) << name << " " << chunk;
      EXPECT_EQ(message.log, whole.log) << name << " " << chunk;
      EXPECT_EQ(message.octets, whole.octets) << name << " " << chunk;
      EXPECT_EQ(message.tail.signers.size(), whole.tail.signers.size());
      EXPECT_EQ(message.enveloped.recipients.size(), whole.enveloped.recipients.size());
    }
  }
}

TEST(CmsParser, T44_every_prefix_of_a_message_is_truncated) {
  for (const char* name : {"attached.p7m", "streamed.p7m", "gcm.p7m"}) {
    Bytes input = file(name);
    for (std::size_t size = 0; size < input.size(); size += 1 + size / 200) {
      Message message;
      auto result = messages::parse(ByteView(input).first(size), message);
      ASSERT_FALSE(result) << name << " " << size;
      EXPECT_EQ(result.error().rule, Rule::Asn1Truncated) << name << " " << size;
    }
  }
}

TEST(CmsParser, certs_only_has_no_content_and_no_signers) {
  Message message = parsed(file("certs_only.p7c"));
  EXPECT_EQ(message.presence, Presence::Absent);
  EXPECT_EQ(message.tail.certificates.size(), 2u);
  EXPECT_TRUE(message.tail.signers.empty());
}

TEST(CmsParser, CMS45_CMS49_enveloped_data_with_every_kind_of_recipient) {
  Message message = parsed(file("many.p7m"));
  EXPECT_EQ(message.log, "info:enveloped-data enveloped content tail");
  std::string kinds;
  for (const RecipientInfo& info : message.enveloped.recipients) {
    kinds += std::string(kind(info)) + " ";
  }
  EXPECT_EQ(kinds, "ktri kari kekri pwri ");
  EXPECT_FALSE(message.enveloped.authenticated);
  EXPECT_TRUE(message.enveloped_end.has_content);
}

TEST(CmsParser, CMS62_CMS66_auth_enveloped_data_has_its_mac_in_the_tail) {
  Message message = parsed(file("gcm.p7m"));
  EXPECT_TRUE(message.enveloped.authenticated);
  EXPECT_EQ(message.enveloped_end.mac.size(), 16u);
  EXPECT_TRUE(message.enveloped_end.auth_attrs_der.empty());
}

TEST(CmsParser, recipient_infos_are_written_as_they_were_read) {
  for (const char* name : {"many.p7m", "ktri_keyid.p7m", "kari_sha256.p7m", "pwri.p7m"}) {
    for (const RecipientInfo& info : parsed(file(name)).enveloped.recipients) {
      Bytes der = asn1::encode([&](Writer& out) { write_recipient_info(out, info); });
      Bytes message = file(name);
      auto found = std::search(message.begin(), message.end(), der.begin(), der.end());
      EXPECT_NE(found, message.end()) << name << " " << kind(info);
    }
  }
}

TEST(CmsParser, CMS04_other_content_types_are_named) {
  Message message;
  auto result = messages::parse(file("data.p7m"), message);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().rule, Rule::CmsContentType);
  EXPECT_EQ(result.error().detail, "data");
  EXPECT_EQ(message.log, "info:data");
}

TEST(CmsParser, CMS72_digested_data_has_its_digest_in_the_tail) {
  for (std::size_t chunk : {SIZE_MAX, std::size_t{1}, std::size_t{0}}) {
    Message message;
    Parser parser(message, {});
    ASSERT_TRUE(messages::feed(parser, file("digested.p7m"), chunk));
    ASSERT_TRUE(parser.finish());
    EXPECT_EQ(message.log, "info:digested-data digested:data content digest");
    EXPECT_EQ(message.text(), kHello);
  }
}

TEST(CmsParser, CMS01_a_content_info_without_content) {
  EXPECT_EQ(outcome(asn1::encode([](Writer& out) { out.sequence().oid(kSignedData); })),
            "cms.no-content");
  Bytes empty = asn1::encode([](Writer& out) {
    Writer info = out.sequence();
    info.oid(kSignedData);
    info.primitive(asn1::constructed(0), {});
  });
  EXPECT_EQ(outcome(empty), "cms.no-content");
}

TEST(CmsParser, a_signed_data_without_content_info_is_refused) {
  Bytes bare = asn1::encode([](Writer& out) { out.sequence().integer(1); });
  EXPECT_EQ(outcome(bare), "cms.content-type");
}

TEST(CmsParser, T52_empty_and_tiny_inputs) {
  EXPECT_EQ(outcome({}), "asn1.truncated");
  EXPECT_EQ(outcome(Bytes{0}), "asn1.truncated");
  EXPECT_EQ(outcome(Bytes{0x30, 0}), "asn1.truncated");
  EXPECT_EQ(outcome(Bytes{5, 0}), "asn1.unexpected-tag");
  EXPECT_EQ(outcome(Bytes{0x30, 0x80, 0, 0}), "asn1.truncated");
}

TEST(CmsParser, T40_CMS76_only_line_ends_and_padding_may_follow) {
  Bytes message = signed_data({});
  EXPECT_EQ(outcome(message), "ok");
  append(message, as_bytes(std::string_view("\r\n \t\0\n", 6)));
  EXPECT_EQ(outcome(message), "ok");
  message.push_back('x');
  EXPECT_EQ(outcome(message), "cms.trailing-data");
  Message seen;
  EXPECT_EQ(messages::parse(message, seen).error().offset, message.size() - 1);
}

TEST(CmsParser, T40_data_behind_the_last_field_of_a_structure) {
  SignedParts parts;
  parts.signers = Bytes{0x31, 0, 0x05, 0};
  EXPECT_EQ(outcome(signed_data(parts)), "asn1.unexpected-tag");
}

TEST(CmsParser, T51_a_required_field_that_is_missing) {
  SignedParts parts;
  parts.signers = {};
  EXPECT_EQ(outcome(signed_data(parts)), "asn1.truncated");
  parts = {};
  parts.digest_algorithms = {};
  EXPECT_EQ(outcome(signed_data(parts)), "asn1.unexpected-tag");
  parts = {};
  parts.content = Bytes{0xa0, 0};
  EXPECT_EQ(outcome(signed_data(parts)), "asn1.truncated");
}

TEST(CmsParser, CMS38_CMS39_content_of_PKCS7_that_is_no_octet_string) {
  SignedParts parts;
  parts.content_type = Oid::of("1.3.6.1.4.1.311.2.1.4");  // SpcIndirectDataContent
  parts.content = Bytes{0xa0, 7, 0x30, 5, 0x02, 1, 7, 5, 0};
  EXPECT_EQ(outcome(signed_data(parts)), "ok");
  Message message = parsed(signed_data(parts));
  EXPECT_EQ(to_hex(message.octets), "0201070500");
  EXPECT_EQ(message.signed_header.content_type, parts.content_type);
  EXPECT_EQ(messages::slugs(message.tail.findings), "cms.not-octet-string");
  EXPECT_EQ(message.presence, Presence::Present);
  parts.content = Bytes{0xa0, 4, 0x0c, 2, 'h', 'i'};
  EXPECT_EQ(parsed(signed_data(parts)).text(), "hi");
}

TEST(CmsParser, CMS38_indefinite_content_is_digested_as_DER) {
  SignedParts parts;
  parts.content = Bytes{0xa0, 9, 0x30, 0x80, 0x02, 1, 7, 5, 0, 0, 0};
  EXPECT_EQ(to_hex(parsed(signed_data(parts)).octets), "0201070500");
}

TEST(CmsParser, T41_octet_strings_in_octet_strings_are_joined_to_a_bounded_depth) {
  SignedParts parts;
  parts.content = Bytes{0xa0, 9, 0x24, 7, 0x24, 3, 4, 1, 'h', 4, 0};
  EXPECT_EQ(parsed(signed_data(parts)).text(), "h");
  Bytes deep{4, 1, 'h'};
  for (int i = 0; i < 12; ++i) deep = repeated(Tag::ConstructedOctetString, deep, 1);
  parts.content = repeated(asn1::constructed(0), deep, 1);
  EXPECT_EQ(outcome(signed_data(parts)), "limit.depth");
}

TEST(CmsParser, CMS35_other_kinds_of_certificates_are_skipped_and_named) {
  Bytes set = asn1::encode([&](Writer& out) {
    Writer choices = out.enter(asn1::constructed(0));
    choices.primitive(asn1::constructed(1), {});
    choices.primitive(asn1::constructed(3), Bytes{5, 0});
    choices.element(certificate("rsa").der());
    choices.element(Bytes{0x30, 2, 5, 0});
  });
  SignedParts parts;
  parts.certificates = set;
  Message message = parsed(signed_data(parts));
  EXPECT_EQ(messages::slugs(message.tail.findings),
            "cms.unknown-certificate-kind cms.unknown-certificate-kind cms.bad-certificate");
  ASSERT_EQ(message.tail.certificates.size(), 1u);
  EXPECT_EQ(message.tail.certificates[0], certificate("rsa"));
}

TEST(CmsParser, CMS35_broken_BER_inside_a_certificate_does_not_stop_the_message) {
  SignedParts parts;
  parts.certificates = repeated(asn1::constructed(0), Bytes{0x30, 3, 0x30, 9, 0x1f}, 1);
  EXPECT_EQ(messages::slugs(parsed(signed_data(parts)).tail.findings), "cms.bad-certificate");
}

TEST(CmsParser, CMS37_other_revocation_information_is_left_out) {
  SignedParts parts;
  parts.crls = asn1::encode([](Writer& out) {
    Writer set = out.enter(asn1::constructed(1));
    set.primitive(asn1::constructed(1), Bytes{5, 0});
    set.element(Bytes{0x30, 0});
  });
  Message message = parsed(signed_data(parts));
  ASSERT_EQ(message.tail.crls.size(), 1u);
  EXPECT_EQ(to_hex(message.tail.crls[0]), "3000");
}

TEST(CmsParser, a_large_CRL_and_its_size_limit) {
  SignedParts parts;
  parts.crls = repeated(asn1::constructed(1), repeated(Tag::Sequence, Bytes{5, 0}, 300), 1);
  EXPECT_EQ(parsed(signed_data(parts)).tail.crls.size(), 1u);
  Limits limits;
  limits.crl_bytes = 600;
  Message message = parsed(signed_data(parts), limits);
  EXPECT_TRUE(message.tail.crls.empty());
  EXPECT_EQ(messages::slugs(message.tail.findings), "cms.bad-crl");
}

TEST(CmsParser, CMS18_the_octets_of_signed_attributes_stay_as_they_were_sent) {
  Bytes input = file("attached.p7m");
  Message message = parsed(input);
  Bytes der = *message.tail.signers[0].signed_attrs_der;
  EXPECT_EQ(der[0], 0x31);
  der[0] = 0xa0;
  EXPECT_NE(std::search(input.begin(), input.end(), der.begin(), der.end()), input.end());
  EXPECT_NE(find(message.tail.signers[0].signed_attrs, kMessageDigest), nullptr);
}

// SignerInfo with `attributes` as they are.
Bytes signer_info(ByteView attributes) {
  return asn1::encode([&](Writer& out) {
    Writer seq = out.sequence();
    seq.integer(3);
    seq.primitive(asn1::primitive(0), Bytes{1, 2});
    seq.sequence().oid(Oid::of("2.16.840.1.101.3.4.2.1"));
    seq.element(attributes);
    seq.sequence().oid(Oid::of("1.2.840.113549.1.1.1"));
    seq.octet_string(Bytes{9});
  });
}

Bytes attribute(std::size_t values) {
  return asn1::encode([&](Writer& out) {
    Writer seq = out.sequence();
    seq.oid(kSigningTime);
    seq.element(repeated(Tag::Set, Bytes{5, 0}, values));
  });
}

TEST(CmsParser, CMS18_attributes_in_BER_become_DER) {
  SignedParts parts;
  // [0] indefinite { SEQUENCE { signingTime, SET indefinite { NULL } } }
  Bytes attributes{0xa0, 0x80, 0x30, 0x11, 6,    9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d,
                   1,    9,    5,    0x31, 0x80, 5, 0,    0,    0,    0,    0};
  parts.signers = repeated(Tag::Set, signer_info(attributes), 1);
  Message message = parsed(signed_data(parts));
  ASSERT_EQ(message.tail.signers.size(), 1u);
  EXPECT_EQ(*message.tail.signers[0].signed_attrs_der, repeated(Tag::Set, attribute(1), 1));
}

// The parameters of the cipher inside a derivation are what its key depends on: as DER.
TEST(CmsParser, KM58_an_identifier_in_BER_becomes_DER) {
  Bytes message = content_info(kEnvelopedData, [](Writer& seq) {
    seq.integer(0);
    seq.element(repeated(Tag::Set, ktri(1), 1));
    Writer encrypted = seq.sequence();
    encrypted.oid(kData);
    // SEQUENCE { id-alg-cek-hkdf-sha256, SEQUENCE with a long length { 1.2.3, NULL } }
    encrypted.element(from_hex("3016 060b2a864886f70d010910031f 308106 06022a03 0500"));
    encrypted.element(Bytes{0x80, 0});
  });
  EXPECT_EQ(to_hex(*parsed(message).enveloped.content_encryption_algorithm.parameters),
            "300606022a030500");
}

TEST(CmsParser, CMS09_a_signer_version_that_does_not_fit_is_a_note) {
  SignedParts parts;
  Bytes signer = signer_info({});
  parts.signers = repeated(Tag::Set, signer, 1);
  EXPECT_TRUE(parsed(signed_data(parts)).tail.findings.empty());
  signer[4] = 1;
  parts.signers = repeated(Tag::Set, signer, 1);
  EXPECT_EQ(messages::slugs(parsed(signed_data(parts)).tail.findings), "cms.version");
}

// With this as one of its parts.
Bytes with(Bytes SignedParts::*part, Bytes value) {
  SignedParts parts;
  parts.*part = std::move(value);
  return signed_data(parts);
}

// At the limit it is read, one more is refused (T-56).
template <typename Make>
void expect_limit(std::size_t limit, Bytes SignedParts::*part, Make make, const std::string& slug) {
  EXPECT_EQ(outcome(with(part, make(limit))), "ok");
  EXPECT_EQ(outcome(with(part, make(limit + 1))), slug);
}

TEST(CmsParser, T56_limits_of_signed_data) {
  Limits limits;
  auto of = [](Tag tag, Bytes element) {
    return [=](std::size_t count) { return repeated(tag, element, count); };
  };
  expect_limit(limits.signers, &SignedParts::signers, of(Tag::Set, signer_info({})),
               "limit.signers");
  expect_limit(limits.certificates, &SignedParts::certificates,
               of(asn1::constructed(0), Bytes{0x30, 0}), "limit.certificates");
  expect_limit(limits.crls, &SignedParts::crls, of(asn1::constructed(1), Bytes{0x30, 0}),
               "limit.crls");
  expect_limit(limits.digest_algorithms, &SignedParts::digest_algorithms,
               of(Tag::Set, Bytes{0x30, 3, 6, 1, 0x2a}), "limit.digests");
}

TEST(CmsParser, T56_limits_of_attributes) {
  Limits limits;
  auto signers = [](std::size_t attributes, std::size_t values) {
    Bytes set = repeated(asn1::constructed(0), attribute(values), attributes);
    return repeated(Tag::Set, signer_info(set), 1);
  };
  expect_limit(
      limits.attributes, &SignedParts::signers,
      [&](std::size_t count) { return signers(count, 1); }, "limit.attributes");
  expect_limit(
      limits.attribute_values, &SignedParts::signers,
      [&](std::size_t count) { return signers(1, count); }, "limit.attributes");
}

TEST(CmsParser, T56_octets_of_the_tail_together_are_bounded) {
  SignedParts parts;
  parts.certificates = repeated(asn1::constructed(0), repeated(Tag::Sequence, Bytes(400), 1), 1);
  parts.crls = repeated(asn1::constructed(1), repeated(Tag::Sequence, Bytes{5, 0}, 200), 1);
  Limits limits;
  limits.signed_data_tail = parts.certificates.size() + parts.crls.size() + 2;
  EXPECT_EQ(outcome(signed_data(parts), limits), "ok");
  limits.signed_data_tail -= 8;
  EXPECT_EQ(outcome(signed_data(parts), limits), "limit.size");
}

TEST(CmsParser, T56_limits_of_recipients) {
  Limits limits;
  Bytes content{0x80, 1, 9};
  auto with = [&](std::size_t count) {
    return enveloped_data(repeated(Tag::Set, ktri(7), count), content);
  };
  EXPECT_EQ(outcome(with(limits.recipients)), "ok");
  EXPECT_EQ(outcome(with(limits.recipients + 1)), "limit.recipients");
  limits.recipient_infos_bytes = 100;
  EXPECT_EQ(outcome(with(20), limits), "limit.size");
}

TEST(CmsParser, T56_each_key_of_a_key_agreement_counts_as_a_recipient) {
  KeyAgreeRecipientInfo info;
  info.originator_algorithm.algorithm = Oid::of("1.3.101.110");
  info.originator_key = Bytes(32);
  info.key_encryption_algorithm.algorithm = Oid::of("1.2.3");
  RecipientEncryptedKey key{.rid = {.issuer_der = {}, .serial_number = {}, .key_identifier = {1}},
                            .encrypted_key = {2}};
  Limits limits;
  limits.recipients = 5;
  for (std::size_t count : {5u, 6u}) {
    info.recipients.assign(count, key);
    Bytes set = asn1::encode([&](Writer& out) {
      Writer infos = out.set();
      write_recipient_info(infos, info);
    });
    EXPECT_EQ(outcome(enveloped_data(set, {}), limits), count == 5 ? "ok" : "limit.recipients");
  }
}

TEST(CmsParser, CMS50_KM39_unknown_recipients_and_versions_are_skipped) {
  Bytes set = asn1::encode([](Writer& out) {
    Writer infos = out.set();
    infos.element(ktri(1, 7));
    infos.primitive(asn1::constructed(9), Bytes{1, 2, 3});
    infos.element(ktri(2));
    Writer other = infos.enter(asn1::constructed(4));
    other.oid(Oid::of("1.2.3"));
    other.null();
  });
  Message message = parsed(enveloped_data(set, Bytes{0x80, 0}));
  ASSERT_EQ(message.enveloped.recipients.size(), 4u);
  EXPECT_EQ(kind(message.enveloped.recipients[0]), "ori");
  EXPECT_EQ(kind(message.enveloped.recipients[2]), "ktri");
  EXPECT_EQ(std::get<OtherRecipientInfo>(message.enveloped.recipients[3]).type, Oid::of("1.2.3"));
}

TEST(CmsParser, CMS55_a_kek_identifier_may_have_a_date_and_more) {
  Bytes set = asn1::encode([](Writer& out) {
    Writer infos = out.set();
    Writer kekri = infos.enter(asn1::constructed(2));
    kekri.integer(4);
    {
      Writer id = kekri.sequence();
      id.octet_string(Bytes{1, 2});
      id.primitive(Tag::GeneralizedTime, as_bytes("20260101000000Z"));
      id.sequence().oid(Oid::of("1.2.3"));
    }
    kekri.sequence().oid(Oid::of("2.16.840.1.101.3.4.1.45"));
    kekri.octet_string(Bytes{9});
  });
  Message message = parsed(enveloped_data(set, Bytes{0x80, 0}));
  auto info = std::get<KekRecipientInfo>(message.enveloped.recipients.at(0));
  EXPECT_EQ(to_hex(info.key_identifier), "0102");
  EXPECT_EQ(to_hex(info.encrypted_key), "09");
}

TEST(CmsParser, T38_an_ori_type_of_any_length_is_skipped) {
  Bytes type(4'000, 0x81);
  type.push_back(1);
  Bytes set = asn1::encode([&](Writer& out) {
    Writer infos = out.set();
    Writer other = infos.enter(asn1::constructed(4));
    other.primitive(Tag::ObjectIdentifier, type);
    other.null();
  });
  EXPECT_EQ(outcome(enveloped_data(set, {})), "ok");
}

TEST(CmsParser, CMS59_external_ciphertext_is_reported_absent) {
  Message message = parsed(enveloped_data(repeated(Tag::Set, ktri(1), 1), {}));
  EXPECT_EQ(message.presence, Presence::Absent);
  EXPECT_FALSE(message.enveloped_end.has_content);
}

TEST(CmsParser, CMS61_CMS60_originator_info_and_unprotected_attributes) {
  Bytes message = content_info(kEnvelopedData, [&](Writer& seq) {
    seq.integer(2);
    {
      Writer originator = seq.enter(asn1::constructed(0));
      originator.enter(asn1::constructed(0)).element(certificate("p256").der());
    }
    seq.element(repeated(Tag::Set, ktri(1), 1));
    {
      Writer encrypted = seq.sequence();
      encrypted.oid(kData);
      encrypted.sequence().oid(Oid::of("1.2.3"));
    }
    seq.element(repeated(asn1::constructed(1), attribute(1), 1));
  });
  Message seen = parsed(message);
  ASSERT_EQ(seen.enveloped.originator_certificates.size(), 1u);
  EXPECT_EQ(seen.enveloped_end.unprotected_attrs.size(), 1u);
  EXPECT_TRUE(seen.enveloped_end.auth_attrs.empty());
}

Bytes compressed_data(const Oid& algorithm, const Bytes& parameters) {
  return content_info(kCompressedData, [&](Writer& seq) {
    seq.integer(0);
    {
      Writer identifier = seq.sequence();
      identifier.oid(algorithm);
      identifier.element(parameters);
    }
    Writer encap = seq.sequence();
    encap.oid(kData);
    encap.enter(asn1::constructed(0)).octet_string(Bytes{1, 2});
  });
}

TEST(CmsParser, CMS74_compressed_data_by_zlib_alone) {
  Message message = parsed(compressed_data(kZlibCompress, {}));
  EXPECT_EQ(message.log, "info:compressed-data compressed content");
  EXPECT_EQ(outcome(compressed_data(kZlibCompress, Bytes{5, 0})), "ok");
  EXPECT_EQ(outcome(compressed_data(kZlibCompress, Bytes{2, 1, 0})), "crypto.bad-parameters");
  EXPECT_EQ(outcome(compressed_data(Oid::of("1.2.3"), {})), "crypto.unknown-algorithm");
}

TEST(CmsParser, errors_stay) {
  Message message;
  Parser parser(message, {});
  ASSERT_FALSE(parser.push(Bytes{5, 0}));
  EXPECT_EQ(parser.push(signed_data({})).error().rule, Rule::Asn1UnexpectedTag);
  EXPECT_EQ(parser.finish().error().rule, Rule::Asn1UnexpectedTag);
}

TEST(CmsParser, offsets_of_errors_count_from_the_start_of_the_message) {
  SignedParts parts;
  parts.signers = Bytes{0x31, 2, 5, 0};
  Bytes message = signed_data(parts);
  Message seen;
  Parser parser(seen, {}, 1'000);
  auto result = messages::feed(parser, message, SIZE_MAX);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().offset, 1'000 + message.size() - 2);
}

TEST(ContentType, CMS02_CMS03_every_content_type_by_its_oid) {
  struct Row {
    const char* tail;  // behind 2a864886f70d01
    const char* name;
  };
  for (const Row& row :
       {Row{"0701", "data"}, Row{"0702", "signed-data"}, Row{"0703", "enveloped-data"},
        Row{"0704", "signed-and-enveloped-data"}, Row{"0705", "digested-data"},
        Row{"0706", "encrypted-data"}, Row{"09100101", "receipt"},
        Row{"09100102", "authenticated-data"}, Row{"09100104", "tst-info"},
        Row{"09100106", "content-info"}, Row{"09100109", "compressed-data"},
        Row{"09100117", "auth-enveloped-data"}, Row{"09100118", "other"}}) {
    auto oid = Oid::from_der(from_hex(std::string("2a864886f70d01") + row.tail));
    ASSERT_TRUE(oid);
    EXPECT_EQ(name(content_type(*oid)), row.name);
  }
}

TEST(ContentType, ATTR01_ATTR02_attributes_by_their_oids) {
  struct Row {
    Oid oid;
    const char* tail;  // behind 2a864886f70d0109
  };
  for (const Row& row :
       {Row{kContentTypeAttribute, "03"}, Row{kMessageDigest, "04"}, Row{kSigningTime, "05"},
        Row{kCountersignature, "06"}, Row{kSmimeCapabilities, "0f"},
        Row{kAlgorithmProtection, "34"}, Row{kReceiptRequest, "100201"},
        Row{kSecurityLabel, "100202"}, Row{kMlExpandHistory, "100203"}, Row{kContentHint, "100204"},
        Row{kMsgSigDigest, "100205"}, Row{kContentIdentifier, "100207"},
        Row{kEquivalentLabels, "100209"}, Row{kContentReference, "10020a"},
        Row{kEncryptionKeyPreference, "10020b"}, Row{kSigningCertificate, "10020c"},
        Row{kTimeStampToken, "10020e"}, Row{kSigningCertificateV2, "10022f"}}) {
    EXPECT_EQ(to_hex(row.oid.der()), std::string("2a864886f70d0109") + row.tail);
  }
}

TEST(ContentType, names_of_content_types) {
  EXPECT_EQ(name(content_type(kAuthEnvelopedData)), "auth-enveloped-data");
  EXPECT_EQ(name(content_type(Oid::of("1.2.3"))), "other");
}

TEST(EntityIdentifier, describes_itself_for_a_person) {
  EXPECT_EQ(EntityIdentifier::issuer_and_serial(certificate("rsa")).describe().substr(0, 15),
            "CN=rsa, serial ");
  EntityIdentifier id;
  id.key_identifier = {0xab};
  EXPECT_EQ(id.describe(), "key identifier ab");
}

}  // namespace
}  // namespace bulla::cms

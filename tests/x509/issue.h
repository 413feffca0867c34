// Certificates and lists that the tests issue themselves, in the names and with the keys of
// tests/data/x509: what openssl would have to be asked for one by one.
#pragma once

#include "asn1/writer.h"
#include "bulla/key.h"
#include "x509/extensions.h"
#include "x509/test_files.h"

namespace bulla::x509 {

inline Bytes extension(const Oid& oid, ByteView value, bool critical = false) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.oid(oid);
    if (critical) seq.boolean(true);
    seq.octet_string(value);
  });
}

// { cA TRUE } and the bits of KeyUsage: 0x04 is keyCertSign, 0x02 cRLSign.
inline std::vector<Bytes> ca_extensions(std::uint8_t key_usage = 0x06) {
  Bytes ca = asn1::encode([](asn1::Writer& out) { out.sequence().boolean(true); });
  Bytes usage = asn1::encode([&](asn1::Writer& out) { out.bit_string(Bytes{key_usage}, 1); });
  return {extension(kBasicConstraints, ca, true), extension(kKeyUsage, usage, true)};
}

inline void write_sha256_with_rsa(asn1::Writer& out) {
  asn1::Writer algorithm = out.sequence();
  algorithm.oid(Oid::of("1.2.840.113549.1.1.11"));
  algorithm.null();
}

// SEQUENCE { what is signed, sha256WithRSAEncryption, BIT STRING }
inline Bytes sign_with(const std::string& key, const Bytes& to_be_signed) {
  auto signer = load_private_key(load_block(key + ".key.pem")).value();
  Bytes signature = signer->sign({.digest = Digest::Sha256}, to_be_signed).value();
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.element(to_be_signed);
    write_sha256_with_rsa(seq);
    seq.bit_string(signature);
  });
}

struct Issue {
  std::string like;          // the certificate whose fields are taken
  std::string issuer;        // whose subject becomes the issuer
  std::string key;           // that signs
  std::string subject = {};  // another certificate's subject
  std::string spki = {};     // another certificate's key
  Bytes spki_der = {};       // or this one
  std::optional<std::vector<Bytes>> extensions = {};
  unsigned version = 3;  // 1 has no extensions
};

inline std::vector<Bytes> extensions_of(const Certificate& model) {
  std::vector<Bytes> all;
  for (const CertificateExtension& each : model.extensions()) {
    all.push_back(extension(each.oid, each.value, each.critical));
  }
  return all;
}

inline Certificate issue(const Issue& how) {
  Certificate model = load(how.like);
  Bytes tbs = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    if (how.version == 3) seq.enter(asn1::constructed(0)).integer(2);
    seq.primitive(asn1::Tag::Integer, model.serial_number());
    write_sha256_with_rsa(seq);
    seq.element(load(how.issuer).subject_der());
    {
      asn1::Writer validity = seq.sequence();
      validity.time(model.not_before());
      validity.time(model.not_after());
    }
    seq.element(how.subject.empty() ? model.subject_der() : load(how.subject).subject_der());
    if (how.spki_der.empty()) {
      seq.element(load(how.spki.empty() ? how.like : how.spki).subject_public_key_info());
    } else {
      seq.element(how.spki_der);
    }
    if (how.version == 1) return;
    asn1::Writer field = seq.enter(asn1::constructed(3));
    asn1::Writer list = field.sequence();
    for (const Bytes& each : how.extensions.value_or(extensions_of(model))) list.element(each);
  });
  return Certificate::parse(sign_with(how.key, tbs)).value();
}

struct List {
  std::string issuer;  // whose subject issues it
  std::string key;
  std::vector<std::string> revoked = {};
  const char* this_update = "2026-01-01";
  unsigned version = 2;
};

// A complete list, without extensions.
inline Bytes issue_list(const List& how) {
  return sign_with(how.key, asn1::encode([&](asn1::Writer& out) {
                     asn1::Writer seq = out.sequence();
                     if (how.version == 2) seq.integer(1);
                     write_sha256_with_rsa(seq);
                     seq.element(load(how.issuer).subject_der());
                     seq.time(*parse_time(how.this_update));
                     seq.time(*parse_time("2126-01-01"));
                     if (how.revoked.empty()) return;
                     asn1::Writer entries = seq.sequence();
                     for (const std::string& name : how.revoked) {
                       asn1::Writer entry = entries.sequence();
                       entry.primitive(asn1::Tag::Integer, load(name).serial_number());
                       entry.time(*parse_time("2026-02-01"));
                     }
                   }));
}

}  // namespace bulla::x509

// Certificates that the tests of the checks write, field by field. They are signed by nobody.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "asn1/writer.h"
#include "x509/attribute_types.h"
#include "x509/extensions.h"
#include "x509/key_identifier.h"
#include "x509/lint_view.h"
#include "x509/test_files.h"

namespace bulla::x509::lint {

using Parts = std::vector<Bytes>;

inline Bytes tlv(unsigned tag, ByteView contents) {
  return asn1::encode(
      [&](asn1::Writer& out) { out.primitive(static_cast<asn1::Tag>(tag), contents); });
}
inline Bytes tlv(unsigned tag, std::string_view text) { return tlv(tag, as_bytes(text)); }
inline Bytes tlv(unsigned tag, const Parts& parts) {
  Bytes all;
  for (const Bytes& each : parts) append(all, each);
  return tlv(tag, ByteView(all));
}

inline Bytes seq(const Parts& parts) { return tlv(0x30, parts); }
inline Bytes oid(const Oid& id) { return tlv(0x06, id.der()); }
inline Bytes utf8(std::string_view text) { return tlv(0x0c, text); }
inline Bytes printable_string(std::string_view text) { return tlv(0x13, text); }
inline Bytes ia5(std::string_view text) { return tlv(0x16, text); }
inline Bytes bits(std::initializer_list<std::uint8_t> octets) { return tlv(0x03, Bytes(octets)); }
inline Bytes null() { return Bytes{0x05, 0x00}; }
inline Bytes yes() { return Bytes{0x01, 0x01, 0xff}; }
inline Bytes no() { return Bytes{0x01, 0x01, 0x00}; }
inline Bytes number(std::uint8_t value) { return Bytes{0x02, 0x01, value}; }

inline Bytes attribute(const Oid& type, const Bytes& value) { return seq({oid(type), value}); }
inline Bytes rdn(const Parts& attributes) { return tlv(0x31, attributes); }
// A Name with one attribute in each RDN.
struct Value {
  Oid type;
  Bytes value;
};
inline Bytes name(const std::vector<Value>& values) {
  Parts rdns;
  for (const Value& each : values) rdns.push_back(rdn({attribute(each.type, each.value)}));
  return seq(rdns);
}

// GeneralNames
inline Bytes mail(std::string_view address) { return tlv(0x81, address); }
inline Bytes dns(std::string_view domain) { return tlv(0x82, domain); }
inline Bytes directory(const Bytes& one) { return tlv(0xa4, Parts{one}); }
inline Bytes uri(std::string_view text) { return tlv(0x86, text); }
inline Bytes ip(const Bytes& address) { return tlv(0x87, ByteView(address)); }
inline Bytes other(const Oid& type, const Bytes& value) {
  return tlv(0xa0, Parts{oid(type), tlv(0xa0, Parts{value})});
}
inline Bytes utf8_mailbox(std::string_view address) {
  return other(kSmtpUtf8Mailbox, utf8(address));
}

inline Bytes algorithm(const Oid& id) { return seq({oid(id)}); }
inline Bytes algorithm(const Oid& id, const Bytes& parameters) {
  return seq({oid(id), parameters});
}
inline Bytes sha256_with_rsa() { return algorithm(Oid::of("1.2.840.113549.1.1.11"), null()); }
inline Bytes spki(const Bytes& key_algorithm, const Bytes& key) {
  Bytes contents{0};
  append(contents, key);
  return seq({key_algorithm, tlv(0x03, ByteView(contents))});
}

struct DraftExtension {
  Oid oid;
  Bytes value;
  bool critical = false;
};

struct Draft {
  Parts version = {tlv(0xa0, Parts{number(2)})};
  Bytes serial = tlv(0x02, Bytes{0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0, 0x11});
  Bytes inner = sha256_with_rsa();
  Bytes outer = sha256_with_rsa();
  Bytes issuer = name({{kOrganizationName, utf8("Test CA")}});
  Bytes not_before = tlv(0x17, std::string_view("260101000000Z"));
  Bytes not_after = tlv(0x17, std::string_view("261231235959Z"));
  Bytes subject;
  Bytes key;
  Parts unique_ids;
  std::vector<DraftExtension> extensions;

  void remove(const Oid& id) {
    std::erase_if(extensions, [&](const DraftExtension& each) { return each.oid == id; });
  }
  void set(const Oid& id, const Bytes& value, bool critical = false) {
    remove(id);
    extensions.push_back({id, value, critical});
  }
  void set_critical(const Oid& id, bool critical) {
    for (DraftExtension& each : extensions) {
      if (each.oid == id) each.critical = critical;
    }
  }
  void add_point(const Bytes& general_name) {
    set(kCrlDistributionPoints, seq({seq({tlv(0xa0, Parts{tlv(0xa0, Parts{general_name})})})}));
  }
  void become_ca() {
    set(kBasicConstraints, seq({yes()}), true);
    set(kKeyUsage, bits({1, 0x06}), true);
  }

  Bytes encode() const {
    Parts list;
    for (const DraftExtension& each : extensions) {
      Parts fields = {oid(each.oid)};
      if (each.critical) fields.push_back(yes());
      fields.push_back(tlv(0x04, ByteView(each.value)));
      list.push_back(seq(fields));
    }
    Parts tbs = version;
    for (const Bytes& field : {serial, inner, issuer, seq({not_before, not_after}), subject, key}) {
      tbs.push_back(field);
    }
    tbs.insert(tbs.end(), unique_ids.begin(), unique_ids.end());
    tbs.push_back(tlv(0xa3, Parts{seq(list)}));
    return seq({seq(tbs), outer, bits({0, 1, 2, 3})});
  }
};

inline constexpr std::string_view kAddress = "anna@mail.net";
inline constexpr Oid kRsaEncryption = Oid::of("1.2.840.113549.1.1.1");
inline constexpr Oid kEcPublicKey = Oid::of("1.2.840.10045.2.1");
inline constexpr Oid kEcdsaSha256 = Oid::of("1.2.840.10045.4.3.2");
inline constexpr Oid kOther = Oid::of("1.2.3.5");
inline constexpr Oid kMlKem512 = Oid::of("2.16.840.1.101.3.4.4.1");
inline constexpr Oid kMlDsa44 = Oid::of("2.16.840.1.101.3.4.3.17");
inline constexpr Oid kX25519 = Oid::of("1.3.101.110");
inline constexpr Oid kHashMlDsa44 = Oid::of("2.16.840.1.101.3.4.3.32");

inline Bytes key_of(const std::string& file) {
  return to_bytes(load(file).subject_public_key_info());
}

inline Bytes policies(const Parts& all) { return seq(all); }
inline Bytes policy(const Oid& id) { return seq({oid(id)}); }
inline Bytes policy(const Oid& id, const Parts& qualifiers) {
  return seq({oid(id), seq(qualifiers)});
}
inline Bytes cps(std::string_view text) { return seq({oid(kCpsQualifier), ia5(text)}); }
inline Bytes notice(const Parts& fields) { return seq({oid(kNoticeQualifier), seq(fields)}); }
inline Bytes access(const Oid& method, const Bytes& location) {
  return seq({oid(method), location});
}
inline Bytes purposes(const std::vector<Oid>& all) {
  Parts parts;
  for (const Oid& each : all) parts.push_back(oid(each));
  return seq(parts);
}

inline constexpr Oid kIndividualStrict = Oid::of("2.23.140.1.5.4.3");
inline constexpr Oid kOwnPolicy = Oid::of("1.2.3.4");

inline Bytes person() {
  return name({{kSurname, utf8("Sanders")},
               {kGivenName, utf8("Anna")},
               {kCommonName, utf8("Anna Sanders")}});
}

inline Bytes organization(std::string_view identifier, std::string_view country = "DE") {
  return name({{kCountryName, printable_string(country)},
               {kOrganizationIdentifier, utf8(identifier)},
               {kOrganizationName, utf8("Sanders GmbH")}});
}

// What nobody finds anything in, by RFC 5280 and as individual-strict.
inline Draft good() {
  Draft draft;
  draft.subject = person();
  draft.key = key_of("alice");
  draft.set(kKeyUsage, bits({5, 0xa0}), true);
  draft.set(kExtendedKeyUsage, purposes({kEmailProtection}));
  draft.set(kAuthorityKeyIdentifier, seq({tlv(0x80, Bytes(20, 7))}));
  draft.set(kSubjectKeyIdentifier, tlv(0x04, ByteView(*key_identifier(draft.key))));
  draft.set(kCertificatePolicies, policies({policy(kIndividualStrict)}));
  draft.add_point(uri("http://crl.mail.net/ca.crl"));
  draft.set(kAuthorityInfoAccess, seq({access(kCaIssuers, uri("http://crl.mail.net/ca.der"))}));
  draft.set(kSubjectAltName, seq({mail(kAddress)}));
  return draft;
}

}  // namespace bulla::x509::lint

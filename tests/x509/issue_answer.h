// OCSP answers that the tests issue themselves (RFC 6960), right and wrong in one thing each.
#pragma once

#include <bit>

#include "crypto/digest.h"
#include "x509/issue.h"
#include "x509/key_identifier.h"

namespace bulla::x509 {

struct Answer {
  std::string about = "alice";
  std::string issuer = "intermediate";  // that CertID names
  Digest digest = Digest::Sha1;         // in CertID
  enum class Says { Good, Revoked, OnHold, Unknown } says = Says::Good;
  const char* this_update = "2026-05-31";
  const char* next_update = "2026-06-08";     // null: there is none
  std::string key = "intermediate";           // that signs
  std::optional<Certificate> responder = {};  // who is named; the issuer without one
  enum class By { Name, Key } by = By::Key;
  std::vector<Certificate> certificates = {};
  Bytes nonce = {};
  std::vector<Bytes> extensions = {};         // of the whole answer
  std::vector<Bytes> single_extensions = {};  // of what it says
};

inline void write_extensions(asn1::Writer& out, const std::vector<Bytes>& extensions) {
  if (extensions.empty()) return;
  asn1::Writer field = out.enter(asn1::constructed(1));
  asn1::Writer list = field.sequence();
  for (const Bytes& each : extensions) list.element(each);
}

inline void generalized_time(asn1::Writer& out, const char* day) {
  std::string digits(day);
  std::erase(digits, '-');
  digits += "000000Z";
  out.primitive(asn1::Tag::GeneralizedTime, as_bytes(digits));
}

inline void write_single(asn1::Writer& out, const Answer& how) {
  Certificate about = load(how.about);
  Bytes key = to_bytes(*subject_public_key(load(how.issuer).subject_public_key_info()));
  asn1::Writer single = out.sequence();
  {
    asn1::Writer id = single.sequence();
    id.sequence().oid(how.digest == Digest::Sha1 ? Oid::of("1.3.14.3.2.26")
                                                 : Oid::of("2.16.840.1.101.3.4.2.1"));
    id.octet_string(crypto::hash(how.digest, about.issuer_der()).value());
    id.octet_string(crypto::hash(how.digest, key).value());
    id.primitive(asn1::Tag::Integer, about.serial_number());
  }
  if (how.says == Answer::Says::Good) {
    single.primitive(asn1::primitive(0), {});
  } else if (how.says == Answer::Says::Unknown) {
    single.primitive(asn1::primitive(2), {});
  } else {
    asn1::Writer revoked = single.enter(asn1::constructed(1));
    generalized_time(revoked, "2026-02-01");
    std::uint8_t reason = how.says == Answer::Says::OnHold ? 6 : 1;
    revoked.enter(asn1::constructed(0)).primitive(asn1::Tag::Enumerated, Bytes{reason});
  }
  generalized_time(single, how.this_update);
  if (how.next_update != nullptr) {
    asn1::Writer next = single.enter(asn1::constructed(0));
    generalized_time(next, how.next_update);
  }
  write_extensions(single, how.single_extensions);
}

// ResponseData
inline Bytes answer_data(const Answer& how) {
  Certificate responder = how.responder.value_or(load(how.issuer));
  std::vector<Bytes> extensions = how.extensions;
  if (!how.nonce.empty()) {
    Bytes value = asn1::encode([&](asn1::Writer& out) { out.octet_string(how.nonce); });
    extensions.push_back(extension(Oid::of("1.3.6.1.5.5.7.48.1.2"), value));
  }
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer data = out.sequence();
    if (how.by == Answer::By::Name) {
      data.enter(asn1::constructed(1)).element(responder.subject_der());
    } else {
      Bytes hash = key_identifier(responder.subject_public_key_info()).value();
      data.enter(asn1::constructed(2)).octet_string(hash);
    }
    generalized_time(data, how.this_update);
    {
      asn1::Writer list = data.sequence();
      write_single(list, how);
    }
    write_extensions(data, extensions);
  });
}

// An OCSPResponse with what status and ResponseBytes.
inline Bytes wrap_answer(std::uint8_t status, ByteView basic) {
  return asn1::encode([&](asn1::Writer& out) {
    asn1::Writer response = out.sequence();
    response.primitive(asn1::Tag::Enumerated, Bytes{status});
    if (basic.empty()) return;
    asn1::Writer field = response.enter(asn1::constructed(0));
    asn1::Writer bytes = field.sequence();
    bytes.oid(Oid::of("1.3.6.1.5.5.7.48.1.1"));
    bytes.octet_string(basic);
  });
}

inline Bytes issue_answer(const Answer& how) {
  Bytes data = answer_data(how);
  auto signer = load_private_key(load_block(how.key + ".key.pem")).value();
  Bytes signature = signer->sign({.digest = Digest::Sha256}, data).value();
  Bytes basic = asn1::encode([&](asn1::Writer& out) {
    asn1::Writer seq = out.sequence();
    seq.element(data);
    write_sha256_with_rsa(seq);
    seq.bit_string(signature);
    if (how.certificates.empty()) return;
    asn1::Writer field = seq.enter(asn1::constructed(0));
    asn1::Writer list = field.sequence();
    for (const Certificate& each : how.certificates) list.element(each.der());
  });
  return wrap_answer(0, basic);
}

// What may be said of a responder's certificate.
struct Responder {
  std::string issuer = "intermediate";
  std::string key = "intermediate";  // that certifies it
  std::string like = "alice";        // whose dates it has
  bool has_purpose = true;
  bool has_nocheck = true;
  std::uint8_t key_usage = 0x80;  // digitalSignature
};

// Its own key is that of "other".
inline Certificate make_responder(const Responder& how = {}) {
  Bytes purposes =
      asn1::encode([](asn1::Writer& out) { out.sequence().oid(Oid::of("1.3.6.1.5.5.7.3.9")); });
  Bytes usage = asn1::encode([&](asn1::Writer& out) {
    out.bit_string(Bytes{how.key_usage}, static_cast<unsigned>(std::countr_zero(how.key_usage)));
  });
  std::vector<Bytes> extensions{extension(kKeyUsage, usage, true)};
  if (how.has_purpose) extensions.push_back(extension(kExtendedKeyUsage, purposes));
  if (how.has_nocheck) {
    extensions.push_back(extension(Oid::of("1.3.6.1.5.5.7.48.1.5"), Bytes{0x05, 0x00}));
  }
  return issue({.like = how.like,
                .issuer = how.issuer,
                .key = how.key,
                .subject = "tsa",
                .spki = "other",
                .extensions = extensions});
}

}  // namespace bulla::x509

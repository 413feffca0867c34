// What a Certificate holds. Private to this folder.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "asn1/algorithm_identifier.h"
#include "asn1/reader.h"
#include "bulla/certificate.h"
#include "crypto/public_key.h"
#include "x509/extensions.h"
#include "x509/key_info.h"
#include "x509/name.h"

struct x509_st;  // libcrypto's X509

namespace bulla {

struct Certificate::Data {
  Bytes der;
  ByteView tbs;
  unsigned version = 1;
  ByteView serial_number;
  asn1::AlgorithmIdentifier signature_algorithm;
  ByteView issuer;
  ByteView subject;
  x509::RelativeNames issuer_names;
  x509::RelativeNames subject_names;
  Time not_before;
  Time not_after;
  ByteView spki;
  x509::KeyInfo key;
  std::vector<CertificateExtension> extensions;

  std::vector<CertificateAddress> addresses;
  std::optional<asn1::BitString> key_usage;
  std::optional<std::vector<Oid>> extended_key_usage;
  x509::BasicConstraints basic_constraints;
  std::optional<ByteView> subject_key_identifier;
  std::optional<ByteView> authority_key_identifier;

  // Computed when somebody asks: of most roots of a system nobody does.
  struct Fingerprint {
    std::once_flag once;
    Bytes value;
  };
  mutable Fingerprint sha256;
  mutable Fingerprint sha1;

  // Made on first use, once for all copies (x509/certificate_key.h, libcrypto_certificate.h).
  struct Release {
    void operator()(x509_st* object) const;
  };
  mutable std::once_flag key_once;
  mutable std::optional<Result<crypto::PublicKey>> public_key;
  mutable std::once_flag libcrypto_once;
  mutable std::unique_ptr<x509_st, Release> libcrypto;
};

}  // namespace bulla

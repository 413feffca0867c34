// DANE for mail: what a record of the DNS says of a certificate (RFC 8162 2, RFC 6698 2.1).
//
//   auto record = DaneRecord::parse(rdata);
//   if (record && record->matches(certificate)) …
//
// Whether the record itself is to be believed (DNSSEC), whoever got it knows (CERT-73).
#pragma once

#include <cstdint>
#include <optional>

#include "bulla/certificate.h"

namespace bulla::x509 {

struct DaneRecord {
  // RFC 6698 2.1.1, CERT-74: a CA or the certificate itself; beside path validation to a trusted
  // root (PKIX) or in place of it (DANE).
  enum class Usage : std::uint8_t { PkixTa = 0, PkixEe = 1, DaneTa = 2, DaneEe = 3 };
  // RFC 6698 2.1.2
  enum class Selector : std::uint8_t { Certificate = 0, Key = 1 };
  // RFC 6698 2.1.3
  enum class Matching : std::uint8_t { Full = 0, Sha256 = 1, Sha512 = 2 };

  Usage usage = Usage::DaneEe;
  Selector selector = Selector::Certificate;
  Matching matching = Matching::Full;
  Bytes data;

  // Nothing for a record that is unusable: too short, of a kind that is not known, or with a digest
  // of another length. Such a record counts as if it were not there (RFC 6698 4.1).
  static std::optional<DaneRecord> parse(ByteView rdata);

  // Whether the record is about a CA.
  bool names_issuer() const { return usage == Usage::PkixTa || usage == Usage::DaneTa; }
  bool matches(const Certificate& certificate) const;

  // The certificate, where the record has the whole of it.
  std::optional<Certificate> certificate() const;
};

}  // namespace bulla::x509

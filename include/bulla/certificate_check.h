// check_certificate: what in a certificate is against the standards, and where.
//
//   auto report = check_certificate(der);
//   if (report) {
//     for (const CertificateFinding& each : report->findings)
//       std::cout << each.check->id << ' ' << each.place << ": " << each.check->text << '\n';
//   }
//
// It is for whoever issues certificates, or wants to know why one is refused. It reads more than
// Certificate::parse() does: what that refuses is a finding here wherever the rest can be read.
// It says nothing of trust, dates or revocation; that is path validation.
//
// Thread safety: functions of their arguments. Views stay valid for the life of the program.
// Source: RFC 5280 with its updates; RFC 8550 and RFC 8551; the rules for keys of RFC 3279, 4055,
// 8813, 9295, 9881, 9909 and 9935; RFC 9598; CA/Browser Forum, Baseline Requirements for S/MIME
// Certificates, version 1.0.10.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bulla/bytes.h"
#include "bulla/limits.h"
#include "bulla/result.h"

namespace bulla {

enum class CheckSeverity : std::uint8_t {
  Note,     // allowed, and worth knowing
  Warning,  // against a SHOULD, or of no use for mail
  Error,    // against a MUST or SHALL
};
std::string_view name(CheckSeverity severity);  // "note", "warning", "error"

// A rule for certificates. Its id keeps its meaning: `der.` is of the encoding, `x509.` of RFC 5280
// and its updates, `smime.` of RFC 8550 and 8551, `br.` of the Baseline Requirements.
struct CertificateCheck {
  std::string_view id;
  CheckSeverity severity;
  std::string_view source;  // RFC and section
  std::string_view text;    // what is wrong: one line, lower case, no full stop
};

// All of them, by subject.
std::span<const CertificateCheck> certificate_checks();

// A profile of the Baseline Requirements, 7.1.6.1.
struct BaselineProfile {
  enum class Type : std::uint8_t { Mailbox = 1, Organization, Sponsor, Individual };
  enum class Generation : std::uint8_t { Legacy = 1, Multipurpose, Strict };
  Type type = Type::Mailbox;
  Generation generation = Generation::Strict;

  friend bool operator==(const BaselineProfile&, const BaselineProfile&) = default;
};
std::string name(const BaselineProfile& profile);  // "mailbox-strict"
std::optional<BaselineProfile> find_baseline_profile(std::string_view name);

struct CertificateCheckOptions {
  enum class Baseline : std::uint8_t {
    Claimed,  // the profile that the certificate's policies name, if they do
    Off,
    Given,  // `profile`, whatever they name
  };
  Baseline baseline = Baseline::Claimed;
  BaselineProfile profile = {};
};

struct CertificateFinding {
  const CertificateCheck* check = nullptr;
  std::string place;   // field, extension or name in the terms of RFC 5280
  std::string detail;  // what the text cannot know; unescaped
};

struct CertificateReport {
  std::string subject;  // RFC 4514 text, unescaped
  Bytes sha256;
  std::optional<BaselineProfile> baseline;  // by which it was checked
  // The worst first, then by subject; of each check at most twenty.
  std::vector<CertificateFinding> findings;

  // Note when there are none.
  CheckSeverity worst() const;
};

// DER of one certificate. Errors: asn1.…, cert.malformed or limit.… if its fields cannot be told
// apart.
[[nodiscard]] Result<CertificateReport> check_certificate(
    ByteView der, const CertificateCheckOptions& options = {}, const Limits& limits = {});

// The DER of the certificates in a file, as load_certificates() finds them, unparsed.
// Errors: key.no-certificate, asn1.… and limit.… of PEM and CMS.
[[nodiscard]] Result<std::vector<Bytes>> extract_certificates(ByteView file,
                                                              const Limits& limits = {});

}  // namespace bulla

#include "ca/authority.h"

#include <algorithm>

#include "asn1/reader.h"
#include "asn1/writer.h"
#include "base/try.h"
#include "bulla/certificate_check.h"
#include "x509/address_match.h"
#include "x509/extension_writer.h"
#include "x509/key_info.h"

namespace bulla::ca {
namespace {

constexpr std::size_t kMinRsaBits = 2'048;
constexpr std::size_t kMinEcBits = 256;

tl::unexpected<Error> refuse(std::string why) {
  return failure(Rule::CaRefused, 0, std::move(why));
}

// What was made is looked at as anybody's certificate, before it leaves (pre-issuance linting).
Result<Certificate> look_at(Certificate certificate) {
  CertificateCheckOptions options;
  options.baseline = CertificateCheckOptions::Baseline::Off;
  CertificateReport report = TRY(check_certificate(certificate.der(), options));
  if (report.worst() != CheckSeverity::Error) return certificate;
  const CertificateFinding& worst = report.findings.front();
  std::string detail = worst.detail.empty() ? "" : " (" + worst.detail + ")";
  return refuse("the certificate would be wrong: " + std::string(worst.check->text) + detail);
}

Result<void> check_key(const x509::CertificationRequest& request) {
  x509::KeyInfo key = x509::read_key_info(request.subject_public_key_info());
  if (auto flaw = x509::find_key_flaw(key, {})) return refuse("its key: " + *flaw);
  bool is_rsa = key.kind == KeyKind::Rsa || key.kind == KeyKind::RsaPss;
  bool is_small =
      (is_rsa && key.bits < kMinRsaBits) || (key.kind == KeyKind::Ec && key.bits < kMinEcBits);
  if (is_small) {
    return refuse("its key is too small: " + request.key_description());
  }
  if (!TRY(request.proves_possession())) {
    return refuse("it is not signed with the key that it is for");
  }
  return {};
}

// What the request asks for and nobody has named would get lost unseen.
Result<void> check_addresses(const x509::CertificationRequest& request,
                             const std::vector<std::string>& named) {
  for (const CertificateAddress& asked : request.addresses()) {
    bool is_named = std::any_of(named.begin(), named.end(), [&](const std::string& one) {
      return x509::equal_addresses(one, asked.address, x509::LocalPart::Exact);
    });
    if (!is_named) return refuse("it asks for " + asked.address + " too");
  }
  return {};
}

// What the key may be used for, as far as the request limits it: to sign with alone, or to be
// encrypted to alone (RFC 8823 3.3, RFC 8551 4.5).
Result<Bytes> key_usage_of(const x509::CertificationRequest& request) {
  KeyKind kind = x509::read_key_info(request.subject_public_key_info()).kind;
  Bytes usual = x509::usual_key_usage(kind);
  for (const CertificateExtension& each : request.requested_extensions()) {
    if (each.oid != x509::kKeyUsage) continue;
    asn1::BitString asked = TRY(x509::read_key_usage(each.value));
    asn1::BitString allowed = TRY(x509::read_key_usage(usual));
    constexpr unsigned kBits = 9;
    bool has_any = false;
    for (unsigned bit = 0; bit < kBits; ++bit) {
      has_any = has_any || asked.has(bit);
      // contentCommitment (1) goes with signing.
      bool is_usual = allowed.has(bit) || (bit == 1 && allowed.has(0));
      if (asked.has(bit) && !is_usual)
        return refuse("it asks for a key usage that is not for mail");
    }
    if (has_any) return to_bytes(each.value);
  }
  return usual;
}

}  // namespace

Result<Certificate> make_root(const Issuer& issuer, const AuthorityOptions& options) {
  return look_at(TRY(write_root(issuer, options.name, options.validity)));
}

Result<Certificate> issue(const Issuer& issuer, const store::Authority& authority,
                          const x509::CertificationRequest& request, const IssueOptions& options) {
  const Certificate& root = authority.certificate;
  if (options.at < root.not_before() || options.at >= root.not_after()) {
    return refuse("the certificate of the CA is not valid at " + to_iso8601(options.at));
  }
  TRY_VOID(check_key(request));
  TRY_VOID(check_addresses(request, options.addresses));
  MailCertificate what;
  what.subject = options.subject;
  what.addresses = options.addresses;
  what.subject_public_key_info = to_bytes(request.subject_public_key_info());
  what.key_usage = TRY(key_usage_of(request));
  what.validity = {.not_before = options.at,
                   .not_after = std::min(options.at + options.lifetime, root.not_after())};
  return look_at(TRY(write_mail_certificate(issuer, root, authority.places, what)));
}

}  // namespace bulla::ca

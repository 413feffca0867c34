// Certificates, requests for them, PEM, certs-only CMS, lists, OCSP answers and PKCS #12, whatever
// the input is.
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "base/check.h"
#include "bulla/certificate.h"
#include "bulla/certificate_check.h"
#include "x509/access_points.h"
#include "x509/address_match.h"
#include "x509/certification_request.h"
#include "x509/crl.h"
#include "x509/name.h"
#include "x509/ocsp.h"
#include "x509/path_finder.h"
#include "x509/pkcs12.h"

namespace {

bulla::Certificate load_test_certificate(const std::string& name) {
  std::ifstream in(std::string(BULLA_TEST_DATA) + "/x509/" + name, std::ios::binary);
  bulla::Bytes file{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return bulla::load_certificates(file).value().front();
}

void look_at(const bulla::Certificate& certificate) {
  std::string text = certificate.subject() + certificate.issuer() + certificate.common_name() +
                     certificate.key_description() + certificate.signature_description();
  CHECK(bulla::x509::equal_names(certificate.subject_der(), certificate.subject_der()));
  for (const auto& address : certificate.addresses()) {
    (void)bulla::x509::match_address(certificate, address.address);
  }
  (void)bulla::x509::issuer_urls(certificate);
  (void)bulla::x509::responder_urls(certificate);
  (void)bulla::x509::list_urls(certificate);
  (void)bulla::x509::delta_urls(certificate);
  CHECK(!bulla::x509::list_issuers(certificate).empty());
}

// What can be used can be checked, and much that cannot be.
void look_for_faults(bulla::ByteView input, const bulla::Limits& limits) {
  using Baseline = bulla::CertificateCheckOptions::Baseline;
  bulla::CertificateCheckOptions options{.baseline = Baseline::Given};
  bool is_usable = bulla::Certificate::parse(bulla::to_bytes(input), limits).has_value();
  CHECK(bulla::check_certificate(input, options, limits) || !is_usable);
}

// An answer says nothing that its signer may not say: here nobody may.
void look_at_answer(bulla::ByteView input, const bulla::Limits& limits) {
  auto answer = bulla::x509::OcspAnswer::parse(bulla::to_bytes(input), limits);
  if (!answer) return;
  static const bulla::Certificate kIssuer = load_test_certificate("ed25519.pem");
  using Weak = bulla::x509::PathOptions::Weak;
  CHECK(!answer->find_signer(kIssuer, Weak::Warn));
  (void)answer->find(kIssuer, kIssuer);
}

// Whatever is given, nothing is verified without a root.
void find_path(const std::vector<bulla::Certificate>& certificates) {
  bulla::x509::PathFinder finder({});
  auto result = finder.find(certificates.front(), {certificates, {}, {}},
                            {.at = bulla::Time(std::chrono::seconds(1'780'000'000))});
  CHECK(!result.verified);
  CHECK(!result.findings.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bulla::ByteView input(data, size);
  bulla::Limits limits;
  limits.pbkdf2_iterations = 100;
  if (auto certificates = bulla::load_certificates(input, limits)) {
    for (const auto& certificate : *certificates) look_at(certificate);
    find_path(*certificates);
  }
  if (auto all = bulla::extract_certificates(input, limits)) {
    for (const bulla::Bytes& each : *all) look_for_faults(each, limits);
  }
  (void)bulla::x509::Crl::parse(input, limits);
  look_at_answer(input, limits);
  auto request = bulla::x509::CertificationRequest::parse(bulla::to_bytes(input), limits);
  if (request) (void)request->proves_possession(limits);
  (void)bulla::x509::load_pkcs12(input, bulla::as_bytes("secret"), limits);
  return 0;
}

// What a CA is sent: questions about its certificates, and requests for new ones. Whatever they
// are, there is an answer that can be read, and nothing is said of a certificate that nobody asked
// about.
#include <cstdint>
#include <fstream>
#include <iterator>

#include "base/check.h"
#include "bulla/certificate.h"
#include "ca/responder.h"
#include "message/request_file.h"
#include "x509/certification_request.h"
#include "x509/ocsp.h"
#include "x509/pem.h"

namespace {

using namespace bulla;

struct Ca {
  PrivateKeyPtr key;
  ca::Issuer issuer;
  Certificate root;
};

Bytes read_file(const char* name) {
  std::ifstream in(std::string(BULLA_TEST_DATA) + "/x509/" + name, std::ios::binary);
  return Bytes(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
}

// The same in every run, so that the corpus asks about its certificates.
const Ca& the_ca() {
  static const Ca made = [] {
    auto pem = x509::read_pem(read_file("ec.key.pem"));
    PrivateKeyPtr key = load_private_key(pem.value().at(0).contents.view()).value();
    ca::Issuer issuer = ca::make_issuer(*key).value();
    return Ca{key, issuer, load_certificates(read_file("ec.pem")).value().front()};
  }();
  return made;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ByteView input(data, size);
  if (auto der = find_request(input)) (void)x509::CertificationRequest::parse(*der);
  const Ca& ca = the_ca();
  auto nobody = [](ByteView) { return Result<std::optional<store::Issued>>(std::nullopt); };
  auto answered = ca::answer_request(ca.issuer, ca.root, input,
                                     {.this_update = Time(), .next_update = Time()}, nobody);
  CHECK(answered);
  auto read = x509::OcspAnswer::parse(answered->response);
  CHECK(read.has_value() == answered->refused.empty());
  CHECK(answered->good == 0 && answered->revoked == 0);
  return 0;
}

#include "cli/inspect_request.h"

#include "base/text.h"
#include "base/try.h"
#include "x509/certification_request.h"

namespace bulla::cli {
namespace {

// The length behind a tag; nothing if it does not stand there whole.
std::optional<std::size_t> size_of_length(ByteView octets) {
  if (octets.empty()) return std::nullopt;
  std::size_t size = octets[0] < 0x80 ? 1 : 1u + (octets[0] & 0x7fu);
  return size <= 5 && size <= octets.size() ? std::optional(size) : std::nullopt;
}

// Whether it is signed by the key that it asks a certificate for.
std::string possession(const x509::CertificationRequest& request, const Limits& limits) {
  auto proves = request.proves_possession(limits);
  if (!proves) return describe(proves.error());
  return *proves ? "fits the key" : "does not fit the key";
}

}  // namespace

// SEQUENCE { SEQUENCE { INTEGER 0, SEQUENCE { SET … : a version and a Name. A certificate has [0]
// there, or a serial number, which may be 0, and then an algorithm's OBJECT IDENTIFIER.
bool looks_like_request(ByteView beginning) {
  std::string_view text = as_text(beginning);
  if (text.substr(0, 11) == "-----BEGIN ") {
    std::string_view line = text.substr(0, text.find('\n'));
    return line.find("CERTIFICATE REQUEST-----") != std::string_view::npos;
  }
  for (int depth = 0; depth < 2; ++depth) {
    if (beginning.empty() || beginning[0] != 0x30) return false;
    auto size = size_of_length(beginning.subspan(1));
    if (!size) return false;
    beginning = beginning.subspan(1 + *size);
  }
  constexpr std::uint8_t kVersionAndName[] = {0x02, 0x01, 0x00, 0x30};
  bool has_version = beginning.size() > sizeof(kVersionAndName) &&
                     equal(beginning.first(sizeof(kVersionAndName)), kVersionAndName);
  if (!has_version) return false;
  beginning = beginning.subspan(sizeof(kVersionAndName));
  auto size = size_of_length(beginning);
  bool is_empty = beginning[0] == 0;
  constexpr std::uint8_t kSet = 0x31;
  return size && (is_empty || (beginning.size() > *size && beginning[*size] == kSet));
}

Result<Node> request_node(Bytes der, const Limits& limits) {
  auto request = TRY(x509::CertificationRequest::parse(std::move(der), limits));
  Node node{.depth = 0, .kind = "request", .name = request.subject(), .facts = {}};
  node.add("key", request.key_description());
  std::string addresses;
  for (const CertificateAddress& address : request.addresses()) {
    addresses += (addresses.empty() ? "" : ", ") + address.address;
  }
  node.add("addresses", addresses);
  node.add("signature", request.signature_description() + ", " + possession(request, limits));
  return node;
}

}  // namespace bulla::cli

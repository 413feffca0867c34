#include "x509/access_points.h"

#include "x509/extensions.h"

namespace bulla::x509 {
namespace {

constexpr asn1::Tag kUri = asn1::primitive(6);
constexpr asn1::Tag kDirectoryName = asn1::constructed(4);

// AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription
// AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
std::vector<std::string> read_access(asn1::Reader& in, const Oid& method) {
  std::vector<std::string> urls;
  asn1::Reader descriptions = in.sequence();
  while (descriptions.more()) {
    asn1::Reader description = descriptions.sequence();
    bool is_wanted = description.oid() == method;
    if (auto uri = description.optional_contents(kUri)) {
      if (is_wanted) urls.emplace_back(as_text(*uri));
    } else {
      description.element();
    }
  }
  return urls;
}

std::vector<std::string> access_urls(const Certificate& certificate, const Oid& method) {
  const auto* extension = certificate.extension(kAuthorityInfoAccess);
  if (extension == nullptr) return {};
  auto urls =
      asn1::decode(extension->value, [&](asn1::Reader& in) { return read_access(in, method); });
  return urls ? std::move(*urls) : std::vector<std::string>();
}

struct DistributionPoints {
  std::vector<std::string> urls;
  std::vector<Bytes> issuers;
};

void read_general_names(asn1::Reader& names, DistributionPoints& points) {
  while (names.more()) {
    if (auto uri = names.optional_contents(kUri)) {
      points.urls.emplace_back(as_text(*uri));
    } else if (auto name = names.optional_enter(kDirectoryName)) {
      points.issuers.push_back(to_bytes(name->element(asn1::Tag::Sequence)));
    } else {
      names.element();
    }
  }
}

// DistributionPointName ::= CHOICE {
//     fullName                 [0] GeneralNames,
//     nameRelativeToCRLIssuer  [1] RelativeDistinguishedName }
void read_point_name(asn1::Reader& choice, DistributionPoints& points) {
  DistributionPoints full;
  if (auto names = choice.optional_enter(asn1::constructed(0))) read_general_names(*names, full);
  choice.skip_rest();
  points.urls.insert(points.urls.end(), full.urls.begin(), full.urls.end());
}

// CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
// DistributionPoint ::= SEQUENCE {
//     distributionPoint  [0] DistributionPointName OPTIONAL,
//     reasons            [1] ReasonFlags OPTIONAL,
//     cRLIssuer          [2] GeneralNames OPTIONAL }
DistributionPoints read_points(asn1::Reader& in) {
  DistributionPoints result;
  asn1::Reader points = in.sequence();
  while (points.more()) {
    asn1::Reader point = points.sequence();
    if (auto name = point.optional_enter(asn1::constructed(0))) read_point_name(*name, result);
    point.optional_element(asn1::primitive(1));
    DistributionPoints named;
    if (auto issuer = point.optional_enter(asn1::constructed(2)))
      read_general_names(*issuer, named);
    result.issuers.insert(result.issuers.end(), named.issuers.begin(), named.issuers.end());
  }
  return result;
}

DistributionPoints points_of(const Certificate& certificate, const Oid& oid) {
  const auto* extension = certificate.extension(oid);
  if (extension == nullptr) return {};
  auto points = asn1::decode(extension->value, &read_points);
  return points ? std::move(*points) : DistributionPoints();
}

}  // namespace

std::vector<std::string> issuer_urls(const Certificate& certificate) {
  return access_urls(certificate, kCaIssuers);
}

std::vector<std::string> responder_urls(const Certificate& certificate) {
  return access_urls(certificate, kOcsp);
}

std::vector<std::string> list_urls(const Certificate& certificate) {
  return points_of(certificate, kCrlDistributionPoints).urls;
}

std::vector<std::string> delta_urls(const Certificate& certificate) {
  return points_of(certificate, kFreshestCrl).urls;
}

std::vector<Bytes> list_issuers(const Certificate& certificate) {
  std::vector<Bytes> names{to_bytes(certificate.issuer_der())};
  std::vector<Bytes> named = points_of(certificate, kCrlDistributionPoints).issuers;
  names.insert(names.end(), named.begin(), named.end());
  return names;
}

}  // namespace bulla::x509

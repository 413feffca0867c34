#include "bulla/certificate.h"

#include <algorithm>

#include "asn1/reader.h"
#include "base/check.h"
#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/digest.h"
#include "x509/certificate_data.h"
#include "x509/extensions.h"
#include "x509/name.h"

namespace bulla {

namespace {

using Data = Certificate::Data;

// Far above the 20 octets of RFC 5280 4.1.2.2, which old CAs did not keep to.
constexpr std::size_t kMaxSerialBytes = 128;

// Version ::= INTEGER { v1(0), v2(1), v3(2) }
unsigned read_version(asn1::Reader& in) {
  auto field = in.optional_enter(asn1::constructed(0));
  if (!field) return 1;
  std::int64_t version = field->small_integer();
  if (version > 2) field->fail(Rule::CertMalformed, "an unknown version");
  return static_cast<unsigned>(version) + 1;
}

x509::RelativeNames read_names(ByteView name_der, asn1::Reader& in) {
  auto names = asn1::decode(name_der, &x509::read_name);
  if (!names) in.fail(names.error().rule, "a name");
  return names.value_or(x509::RelativeNames());
}

// TBSCertificate ::= SEQUENCE {
//     version               [0] EXPLICIT Version DEFAULT v1,
//     serialNumber          CertificateSerialNumber,
//     signature             AlgorithmIdentifier,
//     issuer                Name,
//     validity              Validity,
//     subject               Name,
//     subjectPublicKeyInfo  SubjectPublicKeyInfo,
//     issuerUniqueID        [1] IMPLICIT UniqueIdentifier OPTIONAL,
//     subjectUniqueID       [2] IMPLICIT UniqueIdentifier OPTIONAL,
//     extensions            [3] EXPLICIT Extensions OPTIONAL }
//
// Validity ::= SEQUENCE { notBefore Time, notAfter Time }
asn1::AlgorithmIdentifier read_tbs(asn1::Reader& in, Data& data) {
  asn1::Reader seq = in.sequence();
  data.version = read_version(seq);
  data.serial_number = seq.integer(kMaxSerialBytes);
  auto signature = asn1::AlgorithmIdentifier::read(seq);
  data.issuer = seq.element(asn1::Tag::Sequence);
  data.issuer_names = read_names(data.issuer, seq);
  {
    asn1::Reader validity = seq.sequence();
    data.not_before = validity.time();
    data.not_after = validity.time();
  }
  data.subject = seq.element(asn1::Tag::Sequence);
  data.subject_names = read_names(data.subject, seq);
  data.spki = seq.element(asn1::Tag::Sequence);
  seq.optional_element(asn1::primitive(1));
  seq.optional_element(asn1::primitive(2));
  if (auto field = seq.optional_enter(asn1::constructed(3))) {
    data.extensions = x509::read_extensions(*field);
    if (data.version != 3) field->fail(Rule::CertMalformed, "extensions need version 3");
  }
  return signature;
}

// Certificate ::= SEQUENCE {
//     tbsCertificate      TBSCertificate,
//     signatureAlgorithm  AlgorithmIdentifier,
//     signatureValue      BIT STRING }
bool read_certificate(asn1::Reader& in, Data& data) {
  asn1::Reader seq = in.sequence();
  data.tbs = seq.element(asn1::Tag::Sequence);
  data.signature_algorithm = asn1::AlgorithmIdentifier::read(seq);
  seq.bit_string();
  return true;
}

Result<void> check_extensions_unique(const std::vector<CertificateExtension>& extensions) {
  std::vector<Oid> oids;
  for (const CertificateExtension& extension : extensions) oids.push_back(extension.oid);
  std::sort(oids.begin(), oids.end());
  auto twice = std::adjacent_find(oids.begin(), oids.end());
  if (twice == oids.end()) return {};
  return failure(Rule::CertMalformed, 0, "extension " + twice->to_string() + " stands twice");
}

// One extension whose meaning is kept, in certificates of all kinds (CERT-35); the others are kept
// as they are.
Result<void> keep_extension(const CertificateExtension& extension, Data& data) {
  if (extension.oid == x509::kKeyUsage) {
    data.key_usage = TRY(x509::read_key_usage(extension.value));
  } else if (extension.oid == x509::kExtendedKeyUsage) {
    data.extended_key_usage = TRY(x509::read_extended_key_usage(extension.value));
  } else if (extension.oid == x509::kBasicConstraints) {
    data.basic_constraints = TRY(x509::read_basic_constraints(extension.value));
  } else if (extension.oid == x509::kSubjectKeyIdentifier) {
    data.subject_key_identifier = TRY(x509::read_subject_key_identifier(extension.value));
  } else if (extension.oid == x509::kAuthorityKeyIdentifier) {
    data.authority_key_identifier = TRY(x509::read_authority_key_identifier(extension.value));
  } else if (extension.oid == x509::kSubjectAltName) {
    data.addresses = TRY(x509::read_mail_addresses(extension.value));
  } else if (extension.oid == x509::kCertificatePolicies ||
             extension.oid == x509::kPolicyMappings) {
    return x509::check_policy_count(extension.value);
  }
  return {};
}

Result<void> keep_extensions(Data& data) {
  TRY_VOID(check_extensions_unique(data.extensions));
  for (const CertificateExtension& extension : data.extensions) {
    auto kept = keep_extension(extension, data);
    if (kept) continue;
    if (kept.error().rule == Rule::LimitElements) return kept;
    std::string detail = "extension " + extension.oid.to_string();
    auto offset = static_cast<std::uint64_t>(extension.value.data() - data.der.data());
    return failure(Rule::CertMalformed, offset + kept.error().offset, std::move(detail));
  }
  return {};
}

Result<void> parse_fields(Data& data, const Limits& limits) {
  if (data.der.size() > limits.certificate_bytes) return failure(Rule::LimitSize);
  TRY(asn1::decode(
      data.der, [&](asn1::Reader& in) { return read_certificate(in, data); }, limits));
  auto offset = static_cast<std::uint64_t>(data.tbs.data() - data.der.data());
  auto signature = TRY(asn1::decode(
      data.tbs, [&](asn1::Reader& in) { return read_tbs(in, data); }, limits, offset));
  // What is signed and what says how it is signed must agree (CVE-2014-8275, T-68).
  if (signature != data.signature_algorithm) {
    return failure(Rule::CertMalformed, offset, "the two signature algorithms differ");
  }
  return keep_extensions(data);
}

// Both digests are in the default provider of every libcrypto.
ByteView fingerprint(Digest digest, ByteView der, Data::Fingerprint& into) {
  std::call_once(into.once, [&] {
    auto value = crypto::hash(digest, der);
    CHECK(value.has_value());
    into.value = std::move(*value);
  });
  return into.value;
}

}  // namespace

Result<Certificate> Certificate::parse(Bytes der, const Limits& limits) {
  auto data = std::make_shared<Data>();
  data->der = std::move(der);
  TRY_VOID(parse_fields(*data, limits));
  for (std::string& address : x509::find_attributes(data->subject_names, x509::kEmailAddress)) {
    data->addresses.push_back({std::move(address), AddressSource::SubjectEmailAddress});
  }
  data->key = x509::read_key_info(data->spki);
  return Certificate(std::move(data));
}

ByteView Certificate::der() const { return data_->der; }
ByteView Certificate::tbs_certificate() const { return data_->tbs; }
unsigned Certificate::version() const { return data_->version; }
ByteView Certificate::serial_number() const { return data_->serial_number; }
ByteView Certificate::issuer_der() const { return data_->issuer; }
ByteView Certificate::subject_der() const { return data_->subject; }
std::string Certificate::issuer() const { return x509::name_to_text(data_->issuer_names); }
std::string Certificate::subject() const { return x509::name_to_text(data_->subject_names); }

std::string Certificate::common_name() const {
  auto names = x509::find_attributes(data_->subject_names, x509::kCommonName);
  return names.empty() ? subject() : names.back();
}

Time Certificate::not_before() const { return data_->not_before; }
Time Certificate::not_after() const { return data_->not_after; }
ByteView Certificate::subject_public_key_info() const { return data_->spki; }
KeyKind Certificate::key_kind() const { return data_->key.kind; }
std::size_t Certificate::key_bits() const { return data_->key.bits; }
std::string Certificate::key_description() const { return data_->key.description; }

std::string Certificate::signature_description() const {
  auto scheme = crypto::read_signature_scheme(data_->signature_algorithm, std::nullopt);
  return scheme ? describe(*scheme) : data_->signature_algorithm.algorithm.to_string();
}

const std::vector<CertificateAddress>& Certificate::addresses() const { return data_->addresses; }

bool Certificate::allows(KeyUsage usage) const {
  return !data_->key_usage || data_->key_usage->has(static_cast<unsigned>(usage));
}

bool Certificate::has_key_usage() const { return data_->key_usage.has_value(); }

const std::optional<std::vector<Oid>>& Certificate::extended_key_usage() const {
  return data_->extended_key_usage;
}

bool Certificate::is_ca() const { return data_->basic_constraints.is_ca; }

std::optional<std::size_t> Certificate::path_length() const {
  return data_->basic_constraints.path_length;
}

std::optional<ByteView> Certificate::subject_key_identifier() const {
  return data_->subject_key_identifier;
}

std::optional<ByteView> Certificate::authority_key_identifier() const {
  return data_->authority_key_identifier;
}

const std::vector<CertificateExtension>& Certificate::extensions() const {
  return data_->extensions;
}

const CertificateExtension* Certificate::extension(const Oid& oid) const {
  auto found = std::find_if(data_->extensions.begin(), data_->extensions.end(),
                            [&](const CertificateExtension& e) { return e.oid == oid; });
  return found == data_->extensions.end() ? nullptr : &*found;
}

bool Certificate::is_self_issued() const {
  return x509::equal_names(data_->subject, data_->issuer);
}

const Certificate::Data& Certificate::data() const { return *data_; }

ByteView Certificate::sha256() const {
  return fingerprint(Digest::Sha256, data_->der, data_->sha256);
}

ByteView Certificate::sha1() const { return fingerprint(Digest::Sha1, data_->der, data_->sha1); }

}  // namespace bulla

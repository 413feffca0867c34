// The fields of a certificate and their encoding: RFC 5280 4.1, X.690.
#include <algorithm>
#include <array>

#include "crypto/algorithm_table.h"
#include "x509/lint_syntax.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

void malformed(const View& view, Found& found) {
  for (const Flaw& flaw : view.malformed) found.add(flaw.place, flaw.detail);
}

void defaults(const View& view, Found& found) {
  for (const Flaw& flaw : view.defaults) found.add(flaw.place, flaw.detail);
}

void named_bits(const View& view, Found& found) {
  for (const Flaw& flaw : view.named_bits) found.add(flaw.place, flaw.detail);
}

// A SET OF is in the order of its octets (X.690 11.6).
void set_order(const View& view, Found& found) {
  for (const PlacedName& each : view.names) {
    for (const RelativeName& rdn : each.name) {
      // The SEQUENCE around type and value has the same header for all but the longest.
      auto is_less = [](const NameAttribute& a, const NameAttribute& b) {
        auto size = [](const NameAttribute& one) {
          return one.type.der().size() + one.element.size();
        };
        if (size(a) != size(b)) return size(a) < size(b);
        std::size_t a_size = a.type.der().size();
        std::size_t b_size = b.type.der().size();
        if (a_size != b_size) return a_size < b_size;
        if (a.type != b.type) return less(a.type.der(), b.type.der());
        return less(a.element, b.element);
      };
      found.add_if(!std::is_sorted(rdn.begin(), rdn.end(), is_less), each.place);
    }
  }
}

void version(const View& view, Found& found) {
  found.add_if(view.version != 3, "version", "v" + std::to_string(view.version));
}

// INTEGER contents: positive, and at most 20 octets.
void serial_number(const View& view, Found& found) {
  ByteView number = view.serial_number;
  bool is_positive = number[0] < 0x80 && (number.size() > 1 || number[0] != 0);
  found.add_if(!is_positive || number.size() > 20, "serialNumber", to_hex(number));
}

void algorithms_differ(const View& view, Found& found) {
  found.add_if(!equal(view.inner_algorithm, view.outer_algorithm), "signatureAlgorithm");
}

// Whether parameters are as the signature algorithm wants them: NULL for RSA PKCS #1 v1.5
// (RFC 4055 5), absent for ECDSA (RFC 5758 3.2), EdDSA (RFC 8410 3), ML-DSA (RFC 9881 2) and
// SLH-DSA (RFC 9909 3).
void signature_parameters(const View& view, Found& found) {
  auto inner = asn1::decode(view.inner_algorithm,
                            [](asn1::Reader& in) { return asn1::AlgorithmIdentifier::read(in); });
  const asn1::AlgorithmIdentifier* both[] = {inner ? &*inner : nullptr, &view.signature_algorithm};
  for (const asn1::AlgorithmIdentifier* each : both) {
    if (each == nullptr || each->algorithm.empty()) continue;
    asn1::AlgorithmIdentifier bare{each->algorithm, {}};
    auto scheme = crypto::read_signature_scheme(bare, Digest::Sha256);
    if (!scheme) continue;
    std::string_view place = each == both[0] ? "signature" : "signatureAlgorithm";
    if (scheme->algorithm == SignatureAlgorithm::RsaPkcs1) {
      found.add_if(!each->has_null_parameters(), std::string(place), "NULL is missing");
    } else if (scheme->algorithm != SignatureAlgorithm::RsaPss &&
               scheme->algorithm != SignatureAlgorithm::Dsa) {
      found.add_if(each->parameters.has_value(), std::string(place), "parameters are there");
    }
  }
}

void issuer_empty(const View& view, Found& found) {
  // What is malformed is told as such.
  bool is_empty = view.issuer.empty() && view.issuer_der.size() == 2;
  found.add_if(is_empty, "issuer");
}

void validity_negative(const View& view, Found& found) {
  if (!view.not_before.time || !view.not_after.time) return;
  found.add_if(*view.not_after.time < *view.not_before.time, "validity",
               to_iso8601(*view.not_before.time) + " to " + to_iso8601(*view.not_after.time));
}

void time_syntax(const View& view, Found& found) {
  for (const TimeField* field : {&view.not_before, &view.not_after}) {
    found.add_if(!field->time, field->place, std::string(as_text(field->text)));
  }
}

void time_type(const View& view, Found& found) {
  Time first_generalized = *make_time(2050, 1, 1, 0, 0, 0);
  for (const TimeField* field : {&view.not_before, &view.not_after}) {
    bool is_generalized = field->tag == asn1::Tag::GeneralizedTime;
    found.add_if(field->time && is_generalized != (*field->time >= first_generalized), field->place,
                 std::string(as_text(field->text)));
  }
}

void issuer_unique_id(const View& view, Found& found) {
  found.add_if(view.has_issuer_id, "issuerUniqueID");
}

void subject_unique_id(const View& view, Found& found) {
  found.add_if(view.has_subject_id, "subjectUniqueID");
}

constexpr std::array kEncoding = {
    Row{{"der.malformed", kError, "RFC 5280 4.1, appendix A", "it does not fit its ASN.1"},
        malformed},
    Row{{"der.default", kError, "X.690 11.5", "a default value is encoded"}, defaults},
    Row{{"der.named-bits", kError, "X.690 11.2.2", "a list of named bits ends in zeros"},
        named_bits},
    Row{{"der.set-order", kError, "X.690 11.6",
         "the attributes of a relative name are not in order"},
        set_order},
};

constexpr std::array kFields = {
    Row{{"x509.version", kError, "RFC 5280 4.1.2.1", "the version is not 3"}, version},
    Row{{"x509.serial-number", kError, "RFC 5280 4.1.2.2",
         "the serial number is not a positive number of at most 20 octets"},
        serial_number},
    Row{{"x509.algorithms-differ", kError, "RFC 5280 4.1.1.2",
         "the signature algorithm inside is not the one outside"},
        algorithms_differ},
    Row{{"x509.signature-parameters", kError, "RFC 4055 5, 5758 3.2, 8410 3, 9881 2, 9909 3",
         "the parameters do not go with the signature algorithm"},
        signature_parameters},
    Row{{"x509.issuer-empty", kError, "RFC 5280 4.1.2.4", "the issuer has no name"}, issuer_empty},
    Row{{"x509.validity-negative", kError, "RFC 5280 4.1.2.5", "it ends before it begins"},
        validity_negative},
    Row{{"x509.time-syntax", kError, "RFC 5280 4.1.2.5",
         "the time is not one to the second in UTC"},
        time_syntax},
    Row{{"x509.time-type", kError, "RFC 5280 4.1.2.5",
         "times to 2049 are UTCTime, those from 2050 GeneralizedTime"},
        time_type},
    Row{{"x509.issuer-unique-id", kError, "RFC 5280 4.1.2.8", "there is a unique identifier"},
        issuer_unique_id},
    Row{{"x509.subject-unique-id", kError, "RFC 5280 4.1.2.8", "there is a unique identifier"},
        subject_unique_id},
};

}  // namespace

std::span<const Row> encoding_rows() { return kEncoding; }
std::span<const Row> field_rows() { return kFields; }

}  // namespace bulla::x509::lint

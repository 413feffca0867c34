// The strict Reader over any octets, every kind of read, and to_der().
#include <cstdlib>

#include "asn1/ber.h"
#include "asn1/reader.h"
#include "base/check.h"

namespace bulla {
namespace {

void walk(asn1::Reader& in);

void read_value(asn1::Reader& in) {
  switch (in.peek()) {
    case asn1::Tag::Boolean:
      in.optional_boolean();
      break;
    case asn1::Tag::Integer:
      in.integer();
      break;
    case asn1::Tag::BitString:
      CHECK(in.bit_string().unused_bits <= 7);
      break;
    case asn1::Tag::Null:
      in.null();
      break;
    case asn1::Tag::ObjectIdentifier:
      in.oid().to_string();
      break;
    case asn1::Tag::UtcTime:
    case asn1::Tag::GeneralizedTime:
      to_iso8601(in.time());
      break;
    case asn1::Tag::Utf8String:
    case asn1::Tag::PrintableString:
    case asn1::Tag::TeletexString:
    case asn1::Tag::Ia5String:
    case asn1::Tag::BmpString:
    case asn1::Tag::UniversalString:
      asn1::read_string(in);
      break;
    default:
      in.element();
  }
}

// As deep as Limits::der_depth allows, and no deeper.
void walk(asn1::Reader& in) {
  while (in.more()) {
    // DER has none; where one stands is for whoever reads that field.
    if (in.next_is(asn1::Tag::ConstructedOctetString)) in.fail(Rule::Asn1UnexpectedTag);
    if (!in.more()) return;
    if (asn1::is_constructed(in.peek())) {
      asn1::Reader inner = in.enter(in.peek());
      walk(inner);
    } else {
      read_value(in);
    }
  }
}

bool is_der(ByteView input) {
  return asn1::decode(input,
                      [](asn1::Reader& in) {
                        walk(in);
                        return true;
                      })
      .has_value();
}

void check(ByteView input) {
  bool read = is_der(input);
  auto der = asn1::to_der(input, {});
  if (der) {
    CHECK(asn1::is_single_element(*der));
    CHECK(equal(asn1::to_der(*der, {}).value(), *der));
  }
  // What the Reader takes as one element is DER, and stays as it is.
  if (read && asn1::is_single_element(input)) CHECK(der && equal(*der, input));
}

}  // namespace
}  // namespace bulla

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  bulla::check({data, size});
  return 0;
}

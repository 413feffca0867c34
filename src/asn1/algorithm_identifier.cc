#include "asn1/algorithm_identifier.h"

namespace bulla::asn1 {

AlgorithmIdentifier AlgorithmIdentifier::read(Reader& in) { return read(in, Tag::Sequence); }

// AlgorithmIdentifier ::= SEQUENCE {
//     algorithm   OBJECT IDENTIFIER,
//     parameters  ANY DEFINED BY algorithm OPTIONAL }
AlgorithmIdentifier AlgorithmIdentifier::read(Reader& in, Tag tag) {
  Reader seq = in.enter(tag);
  AlgorithmIdentifier result{.algorithm = seq.oid(), .parameters = std::nullopt};
  if (seq.more()) result.parameters = to_bytes(seq.element());
  return result;
}

void AlgorithmIdentifier::write(Writer& out, Tag tag) const {
  Writer seq = out.enter(tag);
  seq.oid(algorithm);
  if (parameters) seq.element(*parameters);
}

Bytes AlgorithmIdentifier::encode() const {
  return asn1::encode([this](Writer& out) { write(out); });
}

bool AlgorithmIdentifier::has_null_parameters() const {
  return parameters && parameters->size() == 2 && (*parameters)[0] == 5 && (*parameters)[1] == 0;
}

}  // namespace bulla::asn1

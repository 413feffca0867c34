// AlgorithmIdentifier (RFC 5280 4.1.1.2), owned.
#pragma once

#include <optional>

#include "asn1/reader.h"
#include "asn1/writer.h"

namespace bulla::asn1 {

struct AlgorithmIdentifier {
  Oid algorithm;
  // The whole element, tag and length included; absent is not the same as NULL.
  std::optional<Bytes> parameters;

  static AlgorithmIdentifier read(Reader& in);
  // The same under another tag, such as [0] IMPLICIT.
  static AlgorithmIdentifier read(Reader& in, Tag tag);
  void write(Writer& out, Tag tag = Tag::Sequence) const;
  Bytes encode() const;

  bool has_null_parameters() const;
  bool has_no_or_null_parameters() const { return !parameters || has_null_parameters(); }

  friend bool operator==(const AlgorithmIdentifier&, const AlgorithmIdentifier&) = default;
};

}  // namespace bulla::asn1

// Policy qualifiers (RFC 5280 4.2.1.4).
#pragma once

#include "x509/lint_view.h"

namespace bulla::x509::lint {

struct Notice {
  bool has_reference = false;
  std::optional<asn1::Tag> text_tag;  // nothing without explicitText
  ByteView text;
};

// Nothing if the qualifier is of another kind, or malformed.
std::optional<Notice> read_notice(const Qualifier& qualifier);
std::optional<std::string> read_cps(const Qualifier& qualifier);

}  // namespace bulla::x509::lint

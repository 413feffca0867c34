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

// Calls see(policy, qualifier) for each.
template <typename See>
void for_each_qualifier(const View& view, See see) {
  if (!view.policies) return;
  for (const Policy& policy : *view.policies) {
    for (const Qualifier& qualifier : policy.qualifiers) see(policy, qualifier);
  }
}

}  // namespace bulla::x509::lint

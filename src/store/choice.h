// Choice: which certificate of many, and why not another (RFC 8550 2.3, 3, 4.4; RFC 8551 3.3).
//
// What counts, first to last: that it may be used for this and its key can be; that it is valid
// at the time; that it leads to a root, where that is asked for; that the address stands in its
// subjectAltName (RFC 8550 3); that it is the newest. Of two that are alike in all of it the one
// with the smaller fingerprint: the same certificates give the same choice in any order.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "bulla/certificate.h"

namespace bulla::store {

// What is wrong with the path of a certificate, if anything is.
using PathCheck = std::function<Result<void>(const Certificate&)>;

struct Wish {
  enum class Use { Encrypt, Sign } use = Use::Encrypt;
  std::string address;  // others are left out; empty: whoever they are for
  Time at;
  PathCheck path = {};  // empty: not asked for
};

struct Candidate {
  Certificate certificate;
  std::optional<Error> lack;  // what speaks against it by itself; of the chosen one too
  std::string behind;         // why another stands before it, for a person; empty: it is the first
};

// Each once, the one to use first.
std::vector<Candidate> rank(const std::vector<Certificate>& certificates, const Wish& wish);

}  // namespace bulla::store

// Fetcher: the port through which what a certificate refers to is fetched: its issuer's
// certificate, lists, and answers about revocation (RFC 5280 4.2.2.1 and 4.2.1.13, RFC 6960).
//
// Without one, nothing is fetched. Whoever sent the message chose the URLs: an implementation
// decides which hosts it asks, and keeps within the budget (T-74, T-75). What comes back is
// trusted no more than what stands in the message.
//
// Thread safety: const functions may be called from several threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "bulla/bytes.h"
#include "bulla/result.h"
#include "bulla/time.h"

namespace bulla {

// What is left for one message.
struct FetchBudget {
  std::size_t fetches = 0;
  std::size_t bytes = 0;  // of all answers together
  std::chrono::milliseconds time{0};
};

struct FetchRequest {
  std::string url;  // as the certificate has it
  Bytes body;       // an OCSPRequest to post; else the URL is got
};

// What was fetched and found to be what it should be: signed by whom it should be signed by.
struct Fetched {
  enum class Kind { Issuer, List, Answer };
  Kind kind = Kind::Issuer;
  std::string url;
  Bytes der;
  Bytes name;           // of the issuer: the Name in the certificates that it is about, as DER
  Bytes serial_number;  // of the certificate that an answer is about, else empty
  std::optional<Time> next_update;  // the end of its use: nextUpdate, of an issuer notAfter
};

class Fetcher {
 public:
  virtual ~Fetcher() = default;
  // Takes what it needs from the budget, and no more than is there. Errors: fetch.refused for a
  // URL that is not asked, io.network for what did not come.
  virtual Result<Bytes> fetch(const FetchRequest& request, FetchBudget& budget) const = 0;
  // May be remembered, and given out by the ports of bulla/trust.h from then on.
  virtual void keep(const Fetched&) const {}
};

}  // namespace bulla

// One question to the DNS, and its answer, validated here (RFC 4035 5).
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "bulla/bytes.h"
#include "net/unbound_library.h"

namespace bulla::net {

// Where answers come from, and whom they must be signed for.
struct DnsServer {
  std::string address;  // as ub_ctx_set_fwd() takes it; empty: those of resolv.conf
  std::string trust_anchor;
};
// "192.0.2.53", "192.0.2.53:5353", "2001:db8::53" or "[2001:db8::53]:5353" as libunbound writes it.
// Errors: io.usage.
Result<std::string> parse_dns_server(const std::string& text);

struct DnsAnswer {
  std::vector<Bytes> records;  // RDATA
  bool is_secure = false;
  std::chrono::seconds lifetime{0};
};

struct DnsQuestion {
  std::string name;  // of a zone file, with the last dot
  int type = 0;
};

// No records where there are none, or no such name. Over TCP where UDP does not hold the answer
// (CERT-75). Errors: io.network, address.dns-bogus.
Result<DnsAnswer> ask_dns(const UnboundLibrary& unbound, const DnsServer& server,
                          const DnsQuestion& question, std::chrono::milliseconds time);

}  // namespace bulla::net

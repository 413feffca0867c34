#include "net/address_filter.h"

#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace bulla::net {
namespace {

struct Ipv4Range {
  std::uint32_t network;
  unsigned bits;
};

constexpr std::uint32_t ipv4(unsigned a, unsigned b, unsigned c, unsigned d) {
  return a << 24 | b << 16 | c << 8 | d;
}

// Special-purpose addresses (RFC 6890), multicast and reserved ones.
constexpr std::array kSpecialIpv4 = {
    Ipv4Range{ipv4(0, 0, 0, 0), 8},      Ipv4Range{ipv4(10, 0, 0, 0), 8},
    Ipv4Range{ipv4(100, 64, 0, 0), 10},  Ipv4Range{ipv4(127, 0, 0, 0), 8},
    Ipv4Range{ipv4(169, 254, 0, 0), 16}, Ipv4Range{ipv4(172, 16, 0, 0), 12},
    Ipv4Range{ipv4(192, 0, 0, 0), 24},   Ipv4Range{ipv4(192, 0, 2, 0), 24},
    Ipv4Range{ipv4(192, 88, 99, 0), 24}, Ipv4Range{ipv4(192, 168, 0, 0), 16},
    Ipv4Range{ipv4(198, 18, 0, 0), 15},  Ipv4Range{ipv4(198, 51, 100, 0), 24},
    Ipv4Range{ipv4(203, 0, 113, 0), 24}, Ipv4Range{ipv4(224, 0, 0, 0), 4},
    Ipv4Range{ipv4(240, 0, 0, 0), 4},
};

bool is_public_ipv4(std::uint32_t address) {
  return std::none_of(kSpecialIpv4.begin(), kSpecialIpv4.end(), [&](const Ipv4Range& range) {
    return (address ^ range.network) >> (32 - range.bits) == 0;
  });
}

using Ipv6 = std::array<std::uint8_t, 16>;

template <std::size_t Size>
bool begins_with(const Ipv6& address, const std::array<std::uint8_t, Size>& prefix) {
  return std::equal(prefix.begin(), prefix.end(), address.begin());
}

std::uint32_t ipv4_at(const Ipv6& address, std::size_t at) {
  return ipv4(address[at], address[at + 1], address[at + 2], address[at + 3]);
}

bool is_public_ipv6(const Ipv6& address) {
  using Octets2 = std::array<std::uint8_t, 2>;
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  constexpr std::array<std::uint8_t, 12> kNat64{0x00, 0x64, 0xff, 0x9b};
  constexpr std::array<std::uint8_t, 3> kProtocols{0x20, 0x01, 0x00};  // 2001::/23, Teredo too
  constexpr std::array<std::uint8_t, 4> kDocumentation{0x20, 0x01, 0x0d, 0xb8};
  if (begins_with(address, kMapped) || begins_with(address, kNat64)) {
    return is_public_ipv4(ipv4_at(address, 12));
  }
  if (begins_with(address, Octets2{0x20, 0x02})) return is_public_ipv4(ipv4_at(address, 2));
  bool is_protocol = begins_with(address, kProtocols) ||
                     begins_with(address, std::array<std::uint8_t, 3>{0x20, 0x01, 0x01});
  if (is_protocol || begins_with(address, kDocumentation)) return false;
  return (address[0] & 0xe0) == 0x20;  // global unicast: 2000::/3
}

}  // namespace

bool is_public(const sockaddr& address) {
  if (address.sa_family == AF_INET) {
    sockaddr_in ip{};
    std::memcpy(&ip, &address, sizeof ip);
    return is_public_ipv4(ntohl(ip.sin_addr.s_addr));
  }
  if (address.sa_family != AF_INET6) return false;
  sockaddr_in6 ip{};
  std::memcpy(&ip, &address, sizeof ip);
  Ipv6 octets{};
  std::memcpy(octets.data(), &ip.sin6_addr, octets.size());
  return is_public_ipv6(octets);
}

}  // namespace bulla::net

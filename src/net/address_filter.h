// Which addresses belong to hosts of the Internet, and not to this machine, its neighbours or a
// provider's own services (T-74).
#pragma once

#include <sys/socket.h>

namespace bulla::net {

// Of IPv4 and IPv6 addresses alone: whether the address is one of a public host. What embeds an
// IPv4 address (IPv4-mapped, 6to4, NAT64) is as public as that one.
// Source: the registries of RFC 6890; RFC 4291, RFC 6052, RFC 3056.
bool is_public(const sockaddr& address);

}  // namespace bulla::net

// Whom one can ask for the certificates of an address: directories, the DNS, web servers. Only
// those that the caller names are asked; referrals, redirections and URLs in what they answer are
// not followed.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "store/discovery.h"

namespace bulla::net {

using DirectoryPtr = std::shared_ptr<const store::Directory>;

// A directory (RFC 4511, RFC 4523 2.1): all entries below the base whose mail is the address, at
// most ten. The certificates of userCertificate and of userSMIMECertificate (RFC 2798 2.8) are
// taken. The server of ldaps: and of StartTLS must prove its name.
struct LdapOptions {
  std::string uri;  // "ldap://ldap.example.com/dc=example,dc=com"
  enum class Tls { AsUri, Start } tls = Tls::AsUri;
};
// Errors: io.usage for what is no such URI, io.network without libldap.
Result<DirectoryPtr> make_ldap_directory(const LdapOptions& options);

// An assertion value in which nothing has a meaning of its own (RFC 4515 3; T-146).
std::string escape_ldap_value(std::string_view value);

struct DnsOptions {
  std::string server;        // "192.0.2.53", "[2001:db8::53]:5353"; empty: those of resolv.conf
  std::string trust_anchor;  // a file with DS or DNSKEY records; empty: the root's, of Debian
};
// SMIMEA records (RFC 8162), which count where their zone is signed (CERT-73).
// Errors: io.usage for a server that is no IP address, config.bad without trust anchor,
// io.network without libunbound.
Result<DirectoryPtr> make_smimea_directory(const DnsOptions& options);
// CERT records with X.509 certificates (RFC 4398), signed or not. Errors: the same.
Result<DirectoryPtr> make_dns_cert_directory(const DnsOptions& options);

// A web server; {address} in the template becomes the address in percent-encoding. The answer is a
// certificate or a certs-only message, in DER or PEM, whatever its content type; status 404 says
// that there is none. Errors: io.usage for no http: or https: URL, or one without {address} or with
// a password.
Result<DirectoryPtr> make_http_directory(const std::string& url_template);

}  // namespace bulla::net

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "message/publication.h"
#include "net/directories.h"
#include "net/dns_query.h"
#include "store/file.h"
#include "x509/address_match.h"

namespace bulla::net {
namespace {

using std::chrono::milliseconds;
using store::DirectoryAnswer;

// Where Debian has it (dns-root-data).
constexpr const char* kRootAnchor = "/usr/share/dns/root.key";
constexpr int kSmimeaType = 53;  // RFC 8162 8, CERT-71
constexpr int kCertType = 37;    // RFC 4398 2
constexpr std::size_t kMaxLabel = 63;

Result<DnsServer> read_options(const DnsOptions& options) {
  DnsServer server;
  if (!options.server.empty()) server.address = TRY(parse_dns_server(options.server));
  server.trust_anchor = options.trust_anchor.empty() ? kRootAnchor : options.trust_anchor;
  if (store::exists(server.trust_anchor)) return server;
  return failure(Rule::ConfigBad, 0,
                 server.trust_anchor +
                     ": no such file; the trust anchor of the DNS is in the package "
                     "dns-root-data, or is named with --trust-anchor");
}

class DnsDirectory : public store::Directory {
 public:
  DnsDirectory(const UnboundLibrary& library, DnsServer server, std::string shown)
      : unbound_(library), server_(std::move(server)), shown_(std::move(shown)) {}

  std::string place() const override { return shown_.empty() ? "the DNS" : shown_; }

 protected:
  Result<DnsAnswer> ask(const std::string& name, int type, milliseconds time) const {
    return ask_dns(unbound_, server_, {.name = name, .type = type}, time);
  }

  static tl::unexpected<Error> no_name(const std::string& address) {
    return failure(Rule::IoUsage, 0, address + ": it has no name in the DNS");
  }

 private:
  const UnboundLibrary& unbound_;
  DnsServer server_;
  std::string shown_;
};

class SmimeaDirectory final : public DnsDirectory {
 public:
  using DnsDirectory::DnsDirectory;

  store::Origin origin() const override { return store::Origin::Smimea; }

  Result<DirectoryAnswer> look_up(const std::string& address, milliseconds time) const override {
    auto name = TRY(smimea_name(address));
    if (!name) return no_name(address);
    DnsAnswer found = TRY(ask(*name, kSmimeaType, time));
    DirectoryAnswer answer{.lifetime = found.lifetime};
    if (found.records.empty()) return answer;
    if (!found.is_secure) {
      answer.findings.push_back(Finding::of(Rule::AddressDnsInsecure, {}, *name));
      return answer;
    }
    for (const Bytes& rdata : found.records) {
      if (auto record = x509::DaneRecord::parse(rdata)) {
        answer.records.push_back(std::move(*record));
      } else {
        answer.findings.push_back(Finding::of(Rule::CmsBadCertificate, {},
                                              *name + ": an SMIMEA record of no known kind"));
      }
    }
    return answer;
  }
};

// "bob.example.com." for bob@example.com (RFC 4398 3.1), the local part as one label.
std::optional<std::string> cert_name(const std::string& address) {
  auto smimea = smimea_name(address);  // whether the domain is one
  auto filed = x509::filing_name(address);
  if (!smimea || !*smimea || !filed) return std::nullopt;
  std::size_t at = filed->rfind('@');
  std::string_view local = std::string_view(*filed).substr(0, at);
  if (local.empty() || local.size() > kMaxLabel) return std::nullopt;
  std::string label;
  for (char c : local) {
    bool is_plain = (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-';
    if (is_plain) {
      label += c;
    } else {
      std::string decimal = std::to_string(static_cast<unsigned char>(c));
      label += "\\" + std::string(3 - decimal.size(), '0') + decimal;
    }
  }
  return label + "." + filed->substr(at + 1) + ".";
}

class DnsCertDirectory final : public DnsDirectory {
 public:
  using DnsDirectory::DnsDirectory;

  store::Origin origin() const override { return store::Origin::DnsCert; }

  Result<DirectoryAnswer> look_up(const std::string& address, milliseconds time) const override {
    auto name = cert_name(address);
    if (!name) return no_name(address);
    DnsAnswer found = TRY(ask(*name, kCertType, time));
    DirectoryAnswer answer{.lifetime = found.lifetime};
    for (const Bytes& rdata : found.records) {
      auto certificate = read_record(rdata);
      if (certificate) {
        answer.certificates.push_back(std::move(*certificate));
      } else {
        answer.findings.push_back(Finding::of(Rule::CmsBadCertificate, {},
                                              *name + ": a CERT record with no certificate"));
      }
    }
    return answer;
  }

 private:
  //                      1 1 1 1 1 1 1 1 1 1 2 2 2 2 2 2 2 2 2 2 3 3
  //  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
  // |             type              |             key tag           |
  // |   algorithm   |    certificate or CRL …
  static std::optional<Certificate> read_record(ByteView rdata) {
    constexpr std::size_t kFields = 5;
    constexpr unsigned kPkix = 1;
    if (rdata.size() <= kFields || (rdata[0] << 8 | rdata[1]) != kPkix) return std::nullopt;
    auto certificate = Certificate::parse(to_bytes(rdata.subspan(kFields)));
    if (!certificate) return std::nullopt;
    return *certificate;
  }
};

template <typename T>
Result<DirectoryPtr> make(const DnsOptions& options) {
  DnsServer server = TRY(read_options(options));
  const UnboundLibrary* library = TRY(unbound_library());
  return std::make_shared<const T>(*library, std::move(server), options.server);
}

}  // namespace

Result<DirectoryPtr> make_smimea_directory(const DnsOptions& options) {
  return make<SmimeaDirectory>(options);
}

Result<DirectoryPtr> make_dns_cert_directory(const DnsOptions& options) {
  return make<DnsCertDirectory>(options);
}

}  // namespace bulla::net

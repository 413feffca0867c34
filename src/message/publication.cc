#include "message/publication.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cms/writer.h"
#include "crypto/digest.h"
#include "mime/base64.h"
#include "mime/writer.h"
#include "x509/address_match.h"

namespace bulla {
namespace {

constexpr std::size_t kNameOctets = 28;            // RFC 8162 3
constexpr std::size_t kLabelSize = 63;             // RFC 1035 2.3.4
constexpr std::size_t kDomainSize = 253;           // without the dot of the root
constexpr std::size_t kHexDigits = 64;             // a line
constexpr std::size_t kRecordOctets = 65'535 - 3;  // of RDATA (RFC 1035 3.2.1), the parameters off
constexpr std::size_t kLdifLine = 76;              // as other programs fold; RFC 2849 has no width

// What a zone file takes for a name and nothing else.
bool is_domain_name(std::string_view text) {
  if (text.size() > kDomainSize) return false;
  auto labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
    return !label.empty() && label.size() <= kLabelSize &&
           label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_") ==
               std::string_view::npos;
  });
}

// SAFE-STRING of RFC 2849, and no blank at the end (note 8).
bool is_safe(std::string_view text) {
  if (text.empty()) return true;
  if (text.find_first_of(" :<") == 0 || text.back() == ' ') return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c != '\0' && c != '\r' && c != '\n' && static_cast<unsigned char>(c) < 0x80;
  });
}

// A line that is too long goes on behind a blank (RFC 2849, note 2).
void add_line(std::string& ldif, const std::string& line) {
  std::size_t at = std::min(kLdifLine, line.size());
  ldif += line.substr(0, at);
  for (; at < line.size(); at += kLdifLine - 1) ldif += "\n " + line.substr(at, kLdifLine - 1);
  ldif += '\n';
}

}  // namespace

Result<Bytes> write_certs_only(std::vector<Certificate> certificates) {
  Bytes der;
  auto take = [&der](ByteView octets) -> Result<void> {
    der.insert(der.end(), octets.begin(), octets.end());
    return {};
  };
  cms::SignOptions options;
  options.form = cms::ContentForm::Detached;
  options.certificates = std::move(certificates);
  auto writer = TRY(cms::make_signed_data_writer(std::move(options), take));
  TRY_VOID(writer->finish());
  return der;
}

std::string write_certs_only_entity(ByteView der) {
  return mime::write_base64_entity(
      mime::write_pkcs7_mime_header({.smime_type = "certs-only", .suffix = "p7c"}), der);
}

Result<std::optional<std::string>> smimea_name(std::string_view addr_spec) {
  auto filed = x509::filing_name(addr_spec);
  if (!filed) return std::optional<std::string>();
  std::size_t at = filed->rfind('@');
  std::string domain = filed->substr(at + 1);
  Bytes digest = TRY(crypto::hash(Digest::Sha256, as_bytes(filed->substr(0, at))));
  std::string name =
      to_hex(ByteView(digest).subspan(0, kNameOctets)) + "._smimecert." + std::move(domain);
  if (!is_domain_name(name)) return std::optional<std::string>();
  return name + ".";
}

Result<std::string> write_smimea_record(std::string_view name, const Certificate& certificate) {
  if (certificate.der().size() > kRecordOctets) {
    return failure(Rule::LimitSize, 0, certificate.subject() + ": too large for the DNS");
  }
  std::string text = std::string(name) + " IN SMIMEA 3 0 0 (\n";
  std::string digits = to_hex(certificate.der());
  for (std::size_t at = 0; at < digits.size(); at += kHexDigits) {
    text += "    " + digits.substr(at, kHexDigits) + "\n";
  }
  return text + "    )\n";
}

std::string write_ldif_change(std::string_view distinguished_name,
                              const std::vector<Certificate>& certificates) {
  std::string ldif = "version: 1\n";
  std::string name(distinguished_name);
  add_line(ldif, is_safe(name) ? "dn: " + name : "dn:: " + mime::base64(as_bytes(name)));
  ldif += "changetype: modify\nadd: userCertificate;binary\n";
  for (const Certificate& one : certificates) {
    add_line(ldif, "userCertificate;binary:: " + mime::base64(one.der()));
  }
  return ldif + "-\n";
}

}  // namespace bulla

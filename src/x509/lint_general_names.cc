// GeneralNames: RFC 5280 4.2.1.6 and 4.2.1.10, RFC 9598 3.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "x509/lint_syntax.h"
#include "x509/lint_table.h"

namespace bulla::x509::lint {
namespace {

// A name and the extension in which it stands.
struct Placed {
  std::string_view place;
  const GeneralName* name;
};

std::vector<Placed> all_names(const View& view) {
  std::vector<Placed> all;
  auto add = [&](std::string_view place, const GeneralNames& names) {
    for (const GeneralName& name : names) all.push_back({place, &name});
  };
  if (view.subject_alt_name) add("subjectAltName", *view.subject_alt_name);
  if (view.distribution_points) {
    for (const auto& point : *view.distribution_points)
      add("cRLDistributionPoints", point.full_name);
  }
  if (view.access) {
    for (const auto& each : *view.access) all.push_back({"authorityInfoAccess", &each.location});
  }
  return all;
}

template <typename See>
void for_each_name(const View& view, Kind kind, See see) {
  for (const Placed& each : all_names(view)) {
    if (each.name->kind == kind) see(std::string(each.place), *each.name);
  }
}

// SmtpUTF8Mailbox ::= UTF8String (SIZE (1..MAX)) (RFC 9598 3)
std::optional<std::string_view> utf8_mailbox(const GeneralName& name) {
  if (name.kind != Kind::OtherName || name.other_type != kSmtpUtf8Mailbox) return std::nullopt;
  auto contents =
      asn1::decode(name.value, [](asn1::Reader& in) { return in.contents(asn1::Tag::Utf8String); });
  if (!contents) return std::nullopt;
  return as_text(*contents);
}

template <typename See>
void for_each_utf8_mailbox(const View& view, See see) {
  for_each_name(view, Kind::OtherName, [&](std::string place, const GeneralName& name) {
    if (auto mailbox = utf8_mailbox(name)) see(place + " SmtpUTF8Mailbox", *mailbox);
  });
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void characters(const View& view, Found& found) {
  for (const Placed& each : all_names(view)) {
    Kind kind = each.name->kind;
    bool is_ia5 = kind == Kind::Rfc822Name || kind == Kind::DnsName || kind == Kind::Uri;
    bool is_good = !is_ia5 || is_ascii(each.name->text());
    found.add_if(!is_good, std::string(each.place), std::string(each.name->text()));
  }
  for_each_utf8_mailbox(view, [&](std::string place, std::string_view mailbox) {
    found.add_if(!is_utf8(mailbox), std::move(place));
  });
}

void other_name(const View& view, Found& found) {
  for_each_name(view, Kind::OtherName, [&](std::string place, const GeneralName& name) {
    bool is_bad = name.other_type == kSmtpUtf8Mailbox && !utf8_mailbox(name);
    found.add_if(is_bad, place + " SmtpUTF8Mailbox", "it is no UTF8String");
  });
}

// In ASCII: domains beyond it are A-labels (CERT-17).
void rfc822_name(const View& view, Found& found) {
  for_each_name(view, Kind::Rfc822Name, [&](std::string place, const GeneralName& name) {
    bool is_told = !is_ascii(name.text());
    found.add_if(!is_told && !is_mailbox(name.text()), place + " rfc822Name",
                 std::string(name.text()));
  });
}

// A host, a domain with a period in front, or a mailbox (RFC 5280 4.2.1.10).
void rfc822_constraint(const View& view, Found& found) {
  if (!view.name_constraints) return;
  for (const Subtree& each : view.name_constraints->subtrees) {
    if (each.base.kind != Kind::Rfc822Name) continue;
    std::string_view text = each.base.text();
    std::string_view domain = text.starts_with('.') ? text.substr(1) : text;
    bool is_good = text.find('@') != text.npos ? is_mailbox(text) : is_domain(domain);
    // Excluding "" excludes every address, in use though not in the RFC.
    found.add_if(!is_good && !text.empty(), "nameConstraints rfc822Name", std::string(text));
  }
}

void dns_name(const View& view, Found& found) {
  for_each_name(view, Kind::DnsName, [&](std::string place, const GeneralName& name) {
    std::string_view text = name.text();
    if (text.starts_with("*.")) text.remove_prefix(2);
    found.add_if(!is_domain(text), place + " dNSName", std::string(text));
  });
}

void domain_length(const View& view, Found& found) {
  for (const Placed& each : all_names(view)) {
    std::string_view text = each.name->text();
    std::string domain;
    if (each.name->kind == Kind::Rfc822Name) domain = domain_of(text);
    if (each.name->kind == Kind::DnsName) domain = text;
    if (each.name->kind == Kind::Uri) {
      if (auto uri = parse_uri(text)) domain = uri->host;
    }
    if (auto mailbox = utf8_mailbox(*each.name)) domain = domain_of(*mailbox);
    found.add_if(is_domain_too_long(domain), std::string(each.place), domain);
  }
}

// With scheme and what it names; an authority with its host (RFC 3986 3).
void uri_syntax(const View& view, Found& found) {
  for_each_name(view, Kind::Uri, [&](std::string place, const GeneralName& name) {
    auto uri = parse_uri(name.text());
    bool wants_host = uri && (uri->scheme == "http" || uri->scheme == "https");
    bool is_bad = !uri || (wants_host && !uri->has_authority) ||
                  (uri->has_authority && (wants_host || !uri->host.empty()) && !is_host(uri->host));
    found.add_if(is_bad, place + " uniformResourceIdentifier", std::string(name.text()));
  });
}

void ip_address(const View& view, Found& found) {
  for_each_name(view, Kind::IpAddress, [&](std::string place, const GeneralName& name) {
    found.add_if(name.value.size() != 4 && name.value.size() != 16, place + " iPAddress",
                 to_hex(name.value));
  });
}

// Whether the bits of a mask are ones, then zeros (RFC 4632 3.1).
bool is_mask(ByteView mask) {
  bool has_ended = false;
  for (std::size_t bit = 0; bit < mask.size() * 8; ++bit) {
    bool is_set = ((mask[bit / 8] >> (7 - bit % 8)) & 1) != 0;
    if (is_set && has_ended) return false;
    has_ended = has_ended || !is_set;
  }
  return true;
}

void ip_constraint(const View& view, Found& found) {
  if (!view.name_constraints) return;
  for (const Subtree& each : view.name_constraints->subtrees) {
    if (each.base.kind != Kind::IpAddress) continue;
    ByteView value = each.base.value;
    bool is_good =
        (value.size() == 8 || value.size() == 32) && is_mask(value.subspan(value.size() / 2));
    found.add_if(!is_good, "nameConstraints iPAddress", to_hex(value));
  }
}

void utf8_mailbox_syntax(const View& view, Found& found) {
  for_each_utf8_mailbox(view, [&](std::string place, std::string_view mailbox) {
    std::size_t at = mailbox.rfind('@');
    bool is_good =
        at != mailbox.npos && at + 1 < mailbox.size() && is_local_part(mailbox.substr(0, at));
    found.add_if(!is_good, std::move(place), std::string(mailbox));
  });
}

void utf8_mailbox_bom(const View& view, Found& found) {
  for_each_utf8_mailbox(view, [&](std::string place, std::string_view mailbox) {
    found.add_if(mailbox.find("\xef\xbb\xbf") != mailbox.npos, std::move(place));
  });
}

void utf8_mailbox_ascii(const View& view, Found& found) {
  for_each_utf8_mailbox(view, [&](std::string place, std::string_view mailbox) {
    std::size_t at = mailbox.rfind('@');
    found.add_if(at != mailbox.npos && is_ascii(mailbox.substr(0, at)), std::move(place),
                 std::string(mailbox));
  });
}

// Labels beyond ASCII are A-labels, and letters are small.
void utf8_mailbox_domain(const View& view, Found& found) {
  for_each_utf8_mailbox(view, [&](std::string place, std::string_view mailbox) {
    std::string_view domain = domain_of(mailbox);
    bool is_good = is_domain(domain) && lower(domain) == domain;
    found.add_if(!domain.empty() && !is_good, std::move(place), std::string(domain));
  });
}

// user@domain, of Windows (MS-ADTS 5.1.1.1.1).
void user_principal_name(const View& view, Found& found) {
  for_each_name(view, Kind::OtherName, [&](std::string place, const GeneralName& name) {
    if (name.other_type != kUserPrincipalName) return;
    auto text = asn1::decode(name.value, &asn1::read_string);
    std::size_t at = text ? text->find('@') : std::string::npos;
    bool is_good = at != std::string::npos && at != 0 && at + 1 < text->size();
    found.add_if(!is_good, place + " userPrincipalName", text.value_or(""));
  });
}

constexpr std::array kRows = {
    Row{{"der.general-name-characters", kError, "RFC 5280 4.2.1.6, X.680 41",
         "the name has octets that its string type does not have"},
        characters},
    Row{{"x509.other-name", kError, "RFC 9598 3", "the name is not of the type that its kind has"},
        other_name},
    Row{{"x509.rfc822-name", kError, "RFC 5280 4.2.1.6, RFC 5321 4.1.2",
         "the name is no mail address"},
        rfc822_name},
    Row{{"x509.rfc822-constraint", kError, "RFC 5280 4.2.1.10",
         "the constraint is no address, host or domain"},
        rfc822_constraint},
    Row{{"x509.dns-name", kError, "RFC 5280 4.2.1.6, RFC 1123 2.1", "the name is no domain"},
        dns_name},
    Row{{"x509.domain-length", kError, "RFC 1035 2.3.4",
         "the domain has more than 253 octets, or a label more than 63"},
        domain_length},
    Row{{"x509.uri", kError, "RFC 5280 4.2.1.6, RFC 3986 3",
         "the name is no URI with a scheme and a host"},
        uri_syntax},
    Row{{"x509.ip-address", kError, "RFC 5280 4.2.1.6", "the address has neither 4 nor 16 octets"},
        ip_address},
    Row{{"x509.ip-constraint", kError, "RFC 5280 4.2.1.10, RFC 4632 3.1",
         "the constraint is no address with a mask"},
        ip_constraint},
    Row{{"x509.utf8-mailbox", kError, "RFC 9598 3", "the mailbox is no mail address"},
        utf8_mailbox_syntax},
    Row{{"x509.utf8-mailbox-bom", kError, "RFC 9598 3", "there is a byte order mark"},
        utf8_mailbox_bom},
    Row{{"x509.utf8-mailbox-ascii", kError, "RFC 9598 3",
         "the local part is ASCII, for which there is rfc822Name"},
        utf8_mailbox_ascii},
    Row{{"x509.utf8-mailbox-domain", kError, "RFC 9598 3",
         "the domain is not in small letters and A-labels"},
        utf8_mailbox_domain},
    Row{{"x509.user-principal-name", kError, "MS-ADTS 5.1.1.1.1",
         "the name is not of the form user@domain"},
        user_principal_name},
};

}  // namespace

std::span<const Row> general_name_rows() { return kRows; }

std::string comparable_address(std::string_view address) {
  std::size_t at = address.rfind('@');
  if (at == address.npos) return std::string(address);
  return std::string(address.substr(0, at)) + lower(address.substr(at));
}

std::vector<std::string> alternative_addresses(const View& view) {
  std::vector<std::string> all;
  for (const GeneralName& name : view.subject_alt_name.value_or(GeneralNames())) {
    if (name.kind == Kind::Rfc822Name) all.push_back(comparable_address(name.text()));
    if (auto mailbox = utf8_mailbox(name)) all.push_back(comparable_address(*mailbox));
  }
  std::sort(all.begin(), all.end());
  return all;
}

bool holds_address(const std::vector<std::string>& sorted, std::string_view address) {
  return std::binary_search(sorted.begin(), sorted.end(), comparable_address(address));
}

}  // namespace bulla::x509::lint

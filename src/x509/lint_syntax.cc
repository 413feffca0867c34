#include "x509/lint_syntax.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace bulla::x509::lint {
namespace {

// ISO 3166-1 alpha-2 as of 2024, two letters each.
constexpr std::string_view kCountries =
    "ADAEAFAGAIALAMAOAQARASATAUAWAXAZBABBBDBEBFBGBHBIBJBLBMBNBOBQBRBSBTBVBWBYBZCACCCDCFCGCHCICKCLCM"
    "CNCOCRCUCVCWCXCYCZDEDJDKDMDODZECEEEGEHERESETFIFJFKFMFOFRGAGBGDGEGFGGGHGIGLGMGNGPGQGRGSGTGUGWGY"
    "HKHMHNHRHTHUIDIEILIMINIOIQIRISITJEJMJOJPKEKGKHKIKMKNKPKRKWKYKZLALBLCLILKLRLSLTLULVLYMAMCMDMEMF"
    "MGMHMKMLMMMNMOMPMQMRMSMTMUMVMWMXMYMZNANCNENFNGNINLNONPNRNUNZOMPAPEPFPGPHPKPLPMPNPRPSPTPWPYQARE"
    "RORSRURWSASBSCSDSESGSHSISJSKSLSMSNSOSRSSSTSVSXSYSZTCTDTFTGTHTJTKTLTMTNTOTRTTTVTWTZUAUGUMUSUYUZ"
    "VAVCVEVGVIVNVUWFWSYEYTZAZMZW";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }
bool is_upper_or_digit(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z'); }
bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

bool is_label(std::string_view label) {
  if (label.empty() || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return is_letter(c) || is_digit(c) || c == '-'; });
}

bool is_atom_character(char c) {
  return is_letter(c) || is_digit(c) || is_one_of(c, "!#$%&'*+-/=?^_`{|}~") || !is_ascii(c);
}

// Dot-string (RFC 5321 4.1.2)
bool is_dot_string(std::string_view text) {
  for (std::string_view atom : split(text, '.')) {
    if (atom.empty() || !std::all_of(atom.begin(), atom.end(), is_atom_character)) return false;
  }
  return true;
}

// Quoted-string (RFC 5321 4.1.2)
bool is_quoted_string(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return false;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (is_ascii(text[i]) && (text[i] < ' ' || text[i] == 0x7f || text[i] == '"')) return false;
    if (text[i] == '\\' && ++i + 1 >= text.size()) return false;
  }
  return true;
}

bool is_address_literal(std::string_view domain) {
  return domain.size() > 2 && domain.front() == '[' && domain.back() == ']' &&
         std::all_of(domain.begin() + 1, domain.end() - 1,
                     [](char c) { return is_letter(c) || is_digit(c) || is_one_of(c, ".:-"); });
}

// pchar, "/" , "?", "#" and gen-delims (RFC 3986 2)
bool is_uri_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      auto is_hex = [&](std::size_t at) {
        return at < text.size() && (is_digit(text[at]) || is_one_of(lower(text[at]), "abcdef"));
      };
      if (!is_hex(i + 1) || !is_hex(i + 2)) return false;
    } else if (!is_letter(c) && !is_digit(c) && !is_one_of(c, "-._~:/?#[]@!$&'()*+,;=")) {
      return false;
    }
  }
  return true;
}

std::string host_of(std::string_view authority) {
  if (auto at = authority.rfind('@'); at != authority.npos) authority.remove_prefix(at + 1);
  std::size_t port = authority.rfind(':');
  bool is_literal = !authority.empty() && authority.back() == ']';
  if (port != authority.npos && !is_literal) authority = authority.substr(0, port);
  return std::string(authority);
}

}  // namespace

bool is_domain(std::string_view text) {
  auto labels = split(text, '.');
  return std::all_of(labels.begin(), labels.end(), &is_label);
}

bool is_domain_too_long(std::string_view text) {
  auto labels = split(text, '.');
  return text.size() > 253 || std::any_of(labels.begin(), labels.end(),
                                          [](std::string_view one) { return one.size() > 63; });
}

std::string_view domain_of(std::string_view address) {
  std::size_t at = address.rfind('@');
  return at == address.npos ? std::string_view() : address.substr(at + 1);
}

bool is_local_part(std::string_view text) { return is_dot_string(text) || is_quoted_string(text); }

bool is_mailbox(std::string_view text) {
  std::size_t at = text.rfind('@');
  if (at == text.npos || !std::all_of(text.begin(), text.end(), &is_ascii)) return false;
  std::string_view domain = text.substr(at + 1);
  bool is_named = is_domain(domain) && !is_domain_too_long(domain);
  return is_local_part(text.substr(0, at)) && (is_named || is_address_literal(domain));
}

std::optional<Uri> parse_uri(std::string_view text) {
  std::size_t colon = text.find_first_of(":/?#");
  if (colon == text.npos || text[colon] != ':' || colon == 0) return std::nullopt;
  std::string_view scheme = text.substr(0, colon);
  bool is_scheme = is_letter(scheme[0]) && std::all_of(scheme.begin(), scheme.end(), [](char c) {
                     return is_letter(c) || is_digit(c) || is_one_of(c, "+-.");
                   });
  std::string_view rest = text.substr(colon + 1);
  if (!is_scheme || rest.empty() || !is_uri_text(rest)) return std::nullopt;
  Uri uri;
  uri.scheme = lower(scheme);
  if (rest.starts_with("//")) {
    uri.has_authority = true;
    rest.remove_prefix(2);
    uri.host = host_of(rest.substr(0, rest.find_first_of("/?#")));
  }
  return uri;
}

bool is_host(std::string_view host) {
  bool is_literal = host.size() > 2 && host.front() == '[' && host.back() == ']';
  return is_literal || is_domain(host);
}

bool is_lei_form(std::string_view text) {
  return text.size() == 20 && std::all_of(text.begin(), text.end(), &is_upper_or_digit) &&
         is_digit(text[18]) && is_digit(text[19]);
}

bool has_lei_checksum(std::string_view text) {
  unsigned remainder = 0;
  for (char c : text) {
    unsigned value = static_cast<unsigned>(is_digit(c) ? c - '0' : c - 'A' + 10);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return remainder == 1;
}

bool is_country_code(std::string_view code) {
  if (code.size() != 2) return false;
  for (std::size_t i = 0; i < kCountries.size(); i += 2) {
    if (kCountries.substr(i, 2) == code) return true;
  }
  return false;
}

}  // namespace bulla::x509::lint

#include "mime/scanner.h"

#include <array>

namespace bulla::mime {

void Scanner::skip_cfws() {
  for (;;) {
    take_while([](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    if (!next_is('(')) return;
    skip_comment();
  }
}

// comment  = "(" *([FWS] ccontent) [FWS] ")"
// ccontent = ctext / quoted-pair / comment
void Scanner::skip_comment() {
  std::size_t depth = 0;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] == '\\') {
      ++i;
    } else if (rest_[i] == '(') {
      ++depth;
    } else if (rest_[i] == ')' && --depth == 0) {
      rest_.remove_prefix(i + 1);
      return;
    }
  }
  balanced_ = false;
  rest_ = {};
}

// quoted-string = DQUOTE *([FWS] qcontent) [FWS] DQUOTE
std::string Scanner::quoted_string() {
  std::string result;
  for (std::size_t i = 1; i < rest_.size(); ++i) {
    if (rest_[i] == '"') {
      rest_.remove_prefix(i + 1);
      return result;
    }
    bool crlf = rest_[i] == '\r' && i + 1 < rest_.size() && rest_[i + 1] == '\n';
    if (rest_[i] == '\n' || crlf) continue;
    if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
    result += rest_[i];
  }
  balanced_ = false;
  rest_ = {};
  return result;
}

namespace {

constexpr std::array<bool, 256> make_token_octets() {
  constexpr std::string_view kSpecials = "()<>@,;:\\\"/[]?=";
  std::array<bool, 256> table{};
  for (std::size_t octet = 0x21; octet < table.size(); ++octet) table[octet] = octet != 0x7f;
  for (char c : kSpecials) table[static_cast<unsigned char>(c)] = false;
  return table;
}

}  // namespace

bool is_token(char c) {
  static constexpr std::array<bool, 256> kTokenOctets = make_token_octets();
  return kTokenOctets[static_cast<unsigned char>(c)];
}

}  // namespace bulla::mime

#include "mime/address.h"

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "mime/words.h"

namespace bulla::mime {
namespace {

// atext (RFC 5322 3.2.3), and non-ASCII (RFC 6532 3.2).
bool is_atext(char c) {
  constexpr std::string_view kSpecials = "()<>[]:;@\\,.\"";
  auto octet = static_cast<unsigned char>(c);
  return octet > 0x20 && octet != 0x7f && kSpecials.find(c) == kSpecials.npos;
}

bool is_dot_atom(std::string_view text) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  char before = '\0';
  for (char c : text) {
    if (!(is_atext(c) || c == '.') || (c == '.' && before == '.')) return false;
    before = c;
  }
  return true;
}

// One word of a phrase or a local part.
struct Word {
  std::string text;
  bool quoted = false;
  bool dot = false;           // "." of an obsolete phrase or of a local part
  bool space_before = false;  // blanks or a comment stood before it
};

using Words = std::vector<Word>;

// Characters that cannot be seen, turn the direction of text, or stand for an ASCII one:
// with them in it, an address does not look like what it is.
bool is_deceptive(char32_t c) {
  return (c >= 0x80 && c < 0xa0) || c == 0xad || c == 0x034f || c == 0x061c ||
         (c >= 0x115f && c <= 0x1160) || (c >= 0x17b4 && c <= 0x17b5) ||
         (c >= 0x180b && c <= 0x180e) || (c >= 0x2000 && c <= 0x200f) ||
         (c >= 0x2024 && c <= 0x2026) || (c >= 0x2028 && c <= 0x202f) ||
         (c >= 0x205f && c <= 0x206f) || c == 0x3000 || c == 0x3002 || c == 0x3164 ||
         (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfe52 || c == 0xfe6b || c == 0xfeff ||
         (c >= 0xff00 && c <= 0xffef) || (c >= 0xfff0 && c <= 0xffff) || c >= 0xe0000;
}

// REQUIRES: well-formed UTF-8.
bool has_deceptive(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto first = static_cast<unsigned char>(text[i]);
    std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    char32_t c = size == 1 ? first : first & (0x7fu >> size);
    for (std::size_t k = 1; k < size; ++k) c = c << 6 | (static_cast<unsigned>(text[i + k]) & 0x3f);
    if (is_deceptive(c)) return true;
    i += size;
  }
  return false;
}

class AddressParser {
 public:
  explicit AddressParser(std::string_view text) : text_(text) {}

  AddressList parse() {
    check_octets();
    read_list();
    if (!problem_.empty()) return {.mailboxes = {}, .ambiguous = true, .problem = problem_};
    return {.mailboxes = std::move(mailboxes_), .ambiguous = false, .problem = {}};
  }

 private:
  bool failed() const { return !problem_.empty(); }
  bool at_end() const { return at_ >= text_.size(); }
  bool next_is(char c) const { return !at_end() && text_[at_] == c; }
  bool take(char c) {
    if (failed() || !next_is(c)) return false;
    ++at_;
    return true;
  }
  void fail(std::string_view what) {
    if (problem_.empty()) problem_ = std::string(what) + " at octet " + std::to_string(at_);
  }

  void check_octets();
  bool skip_cfws();
  void skip_comment();
  void read_list();
  void read_address();
  void read_group(const Words& name);
  Words read_words();
  Word read_quoted_string();
  void read_angle(const Words& name);
  void skip_route();
  void read_addr_spec(const Words& local, const Words& display);
  std::string local_part_of(const Words& words);
  std::string read_domain();
  std::string read_domain_literal();
  void add(std::string local, std::string domain, const Words& display);

  std::string_view text_;
  std::size_t at_ = 0;
  bool in_group_ = false;
  std::vector<Mailbox> mailboxes_;
  std::string problem_;
};

// Octets that have no business in any address field, wherever they stand.
void AddressParser::check_octets() {
  if (!is_utf8(text_)) return fail("text that is not UTF-8");
  for (std::size_t i = 0; i < text_.size(); ++i) {
    auto octet = static_cast<unsigned char>(text_[i]);
    if ((octet < 0x20 && octet != '\t') || octet == 0x7f) return fail("a control character");
  }
}

// CFWS = (1*([FWS] comment) [FWS]) / FWS. True if there was any.
bool AddressParser::skip_cfws() {
  std::size_t start = at_;
  while (!failed() && !at_end()) {
    if (next_is(' ') || next_is('\t')) {
      ++at_;
    } else if (next_is('(')) {
      skip_comment();
    } else {
      break;
    }
  }
  return at_ > start;
}

void AddressParser::skip_comment() {
  std::size_t depth = 0;
  for (std::size_t i = at_; i < text_.size(); ++i) {
    if (text_[i] == '\\') {
      ++i;
    } else if (text_[i] == '(') {
      ++depth;
    } else if (text_[i] == ')' && --depth == 0) {
      at_ = i + 1;
      return;
    }
  }
  fail("a comment without end");
}

// obs-addr-list = *([CFWS] ",") address *("," [address / CFWS])
void AddressParser::read_list() {
  for (;;) {
    skip_cfws();
    if (failed() || at_end()) return;
    if (take(',')) continue;
    read_address();
    skip_cfws();
    if (failed() || at_end()) return;
    if (!take(',')) return fail("text after an address");
  }
}

// address    = mailbox / group
// mailbox    = name-addr / addr-spec
// name-addr  = [display-name] angle-addr
// group      = display-name ":" [group-list] ";" [CFWS]
void AddressParser::read_address() {
  Words words = read_words();
  if (failed()) return;
  if (next_is('<')) return read_angle(words);
  if (next_is('@')) return read_addr_spec(words, {});
  if (next_is(':') && !words.empty() && !in_group_) return read_group(words);
  fail("no address");
}

void AddressParser::read_group(const Words&) {
  take(':');
  in_group_ = true;
  for (;;) {
    skip_cfws();
    if (failed() || take(';')) break;
    if (take(',')) continue;
    read_address();
    skip_cfws();
    if (failed() || take(';')) break;
    if (!take(',')) {
      fail("a group without end");
      break;
    }
  }
  in_group_ = false;
}

// obs-phrase = word *(word / "." / CFWS)
Words AddressParser::read_words() {
  Words words;
  for (;;) {
    bool space = skip_cfws();
    if (failed() || at_end()) break;
    if (next_is('"')) {
      words.push_back(read_quoted_string());
    } else if (take('.')) {
      words.push_back({.text = ".", .quoted = false, .dot = true, .space_before = false});
    } else {
      std::size_t start = at_;
      while (!at_end() && is_atext(text_[at_])) ++at_;
      if (at_ == start) break;
      words.push_back({.text = std::string(text_.substr(start, at_ - start))});
    }
    words.back().space_before = space;
  }
  return words;
}

// quoted-string = [CFWS] DQUOTE *([FWS] qcontent) [FWS] DQUOTE [CFWS]
Word AddressParser::read_quoted_string() {
  Word word{.text = {}, .quoted = true, .dot = false, .space_before = false};
  for (std::size_t i = at_ + 1; i < text_.size(); ++i) {
    if (text_[i] == '"') {
      at_ = i + 1;
      return word;
    }
    if (text_[i] == '\\' && ++i == text_.size()) break;
    word.text += text_[i];
  }
  fail("a quoted string without end");
  return word;
}

// angle-addr     = [CFWS] "<" addr-spec ">" [CFWS]
// obs-angle-addr = [CFWS] "<" obs-route addr-spec ">" [CFWS]
void AddressParser::read_angle(const Words& name) {
  take('<');
  skip_cfws();
  if (next_is('@') || next_is(',')) skip_route();
  Words local = read_words();
  if (failed()) return;
  if (!next_is('@')) return fail("no address in the angle brackets");
  read_addr_spec(local, name);
  if (failed()) return;
  skip_cfws();
  if (!take('>')) fail("an address without end");
}

// obs-route       = obs-domain-list ":"
// obs-domain-list = *(CFWS / ",") "@" domain *("," [CFWS] ["@" domain])
void AddressParser::skip_route() {
  for (;;) {
    skip_cfws();
    if (failed()) return;
    if (take(',')) continue;
    if (take(':')) return;
    if (!take('@')) return fail("a route without end");
    read_domain();
    skip_cfws();
    if (!next_is(',') && !next_is(':')) return fail("a route without end");
  }
}

// addr-spec = local-part "@" domain
void AddressParser::read_addr_spec(const Words& local, const Words& display) {
  std::string local_part = local_part_of(local);
  take('@');
  skip_cfws();
  std::string domain = read_domain();
  if (!failed()) add(std::move(local_part), std::move(domain), display);
}

// obs-local-part = word *("." word)
std::string AddressParser::local_part_of(const Words& words) {
  std::string result;
  bool want_word = true;
  for (const Word& word : words) {
    if (word.dot == want_word) break;  // two words without a dot, or a dot without a word
    if (has_encoded_word(word.text)) fail("an encoded word in an address");
    if (has_deceptive(word.text)) fail("a deceptive character in an address");
    result += word.text;
    want_word = word.dot;
    if (&word == &words.back() && !want_word) return result;
  }
  fail("a local part that is none");
  return result;
}

// domain     = dot-atom / domain-literal / obs-domain
// obs-domain = atom *("." atom)
std::string AddressParser::read_domain() {
  if (next_is('[')) return read_domain_literal();
  std::string domain;
  for (;;) {
    skip_cfws();
    std::size_t start = at_;
    while (!at_end() && is_atext(text_[at_])) ++at_;
    if (at_ == start) fail("a domain that is none");
    if (failed()) return domain;
    domain += text_.substr(start, at_ - start);
    std::size_t end = at_;
    skip_cfws();
    if (!take('.')) {
      at_ = failed() ? at_ : end;
      break;
    }
    domain += '.';
  }
  if (has_encoded_word(domain)) fail("an encoded word in an address");
  if (has_deceptive(domain)) fail("a deceptive character in an address");
  return domain;
}

// domain-literal = [CFWS] "[" *([FWS] dtext) [FWS] "]" [CFWS]
std::string AddressParser::read_domain_literal() {
  std::size_t end = text_.find(']', at_);
  std::string_view inside =
      end == text_.npos ? std::string_view() : text_.substr(at_ + 1, end - at_ - 1);
  bool good = !inside.empty() && std::all_of(inside.begin(), inside.end(), [](char c) {
    return c > 0x20 && c < 0x7f && c != '[' && c != '\\';
  });
  if (!good) {
    fail("a domain literal that is none");
    return {};
  }
  at_ = end + 1;
  return "[" + std::string(inside) + "]";
}

// The words with one blank where there were some.
std::string display_name_of(const Words& words) {
  std::string name;
  for (const Word& word : words) {
    if (word.space_before && !name.empty()) name += ' ';
    name += word.text;
  }
  return decode_words(name);
}

void AddressParser::add(std::string local, std::string domain, const Words& display) {
  Mailbox mailbox{.display_name = display_name_of(display),
                  .local_part = std::move(local),
                  .domain = std::move(domain),
                  .addr_spec = {},
                  .in_group = in_group_};
  mailbox.addr_spec = write_local_part(mailbox.local_part) + "@" + mailbox.domain;
  mailboxes_.push_back(std::move(mailbox));
}

// Takes out line ends that are folds; any other stays, and is refused.
std::string unfold_strictly(std::string_view value) {
  while (value.ends_with('\n') || value.ends_with('\r')) value.remove_suffix(1);
  std::string result;
  for (std::size_t i = 0; i < value.size(); ++i) {
    std::size_t after = i + (value.substr(i, 2) == "\r\n" ? 2 : value[i] == '\n' ? 1 : 0);
    bool fold = after > i && after < value.size() && (value[after] == ' ' || value[after] == '\t');
    if (fold) {
      i = after - 1;
    } else {
      result += value[i];
    }
  }
  return result;
}

}  // namespace

AddressList parse_address_list(std::string_view value) {
  std::string text = unfold_strictly(value);
  return AddressParser(text).parse();
}

AddressList parse_mailbox(std::string_view value) {
  AddressList list = parse_address_list(value);
  if (list.ambiguous) return list;
  if (list.mailboxes.size() == 1 && !list.mailboxes[0].in_group) return list;
  return {.mailboxes = {}, .ambiguous = true, .problem = "not exactly one address"};
}

std::string write_local_part(std::string_view local_part) {
  if (is_dot_atom(local_part)) return std::string(local_part);
  std::string result = "\"";
  for (char c : local_part) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

}  // namespace bulla::mime

#include "mime/words.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/text.h"
#include "bulla/bytes.h"
#include "mime/base64.h"
#include "mime/charset.h"
#include "mime/header.h"
#include "mime/scanner.h"

namespace bulla::mime {
namespace {

constexpr char kHexDigits[] = "0123456789ABCDEF";
constexpr std::size_t kMaxColumns = 76;  // RFC 2047 2; RFC 5322 asks for 78
constexpr std::size_t kMaxLine = 998;    // RFC 5322 2.1.1
constexpr std::size_t kMaxWord = 75;     // RFC 2047 2

struct EncodedWord {
  std::string_view charset;  // without the language of RFC 2231 5
  char encoding = 'q';       // 'b' or 'q'
  std::string_view text;
  std::size_t size = 0;  // of the whole word
};

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

// encoded-word = "=?" charset "?" encoding "?" encoded-text "?="
std::optional<EncodedWord> word_at(std::string_view text) {
  if (!text.starts_with("=?")) return std::nullopt;
  std::size_t charset_end = text.find('?', 2);
  if (charset_end == text.npos || charset_end == 2 || charset_end > 64) return std::nullopt;
  if (text.size() < charset_end + 4 || text[charset_end + 2] != '?') return std::nullopt;
  char encoding = lower(text[charset_end + 1]);
  if (encoding != 'b' && encoding != 'q') return std::nullopt;
  std::size_t start = charset_end + 3;
  // The text has no "?"; blanks inside occur in real mail. Its end is looked for no farther
  // than the next "?", so that many false beginnings cost no more than one pass.
  std::size_t end = text.find('?', start);
  if (end == text.npos || end + 1 >= text.size() || text[end + 1] != '=') return std::nullopt;
  std::string_view charset = text.substr(2, charset_end - 2);
  return EncodedWord{.charset = charset.substr(0, charset.find('*')),
                     .encoding = encoding,
                     .text = text.substr(start, end - start),
                     .size = end + 2};
}

std::string decode_q(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool escape = text[i] == '=' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                  hex_value(text[i + 2]) >= 0;
    if (escape) {
      result += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      result += text[i] == '_' ? ' ' : text[i];
    }
  }
  return result;
}

std::string decode_b(std::string_view text) {
  MemorySink sink;
  Base64Decoder decoder(sink);
  if (!decoder.write(as_bytes(text)) || !decoder.finish()) return std::string(text);
  return std::string(as_text(sink.bytes()));
}

// Joins neighbouring words of one charset before converting: senders cut characters in two.
class WordDecoder {
 public:
  void add(const EncodedWord& word, std::string_view source) {
    if (!same(word)) end_run();
    charset_ = word.charset;
    octets_ += word.encoding == 'q' ? decode_q(word.text) : decode_b(word.text);
    append_source(source.substr(0, word.size));
  }

  void add_text(std::string_view text) {
    end_run();
    result_ += text;
  }

  std::string finish() {
    end_run();
    return repair_utf8(result_);
  }

 private:
  bool same(const EncodedWord& word) const { return equal_ignoring_case(word.charset, charset_); }

  void append_source(std::string_view text) {
    if (!source_.empty()) source_ += ' ';
    source_ += text;
  }

  void end_run() {
    if (source_.empty()) return;
    result_ += to_utf8(charset_, octets_).value_or(source_);
    octets_.clear();
    source_.clear();
  }

  std::string result_;
  std::string_view charset_;
  std::string octets_;
  std::string source_;  // the words as written
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

// UTF-8 without control characters, C1 included.
std::string clean(std::string_view text) {
  std::string result = repair_utf8(text);
  std::replace_if(result.begin(), result.end(), is_control, ' ');
  return result;
}

std::size_t code_point_size(std::string_view text) {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
  return size;
}

// The characters that stand for themselves in any Q word, phrases included (RFC 2047 5).
bool is_plain_in_q(char c) {
  return (c >= '0' && c <= '9') || (lower(c) >= 'a' && lower(c) <= 'z') ||
         std::string_view("!*+-/").find(c) != std::string_view::npos;
}

std::string encode_q(std::string_view text) {
  std::string result;
  for (char c : text) {
    auto octet = static_cast<unsigned char>(c);
    if (c == ' ') {
      result += '_';
    } else if (is_plain_in_q(c)) {
      result += c;
    } else {
      result += {'=', kHexDigits[octet >> 4], kHexDigits[octet & 15]};
    }
  }
  return result;
}

// Encoded words for the text; the first stands in this column.
std::string write_words(std::string_view text, std::size_t column) {
  auto plain = static_cast<std::size_t>(std::count_if(text.begin(), text.end(), is_plain_in_q));
  bool as_q = plain * 3 >= text.size() * 2;
  std::string_view start = as_q ? "=?utf-8?q?" : "=?utf-8?b?";
  constexpr std::size_t kAround = 12;
  constexpr std::size_t kLeast = 24;  // room for one character of any kind
  std::size_t room = std::max(kMaxWord - std::min(column, kMaxWord), kLeast + kAround) - kAround;
  std::string result;
  while (!text.empty()) {
    std::string body;
    std::size_t taken = 0;
    while (taken < text.size()) {
      std::size_t more = taken + code_point_size(text.substr(taken));
      std::string longer = as_q ? body + encode_q(text.substr(taken, more - taken))
                                : base64(as_bytes(text.substr(0, more)));
      if (longer.size() > room) break;
      body = std::move(longer);
      taken = more;
    }
    if (!result.empty()) result += ' ';
    result += start;
    result += body;
    result += "?=";
    text.remove_prefix(taken);
    room = kMaxWord - kAround;
  }
  return result;
}

// The widest run without a blank, where a line can be folded.
std::size_t longest_run(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (char c : text) {
    run = is_blank(c) ? 0 : run + 1;
    longest = std::max(longest, run);
  }
  return longest;
}

// Folds before runs of blanks that have text after them, so that no line ends in a blank.
std::string fold(std::string_view line) {
  std::string result;
  std::size_t start = 0;  // of the output line
  std::size_t place = 0;  // the last one where it can be folded
  auto fold_if_long = [&](std::size_t end) {
    if (end - start <= kMaxColumns || place <= start) return;
    result += line.substr(start, place - start);
    result += "\r\n";
    start = place;
  };
  for (std::size_t i = line.find(':') + 2; i < line.size(); ++i) {
    if (!is_blank(line[i]) || is_blank(line[i - 1])) continue;
    std::size_t text = line.find_first_not_of(" \t", i);
    if (text == line.npos) break;
    fold_if_long(i);
    place = i;
  }
  fold_if_long(line.size());
  result += line.substr(start);
  return result + "\r\n";
}

std::string quoted(std::string_view value) {
  std::string result = "\"";
  for (char c : value) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

// attribute-char: what may stand in an extended value (RFC 2231 7), less than a token.
bool is_attribute_char(char c) {
  return static_cast<unsigned char>(c) < 0x7f && is_token(c) && c != '*' && c != '\'' && c != '%';
}

std::string percent_encode(std::string_view text) {
  std::string result;
  for (char c : text) {
    auto octet = static_cast<unsigned char>(c);
    if (is_attribute_char(c)) {
      result += c;
    } else {
      result += {'%', kHexDigits[octet >> 4], kHexDigits[octet & 15]};
    }
  }
  return result;
}

}  // namespace

std::string decode_words(std::string_view value) {
  std::string text = unfold(value);
  std::string_view rest = text;
  WordDecoder decoder;
  bool after_word = false;
  while (!rest.empty()) {
    if (auto word = word_at(rest)) {
      decoder.add(*word, rest);
      rest.remove_prefix(word->size);
      after_word = true;
      continue;
    }
    // Blanks between two encoded words belong to neither (RFC 2047 6.2).
    std::size_t blanks = std::min(rest.find_first_not_of(" \t"), rest.size());
    if (after_word && blanks > 0 && word_at(rest.substr(blanks))) {
      rest.remove_prefix(blanks);
      continue;
    }
    std::size_t end =
        std::min(rest.find_first_of("= \t", std::max<std::size_t>(blanks, 1)), rest.size());
    decoder.add_text(rest.substr(0, end));
    rest.remove_prefix(end);
    after_word = false;
  }
  return decoder.finish();
}

bool has_encoded_word(std::string_view text) {
  for (std::size_t at = text.find("=?"); at != text.npos; at = text.find("=?", at + 1)) {
    if (word_at(text.substr(at))) return true;
  }
  return false;
}

std::string encode_words(std::string_view text) {
  std::string cleaned = clean(text);
  if (is_printable_ascii(cleaned) && cleaned.find("=?") == cleaned.npos) return cleaned;
  return write_words(cleaned, 0);
}

std::string write_field(std::string_view name, std::string_view value) {
  std::string line;
  for (char c : name) {
    if (c > 0x20 && c < 0x7f && c != ':') line += c;
  }
  std::string text = clean(value);
  bool as_is = is_printable_ascii(text) && longest_run(text) + line.size() + 2 < kMaxLine;
  line += ": ";
  line += as_is ? text : write_words(text, line.size());
  return fold(line);
}

std::string write_parameter(std::string_view name, std::string_view value) {
  constexpr std::size_t kShort = 60;  // fits a line of 76 with its name
  constexpr std::size_t kPiece = 50;
  std::string text = clean(value);
  std::string start = "; ";
  std::copy_if(name.begin(), name.end(), std::back_inserter(start), is_attribute_char);
  if (start.size() == 2) return {};
  bool ascii = is_printable_ascii(text);
  if (ascii && text.size() <= kShort && text.find("=?") == text.npos) {
    bool token = !text.empty() && std::all_of(text.begin(), text.end(), is_token);
    return start + "=" + (token ? text : quoted(text));
  }
  std::string result;
  std::string piece = "utf-8''";
  std::size_t index = 0;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view character = rest.substr(0, code_point_size(rest));
    rest.remove_prefix(character.size());
    piece += percent_encode(character);
    if (piece.size() < kPiece && !rest.empty()) continue;
    bool only = rest.empty() && index == 0;
    result += start + (only ? "*=" : "*" + std::to_string(index) + "*=") + piece;
    ++index;
    piece.clear();
  }
  return result;
}

}  // namespace bulla::mime

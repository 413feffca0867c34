#include "mime/content_type.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "mime/charset.h"
#include "mime/scanner.h"
#include "mime/words.h"

namespace bulla::mime {
namespace {

// One piece of a parameter: `name`, `name*`, `name*3` or `name*3*` (RFC 2231 3, 4).
struct Piece {
  std::size_t index = 0;
  bool extended = false;
  std::string value;
};

// All that is given under one name, by form.
struct Pieces {
  std::vector<std::string> plain;
  std::vector<std::string> extended;
  std::vector<Piece> continued;
};

struct PieceName {
  std::string base;
  bool extended = false;
  std::optional<std::size_t> index;
};

// attribute [ "*" section ] [ "*" ]; what does not fit is a plain name.
PieceName parse_name(std::string_view text) {
  PieceName name{.base = lower(text), .extended = false, .index = std::nullopt};
  std::string_view rest = name.base;
  bool extended = rest.size() > 1 && rest.ends_with('*');
  if (extended) rest.remove_suffix(1);
  std::size_t star = rest.rfind('*');
  if (star == rest.npos) {
    name.extended = extended;
    name.base = std::string(rest);
    return name;
  }
  std::string_view digits = rest.substr(star + 1);
  bool canonical = digits == "0" || !digits.starts_with('0');
  auto index = parse_decimal(digits);
  if (star == 0 || !index || !canonical) return name;
  name.extended = extended;
  name.index = static_cast<std::size_t>(*index);
  name.base = std::string(rest.substr(0, star));
  return name;
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char small = lower(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

std::string percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool escape = text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
                  hex_value(text[i + 2]) >= 0;
    if (!escape) {
      result += text[i];
      continue;
    }
    result += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
    i += 2;
  }
  return result;
}

// Takes "charset'language'" off the front and returns the charset.
std::string_view take_charset(std::string_view& text) {
  std::size_t first = text.find('\'');
  std::size_t second = first == text.npos ? first : text.find('\'', first + 1);
  if (second == text.npos) return "utf-8";
  std::string_view charset = text.substr(0, first);
  text.remove_prefix(second + 1);
  return charset.empty() ? "utf-8" : charset;
}

std::string decode_extended(std::string_view text) {
  std::string_view charset = take_charset(text);
  std::string octets = percent_decode(text);
  return to_utf8(charset, octets).value_or(repair_utf8(octets));
}

// The pieces 0, 1, 2 … as far as they go without a gap. REQUIRES: sorted by index.
std::string join(const std::vector<Piece>& pieces) {
  std::string octets;
  std::string_view charset;
  std::size_t expected = 0;
  for (const Piece& piece : pieces) {
    if (piece.index != expected) {
      if (piece.index < expected) continue;  // a second one with the same index
      break;
    }
    std::string_view text = piece.value;
    if (piece.index == 0 && piece.extended) charset = take_charset(text);
    octets += piece.extended ? percent_decode(text) : std::string(text);
    ++expected;
  }
  if (charset.empty()) return repair_utf8(octets);
  return to_utf8(charset, octets).value_or(repair_utf8(octets));
}

bool is_file_name(std::string_view name) { return name == "name" || name == "filename"; }

// A parameter in one piece, as it came.
struct RawParameter {
  std::string_view name;
  std::string value;
};

// Of a parameter in one piece. Encoded words are not in RFC 2047 for this, but what most
// mailers write for file names.
std::string decode_plain(std::string_view name, const std::string& value) {
  return is_file_name(name) ? decode_words(value) : repair_utf8(value);
}

// Whether each parameter stands there once and in one piece, as in nearly all mail.
bool is_simple(const std::vector<RawParameter>& parameters) {
  constexpr std::size_t kFew = 8;  // the comparison of all pairs is quadratic
  if (parameters.size() > kFew) return false;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i].name.find('*') != std::string_view::npos) return false;
    for (std::size_t j = 0; j < i; ++j) {
      if (equal_ignoring_case(parameters[i].name, parameters[j].name)) return false;
    }
  }
  return true;
}

class Collector {
 public:
  void add(std::string_view raw_name, std::string value) {
    PieceName name = parse_name(raw_name);
    auto [place, is_new] = by_name_.try_emplace(name.base);
    if (is_new) order_.push_back(name.base);
    Pieces& pieces = place->second;
    if (name.index) {
      pieces.continued.push_back({*name.index, name.extended, std::move(value)});
    } else {
      (name.extended ? pieces.extended : pieces.plain).push_back(std::move(value));
    }
  }

  // Hands out each parameter in the order of its first piece.
  template <typename Take>
  void finish(Take take) {
    for (const std::string& name : order_) {
      Pieces& pieces = by_name_[name];
      std::stable_sort(pieces.continued.begin(), pieces.continued.end(),
                       [](const Piece& a, const Piece& b) { return a.index < b.index; });
      take(Parameter{name, value_of(name, pieces)}, conflicts(name, pieces));
    }
  }

 private:
  static std::string value_of(const std::string& name, const Pieces& pieces) {
    if (!pieces.extended.empty()) return decode_extended(pieces.extended[0]);
    if (!pieces.continued.empty() && pieces.continued[0].index == 0) return join(pieces.continued);
    return pieces.plain.empty() ? std::string() : decode_plain(name, pieces.plain[0]);
  }

  // A file name is often given twice, for old and new readers; nothing else is.
  static bool conflicts(const std::string& name, const Pieces& pieces) {
    if (pieces.plain.size() > 1 || pieces.extended.size() > 1) return true;
    auto same_index = [](const Piece& a, const Piece& b) { return a.index == b.index; };
    auto repeated =
        std::adjacent_find(pieces.continued.begin(), pieces.continued.end(), same_index);
    if (repeated != pieces.continued.end()) return true;
    int forms = !pieces.plain.empty() + !pieces.extended.empty() + !pieces.continued.empty();
    return forms > 1 && !is_file_name(name);
  }

  std::map<std::string, Pieces> by_name_;
  std::vector<std::string> order_;
};

struct Value {
  std::string text;
  bool malformed = false;
};

// value := token / quoted-string; and, as senders write it, anything up to the next ";".
Value read_value(Scanner& in) {
  if (in.next_is('"')) {
    Value value{.text = in.quoted_string(), .malformed = false};
    in.skip_cfws();
    value.malformed = !in.at_end() && !in.next_is(';');
    if (value.malformed) in.take_while([](char c) { return c != ';'; });
    return value;
  }
  Scanner ahead = in;
  std::string_view token = ahead.take_while(is_token);
  ahead.skip_cfws();
  if (ahead.balanced() && (ahead.at_end() || ahead.next_is(';'))) {
    in = ahead;
    return {.text = std::string(token), .malformed = token.empty()};
  }
  std::string_view raw = in.take_while([](char c) { return c != ';'; });
  return {.text = std::string(trim(raw)), .malformed = true};
}

// type "/" subtype; false if it is not there.
bool read_type(Scanner& in, ContentType& into) {
  in.skip_cfws();
  std::string_view type = in.take_while(is_token);
  in.skip_cfws();
  if (type.empty() || !in.take('/')) return false;
  in.skip_cfws();
  std::string_view subtype = in.take_while(is_token);
  if (subtype.empty()) return false;
  into.type = lower(type);
  into.subtype = lower(subtype);
  in.skip_cfws();
  return true;
}

}  // namespace

// parameter := attribute "=" value
Parameters Parameters::parse(std::string_view text) {
  Parameters result;
  std::vector<RawParameter> parameters;
  Scanner in(text);
  for (;;) {
    in.skip_cfws();
    if (in.at_end()) break;
    if (!in.take(';')) {
      result.malformed_ = true;
      in.take_while([](char c) { return c != ';'; });
      continue;
    }
    in.skip_cfws();
    std::string_view name = in.take_while(is_token);
    in.skip_cfws();
    if (name.empty() && (in.at_end() || in.next_is(';'))) continue;
    if (name.empty() || !in.take('=')) {
      result.malformed_ = true;
      in.take_while([](char c) { return c != ';'; });
      continue;
    }
    in.skip_cfws();
    Value value = read_value(in);
    result.malformed_ = result.malformed_ || value.malformed;
    parameters.push_back({name, std::move(value.text)});
  }
  result.malformed_ = result.malformed_ || !in.balanced();
  if (is_simple(parameters)) {
    for (RawParameter& parameter : parameters) {
      std::string name = lower(parameter.name);
      std::string value = decode_plain(name, parameter.value);
      result.all_.push_back({std::move(name), std::move(value)});
    }
    return result;
  }
  Collector collector;
  for (RawParameter& parameter : parameters) {
    collector.add(parameter.name, std::move(parameter.value));
  }
  collector.finish([&](Parameter parameter, bool conflict) {
    if (conflict) result.conflicts_.push_back(parameter.name);
    result.all_.push_back(std::move(parameter));
  });
  return result;
}

std::optional<std::string_view> Parameters::get(std::string_view name) const {
  for (const Parameter& parameter : all_) {
    if (parameter.name == name) return parameter.value;
  }
  return std::nullopt;
}

// content := "Content-Type" ":" type "/" subtype *(";" parameter)
ContentType ContentType::parse(std::string_view value) {
  ContentType result;
  Scanner in(value);
  result.malformed = !read_type(in, result);
  if (result.malformed) in.take_while([](char c) { return c != ';'; });
  result.parameters = Parameters::parse(in.rest());
  return result;
}

// disposition := disposition-type *(";" disposition-parm) (RFC 2183 2)
ContentDisposition ContentDisposition::parse(std::string_view value) {
  Scanner in(value);
  in.skip_cfws();
  ContentDisposition result;
  result.kind = lower(in.take_while(is_token));
  result.parameters = Parameters::parse(in.rest());
  return result;
}

namespace {

struct EncodingName {
  TransferEncoding encoding;
  std::string_view name;
};

constexpr std::array<EncodingName, 5> kEncodings = {
    EncodingName{TransferEncoding::SevenBit, "7bit"},
    EncodingName{TransferEncoding::EightBit, "8bit"},
    EncodingName{TransferEncoding::Binary, "binary"},
    EncodingName{TransferEncoding::Base64, "base64"},
    EncodingName{TransferEncoding::QuotedPrintable, "quoted-printable"}};

}  // namespace

// mechanism := "7bit" / "8bit" / "binary" / "quoted-printable" / "base64" / …
TransferEncoding parse_transfer_encoding(std::string_view value) {
  Scanner in(value);
  in.skip_cfws();
  std::string name = lower(in.take_while(is_token));
  in.skip_cfws();
  in.take(';');  // written by some mailers
  in.skip_cfws();
  if (!in.at_end()) return TransferEncoding::Unknown;
  for (const EncodingName& row : kEncodings) {
    if (row.name == name) return row.encoding;
  }
  return TransferEncoding::Unknown;
}

std::string_view transfer_encoding_name(TransferEncoding encoding) {
  for (const EncodingName& row : kEncodings) {
    if (row.encoding == encoding) return row.name;
  }
  return {};
}

}  // namespace bulla::mime

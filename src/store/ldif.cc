#include "store/ldif.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/text.h"
#include "base/try.h"
#include "mime/base64.h"

namespace bulla::store {
namespace {

// As many as one PEM file may have (x509/pem.cc); a file of 16 MiB has room for about as many.
constexpr std::size_t kMaxCertificates = 10'000;
// More than a person reads.
constexpr std::size_t kMaxPassedOver = 1'000;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// A line with the lines that go on with it (RFC 2849, note 2), and where it began.
struct Line {
  std::string text;
  std::uint64_t offset = 0;
};

// Takes lines off a text, whether they end with LF or CR LF.
class Lines {
 public:
  explicit Lines(std::string_view text) : text_(text) {
    if (text_.starts_with(kByteOrderMark)) at_ = kByteOrderMark.size();
  }

  bool more() const { return at_ < text_.size(); }

  Line next() {
    Line line{.text = {}, .offset = at_};
    line.text = take();
    bool is_empty = line.text.empty();
    while (!is_empty && more() && text_[at_] == ' ') line.text += take().substr(1);
    return line;
  }

 private:
  std::string_view take() {
    std::size_t end = std::min(text_.find('\n', at_), text_.size());
    std::string_view line = text_.substr(at_, end - at_);
    at_ = std::min(end + 1, text_.size());
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool is_comment(const std::string& line) { return !line.empty() && line[0] == '#'; }

// attrval-spec = AttributeDescription value-spec SEP
// value-spec = ":" ( FILL 0*1(SAFE-STRING) / ":" FILL (BASE64-STRING) / "<" FILL (url) )
struct Field {
  enum class Form { Text, Base64, Url };
  std::string name;  // lower case
  std::string_view value;
  Form form = Form::Text;
};

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == ';' || c == '_';
  });
}

std::optional<Field> parse_field(std::string_view line) {
  std::size_t colon = line.find(':');
  if (colon == line.npos || !is_name(line.substr(0, colon))) return std::nullopt;
  Field field{.name = lower(line.substr(0, colon)), .value = line.substr(colon + 1)};
  bool is_marked = field.value.starts_with(':') || field.value.starts_with('<');
  if (is_marked) {
    field.form = field.value[0] == ':' ? Field::Form::Base64 : Field::Form::Url;
    field.value.remove_prefix(1);
  }
  std::size_t start = std::min(field.value.find_first_not_of(' '), field.value.size());
  field.value.remove_prefix(start);
  return field;
}

// By name or by OID. Other options than "binary" make it another attribute (RFC 4512 2.5).
bool is_certificate(std::string_view name) {
  constexpr std::string_view kBinary = ";binary";
  if (name.ends_with(kBinary)) name.remove_suffix(kBinary.size());
  constexpr std::array<std::string_view, 6> kNames = {
      "usercertificate",         "2.5.4.36", "cacertificate", "2.5.4.37", "usersmimecertificate",
      "2.16.840.1.113730.3.1.40"};
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

Result<Bytes> decode_base64(std::string_view text) {
  MemorySink octets;
  mime::Base64Decoder decoder(octets);
  TRY_VOID(decoder.write(as_bytes(text)));
  TRY_VOID(decoder.finish());
  const mime::Base64Decoder::Saw& saw = decoder.saw();
  if (saw.foreign != 0 || saw.after_padding != 0 || saw.missing_padding) {
    return failure(Rule::KeyBadLdif, 0, "bad base64");
  }
  return octets.bytes();
}

class LdifReader {
 public:
  LdifReader(std::string_view text, const Limits& limits) : lines_(text), limits_(limits) {}

  Result<LdifContents> read() {
    while (lines_.more()) {
      Line line = lines_.next();
      if (is_comment(line.text)) continue;
      TRY_VOID(line.text.empty() ? end_record() : take(line));
    }
    return std::move(contents_);
  }

 private:
  // What the values of a record are: those of an entry, or of a change.
  enum class Change { None, Modify, Other };

  Result<void> end_record() {
    change_ = Change::None;
    adds_ = true;
    is_in_record_ = false;
    return {};
  }

  Result<void> take(const Line& line) {
    bool is_first = !is_in_record_;
    is_in_record_ = true;
    if (line.text.starts_with(' ')) return fail(line, "it goes on with nothing");
    if (line.text == "-" && change_ == Change::Modify) {
      adds_ = false;
      return {};
    }
    auto field = parse_field(line.text);
    if (!field) return fail(line, "no name of an attribute and ':'");
    if (field->name == "version" && is_first) return take_version(line, *field);
    if (field->name == "changetype") return take_change(line, *field);
    if (change_ != Change::Other && take_modification(*field)) return {};
    if (change_ != Change::Other && adds_ && is_certificate(field->name)) {
      return take_value(line, *field);
    }
    return {};
  }

  static Result<void> fail(const Line& line, std::string_view what) {
    return failure(Rule::KeyBadLdif, line.offset, std::string(what));
  }

  // version-spec = "version:" FILL version-number; an entry may follow without an empty line.
  Result<void> take_version(const Line& line, const Field& field) {
    if (field.value != "1") return fail(line, "another version than 1");
    return end_record();
  }

  // changerecord = "changetype:" FILL (change-add / change-delete / change-modify / change-moddn)
  Result<void> take_change(const Line& line, const Field& field) {
    std::string change = lower(field.value);
    bool is_known = change == "add" || change == "modify" || change == "delete" ||
                    change == "modrdn" || change == "moddn";
    if (!is_known || field.form != Field::Form::Text) return fail(line, "no kind of change");
    change_ = change == "add" ? Change::None : change == "modify" ? Change::Modify : Change::Other;
    adds_ = change_ != Change::Modify;
    return {};
  }

  // mod-spec = ("add:" / "delete:" / "replace:") FILL AttributeDescription SEP
  //            *attrval-spec "-" SEP
  // Without a changetype too, as ldapmodify takes it.
  bool take_modification(const Field& field) {
    bool adds = field.name == "add" || field.name == "replace";
    if (!adds && field.name != "delete" && field.name != "increment") return false;
    change_ = Change::Modify;
    adds_ = adds;
    return true;
  }

  Result<void> take_value(const Line& line, const Field& field) {
    auto certificates = read_value(field);
    if (!certificates) {
      if (contents_.passed_over.size() == kMaxPassedOver) {
        return failure(Rule::LimitCertificates, line.offset, "values that are no certificates");
      }
      Error error = certificates.error();
      error.offset = line.offset;
      contents_.passed_over.push_back(std::move(error));
      return {};
    }
    for (Certificate& one : *certificates) {
      if (!known_.insert(to_bytes(one.sha256())).second) continue;
      if (contents_.certificates.size() == kMaxCertificates) {
        return failure(Rule::LimitCertificates, line.offset);
      }
      contents_.certificates.push_back(std::move(one));
    }
    return {};
  }

  Result<std::vector<Certificate>> read_value(const Field& field) const {
    if (field.form == Field::Form::Url) {
      return failure(Rule::KeyLdifUrl, 0, std::string(field.value));
    }
    if (field.form == Field::Form::Text) {
      return failure(Rule::KeyBadLdif, 0, "a certificate that is not in base64");
    }
    Bytes octets = TRY(decode_base64(field.value));
    return load_certificates(octets, limits_);
  }

  Lines lines_;
  const Limits& limits_;
  LdifContents contents_;
  std::set<Bytes> known_;
  Change change_ = Change::None;
  bool adds_ = true;
  bool is_in_record_ = false;
};

}  // namespace

bool is_ldif(ByteView file) {
  Lines lines(as_text(file));
  while (lines.more()) {
    Line line = lines.next();
    if (line.text.empty() || is_comment(line.text)) continue;
    auto field = parse_field(line.text);
    return field && (field->name == "version" || field->name == "dn");
  }
  return false;
}

Result<LdifContents> read_ldif(ByteView file, const Limits& limits) {
  return LdifReader(as_text(file), limits).read();
}

}  // namespace bulla::store

#include "message/wrapping.h"

#include <algorithm>

#include "base/text.h"

namespace bulla {
namespace {

// Of the record before base64. Nearly all have less than 1 KiB; header fields of several
// times that pass every mail server.
constexpr std::size_t kMaxRecord = 12u << 10;
constexpr std::size_t kMaxItems = 2'048;
constexpr std::string_view kVersion = "1";
constexpr std::size_t kMaxLine = 1'024;  // digits
constexpr std::size_t kMaxHeader = 16;   // octets before each of several pieces; BER has 10

// A list of octet strings, each as its length, a colon, and itself.
class ItemWriter {
 public:
  void put(std::string_view text) {
    text_ += std::to_string(text.size()) + ":";
    text_ += text;
  }
  void put(ByteView bytes) { put(as_text(bytes)); }
  void put(std::uint64_t number) { put(std::string_view(std::to_string(number))); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// Reads it again; after a failure everything is empty.
class ItemReader {
 public:
  explicit ItemReader(std::string_view text) : rest_(text) {}

  std::string_view text() {
    std::size_t colon = rest_.find(':');
    auto size = colon == rest_.npos ? std::nullopt : parse_decimal(rest_.substr(0, colon));
    if (!size || *size > rest_.size() - colon - 1 || ++items_ > kMaxItems) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    std::string_view item = rest_.substr(colon + 1, static_cast<std::size_t>(*size));
    rest_.remove_prefix(colon + 1 + item.size());
    return item;
  }
  std::string string() { return std::string(text()); }
  Bytes bytes() { return to_bytes(text()); }
  std::uint64_t number() {
    auto value = parse_decimal(text());
    failed_ = failed_ || !value;
    return value.value_or(0);
  }
  // Of a list: no more than there is text for.
  std::size_t count() {
    std::uint64_t value = number();
    failed_ = failed_ || value > rest_.size();
    return failed_ ? 0 : static_cast<std::size_t>(value);
  }
  bool good() const { return !failed_ && rest_.empty(); }

 private:
  std::string_view rest_;
  std::size_t items_ = 0;
  bool failed_ = false;
};

std::string_view break_name(mime::LineBreak line_break) {
  return line_break == mime::LineBreak::Lf ? "lf" : "crlf";
}
mime::LineBreak read_break(std::string_view name) {
  return name == "lf" ? mime::LineBreak::Lf : mime::LineBreak::Crlf;
}

std::string record_text(const Wrapping& wrapping) {
  ItemWriter out;
  out.put(kVersion);
  out.put(wrapping.form == Sign::Form::Clear ? "clear" : "opaque");
  out.put(break_name(wrapping.line_break));
  out.put(wrapping.fields.size());
  for (const PlacedField& field : wrapping.fields) {
    out.put(field.raw);
    out.put(field.behind);
  }
  out.put(wrapping.lines.digits);
  out.put(break_name(wrapping.lines.line_break));
  out.put(wrapping.lines.after);
  out.put(wrapping.cms_before);
  out.put(break_name(wrapping.content_break));
  out.put(wrapping.before);
  out.put(wrapping.between);
  out.put(wrapping.layout.runs.size());
  for (const auto& run : wrapping.layout.runs) {
    out.put(run.before);
    out.put(run.size);
    out.put(run.count);
  }
  out.put(wrapping.layout.behind);
  out.put(wrapping.digest);
  return out.text();
}

// What a stranger writes costs little more than the message itself: lines that are held, and
// pieces that are all header, are short.
bool is_sane(const Wrapping& wrapping) {
  if (wrapping.lines.digits % 4 != 0 || wrapping.lines.digits > kMaxLine) return false;
  return std::all_of(wrapping.layout.runs.begin(), wrapping.layout.runs.end(), [](const auto& run) {
    return run.count == 1 || (run.size > 0 && run.before.size() <= kMaxHeader);
  });
}

std::optional<Wrapping> read_record(std::string_view text) {
  ItemReader in(text);
  if (in.text() != kVersion) return std::nullopt;
  Wrapping wrapping;
  wrapping.form = in.text() == "clear" ? Sign::Form::Clear : Sign::Form::Opaque;
  wrapping.line_break = read_break(in.text());
  for (std::size_t left = in.count(); left > 0; --left) {
    PlacedField field{.raw = in.string()};
    field.behind = static_cast<std::size_t>(in.number());
    wrapping.fields.push_back(std::move(field));
  }
  wrapping.lines.digits = static_cast<std::size_t>(in.number());
  wrapping.lines.line_break = read_break(in.text());
  wrapping.lines.after = in.string();
  wrapping.cms_before = in.bytes();
  wrapping.content_break = read_break(in.text());
  wrapping.before = in.string();
  wrapping.between = in.string();
  for (std::size_t left = in.count(); left > 0; --left) {
    cms::ContentLayout::Run run{.before = in.bytes()};
    run.size = in.number();
    run.count = in.number();
    wrapping.layout.runs.push_back(std::move(run));
  }
  wrapping.layout.behind = in.bytes();
  wrapping.digest = in.bytes();
  if (!in.good() || !is_sane(wrapping)) return std::nullopt;
  return wrapping;
}

// A field of the record must be one of those that it may replace: the record of a stranger
// adds no other to a header.
bool has_only_own_fields(const Wrapping& wrapping) {
  return std::all_of(wrapping.fields.begin(), wrapping.fields.end(), [](const PlacedField& field) {
    auto header = mime::Header::parse(as_bytes(field.raw));
    return header && header->fields().size() == 1 && header->malformed() == 0 &&
           field.raw.ends_with('\n') && is_of_form(header->fields()[0]) &&
           !header->fields()[0].is(kWrappingField);
  });
}

}  // namespace

std::optional<std::string> Wrapping::encode() const {
  std::string text = record_text(*this);
  if (text.size() > kMaxRecord || !is_sane(*this)) return std::nullopt;
  std::string field = std::string(kWrappingField) + ":";
  constexpr std::size_t kLine = 57;
  for (std::size_t at = 0; at < text.size(); at += kLine) {
    field += (at == 0 ? " " : "\r\n ") + mime::base64(as_bytes(text.substr(at, kLine)));
  }
  return field + "\r\n";
}

std::optional<Wrapping> Wrapping::find(const mime::Header& header) {
  auto fields = header.find_all(kWrappingField);
  if (fields.size() != 1 || fields[0]->value.size() > 2 * kMaxRecord) return std::nullopt;
  MemorySink text;
  mime::Base64Decoder decoder(text);
  bool decodes = decoder.write(as_bytes(fields[0]->value)) && decoder.finish();
  if (!decodes || decoder.saw().foreign + decoder.saw().after_padding > 0) return std::nullopt;
  auto wrapping = read_record(as_text(text.bytes()));
  if (wrapping && !has_only_own_fields(*wrapping)) return std::nullopt;
  return wrapping;
}

bool is_of_form(const mime::Field& field) {
  return field.is("Content-Type") || field.is("Content-Transfer-Encoding") ||
         field.is("Content-Disposition") || field.is("Content-Length") || field.is(kWrappingField);
}

std::string with_fields(const mime::Header& header, const std::vector<PlacedField>& fields) {
  std::vector<std::string_view> kept;
  for (const mime::Field& field : header.fields()) {
    if (!is_of_form(field)) kept.push_back(field.raw);
  }
  std::string text;
  auto next = fields.begin();
  for (std::size_t i = 0; i <= kept.size(); ++i) {
    // Those that stand before this one; what claims to have more behind it goes first.
    for (; next != fields.end() && next->behind >= kept.size() - i; ++next) text += next->raw;
    if (i < kept.size()) text += kept[i];
  }
  return text + std::string(header.empty_line());
}

}  // namespace bulla

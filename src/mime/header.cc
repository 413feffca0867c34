#include "mime/header.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/try.h"

namespace bulla::mime {
namespace {

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// ftext = %d33-57 / %d59-126
bool is_field_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return c >= 33 && c <= 126 && c != ':'; });
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// What headers without octets, and those without Content-Type, have in common.
const std::shared_ptr<const std::string>& no_octets() {
  static const auto none = std::make_shared<const std::string>();
  return none;
}

const std::shared_ptr<const ContentType>& plain_text() {
  static const auto type = std::make_shared<const ContentType>();
  return type;
}

}  // namespace

bool Field::is(std::string_view other) const { return equal_ignoring_case(name, other); }

std::string Field::unfolded() const { return unfold(value); }

std::string unfold(std::string_view value) {
  std::string result;
  result.reserve(value.size());
  for (std::size_t i = 0; i < value.size(); ++i) {
    bool crlf = value[i] == '\r' && i + 1 < value.size() && value[i + 1] == '\n';
    if (value[i] != '\n' && !crlf) result += value[i];
  }
  std::string_view trimmed = trim(result);
  return std::string(trimmed);
}

bool is_structural(std::string_view name) {
  constexpr std::string_view kPrefix = "content-";
  return equal_ignoring_case(name, "mime-version") ||
         equal_ignoring_case(name.substr(0, kPrefix.size()), kPrefix);
}

Header::Header() : octets_(no_octets()), content_type_(plain_text()) {}

Result<Header> Header::parse(ByteView octets, const Limits& limits, std::uint64_t offset) {
  if (octets.size() > limits.header_bytes) {
    return failure(Rule::LimitHeader, offset, std::to_string(limits.header_bytes));
  }
  Header header;
  header.octets_ = std::make_shared<const std::string>(as_text(octets));
  header.offset_ = offset;
  std::string_view rest = *header.octets_;
  while (!rest.empty()) {
    std::size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end == rest.npos ? rest.npos : end + 1);
    rest.remove_prefix(line.size());
    header.add_line(line);
    if (header.fields_.size() > limits.header_fields) {
      return failure(Rule::LimitHeader, offset + header.octets_->size() - rest.size(),
                     std::to_string(limits.header_fields) + " fields");
    }
    if (!header.empty_line_.empty()) break;
  }
  if (const Field* field = header.find("Content-Type")) {
    header.content_type_ = std::make_shared<const ContentType>(ContentType::parse(field->value));
  }
  return header;
}

void Header::add_line(std::string_view line) {
  note_line_end(line);
  std::string_view text = without_line_end(line);
  if (text.empty()) {
    empty_line_ = line;
    return;
  }
  bool odd = text.find('\0') != text.npos || text.find('\r') != text.npos ||
             std::all_of(text.begin(), text.end(), is_blank);
  std::size_t before = malformed_;
  if (is_blank(line[0]) && !fields_.empty()) {
    Field& field = fields_.back();
    field.raw = {field.raw.data(), field.raw.size() + line.size()};
    std::string_view all = without_line_end(field.raw);
    field.value = all.substr(static_cast<std::size_t>(field.value.data() - all.data()));
  } else {
    add_field(line);
  }
  if (odd && malformed_ == before) ++malformed_;
}

// field = field-name *WSP ":" unstructured CRLF
void Header::add_field(std::string_view line) {
  Field field{.name = {},
              .value = without_line_end(line),
              .raw = line,
              .offset = offset_ + static_cast<std::size_t>(line.data() - octets_->data())};
  std::size_t colon = field.value.find(':');
  std::string_view name = field.value.substr(0, colon == line.npos ? 0 : colon);
  name = name.substr(0, name.find_last_not_of(" \t") + 1);
  if (is_field_name(name)) {
    field.name = name;
    field.value.remove_prefix(colon + 1);
  } else {
    ++malformed_;
  }
  fields_.push_back(field);
}

void Header::note_line_end(std::string_view line) {
  if (!line.ends_with('\n')) return;
  LineEnds kind = line.ends_with("\r\n") ? LineEnds::Crlf : LineEnds::Lf;
  line_ends_ = line_ends_ == LineEnds::None || line_ends_ == kind ? kind : LineEnds::Mixed;
}

const Field* Header::find(std::string_view name) const {
  auto found = std::find_if(fields_.begin(), fields_.end(),
                            [&](const Field& field) { return field.is(name); });
  return found == fields_.end() ? nullptr : &*found;
}

std::vector<const Field*> Header::find_all(std::string_view name) const {
  std::vector<const Field*> result;
  for (const Field& field : fields_) {
    if (field.is(name)) result.push_back(&field);
  }
  return result;
}

std::size_t Header::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      fields_.begin(), fields_.end(), [&](const Field& field) { return field.is(name); }));
}

std::vector<std::string> Header::duplicates() const {
  constexpr std::array<std::string_view, 3> kSingle = {"content-type", "content-transfer-encoding",
                                                       "mime-version"};
  std::vector<std::string> result;
  for (std::string_view name : kSingle) {
    if (count(name) > 1) result.emplace_back(name);
  }
  return result;
}

ContentDisposition Header::content_disposition() const {
  const Field* field = find("Content-Disposition");
  return field == nullptr ? ContentDisposition{} : ContentDisposition::parse(field->value);
}

TransferEncoding Header::transfer_encoding() const {
  const Field* field = find("Content-Transfer-Encoding");
  return field == nullptr ? TransferEncoding::SevenBit : parse_transfer_encoding(field->value);
}

}  // namespace bulla::mime

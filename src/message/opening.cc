#include "message/opening.h"

#include "base/try.h"
#include "message/header_protection.h"

namespace bulla {

LayerRecord& Opening::add_layer(Layer::Kind kind, Layer::Form form, const std::string& place,
                                bool errant) {
  auto record = std::make_unique<LayerRecord>();
  record->layer.kind = kind;
  record->layer.form = form;
  record->layer.place = place;
  record->layer.errant = errant;
  records.push_back(std::move(record));
  return *records.back();
}

void Opening::add_hint(LayerRecord& record) {
  std::size_t index = records.size() - 1;
  if (index < hints.size() && hints[index]) record.hasher->add(*hints[index], options.limits);
}

bool Opening::is_malleable() const {
  for (auto record = records.rbegin(); record != records.rend(); ++record) {
    const Layer& layer = (*record)->layer;
    if (layer.errant) continue;
    if (layer.kind == Layer::Kind::Signed || layer.kind == Layer::Kind::AuthEnveloped) return false;
    if (layer.kind == Layer::Kind::Enveloped || layer.kind == Layer::Kind::Encrypted) return true;
  }
  return false;
}

void Opening::add(Rule rule, std::string place, std::string detail) {
  bool is_part = !place.empty() && place[0] >= '0' && place[0] <= '9';
  if (is_part) place = "part " + place;
  findings.push_back(Finding::of(rule, std::move(place), std::move(detail)));
}

// Whatever their order: it is their number alone that is bounded (MIME-45).
Result<void> Opening::check_layers() const {
  if (records.size() >= options.limits.layers) return failure(Rule::LimitLayers);
  return {};
}

Rule malformed_rule(mime::TransferEncoding encoding) {
  bool quoted = encoding == mime::TransferEncoding::QuotedPrintable;
  return quoted ? Rule::MimeBadQuotedPrintable : Rule::MimeBadBase64;
}

bool is_of_host(const Error& error) { return info(error.rule).slug.substr(0, 3) == "io."; }

Error hide(Error error) {
  return is_of_host(error) ? std::move(error) : Error{Rule::EncFailed, 0, {}};
}

bool ContentWriter::writes_mail(const mime::Header* outer) const {
  return outer != nullptr && options_.form != OpenOptions::Form::Content;
}

// Content is written as it was carried; a mail has the line ends of its header.
void ContentWriter::choose_target(const mime::Header* outer) {
  if (!writes_mail(outer)) return;
  if (options_.line_ends == OpenOptions::LineEnds::Crlf) {
    target_ = Target::Crlf;
  } else if (outer->line_ends() == mime::LineEnds::Lf) {
    target_ = Target::Lf;
  }
}

Result<void> ContentWriter::begin_unchanged(const mime::Header& header) {
  if (options_.line_ends == OpenOptions::LineEnds::Crlf) target_ = Target::Crlf;
  return write(as_bytes(header.raw()), Kind::Text);
}

Result<void> ContentWriter::begin(const mime::Header* outer, const mime::Header& payload) {
  choose_target(outer);
  // The source of the payload as it was carried, for whoever asks (HP-44).
  if (!writes_mail(outer)) return write(as_bytes(payload.raw()), Kind::Text);
  // Who is judged by the outer From must be shown with it.
  InnerFields inner = options_.part.empty() ? InnerFields::Taken : InnerFields::Ignored;
  TRY_VOID(write(merge_headers(*outer, payload, inner), Kind::Text));
  return write(as_bytes("\r\n"), Kind::Text);
}

Result<void> ContentWriter::begin_octets(const mime::Header* outer) {
  choose_target(outer);
  if (!writes_mail(outer)) return {};
  TRY_VOID(write(merge_headers(*outer, mime::Header()), Kind::Text));
  return write(as_bytes("\r\n"), Kind::Text);
}

Result<void> ContentWriter::write(ByteView bytes, Kind kind) {
  if (kind == Kind::Text && target_ == Target::Lf) return to_lf_.write(bytes);
  if (kind == Kind::Text && target_ == Target::Crlf) return to_crlf_.write(bytes);
  TRY_VOID(flush());
  return out_.write(bytes);
}

Result<void> ContentWriter::flush() {
  if (target_ == Target::Lf) return to_lf_.flush();
  if (target_ == Target::Crlf) return to_crlf_.flush();
  return {};
}

}  // namespace bulla

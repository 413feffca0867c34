#include "bulla/convert.h"

#include <algorithm>
#include <array>

#include "base/try.h"
#include "crypto/algorithm_table.h"
#include "crypto/key_wrap.h"
#include "message/handover_sink.h"
#include "message/input_form.h"
#include "message/read_all.h"
#include "message/signed_mail.h"
#include "mime/kernels.h"
#include "mime/writer.h"

namespace bulla {
namespace {

// RFC 5322 2.1.1, without the line end.
constexpr std::size_t kMaxLine = 998;
constexpr std::size_t kBoundaryOctets = 16;

std::string with_break(std::string text, mime::LineBreak line_break) {
  if (line_break == mime::LineBreak::Lf) std::erase(text, '\r');
  return text;
}

// Base64 in lines of any length, the last one open; or the octets as they are.
class LineEncoder final : public Sink {
 public:
  LineEncoder(LineLayout layout, Sink& next)
      : layout_(std::move(layout)),
        next_(next),
        usual_(next, {.line_break = layout_.line_break, .last_line = mime::LastLine::Open}) {}

  Result<void> write(ByteView octets) override {
    if (layout_.digits == 0) return next_.write(octets);
    if (is_usual()) return usual_.write(octets);
    append(pending_, octets);
    std::size_t line = layout_.digits / 4 * 3;
    std::size_t at = 0;
    for (; pending_.size() - at > line; at += line) {
      TRY_VOID(put(ByteView(pending_).subspan(at, line)));
    }
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(at));
    return {};
  }

  // Ends the last line, and writes what stands behind it; `next` is not finished.
  Result<void> finish() override {
    if (is_usual()) TRY_VOID(usual_.flush());
    if (!is_usual() && layout_.digits != 0) TRY_VOID(put(pending_));
    return next_.write(as_bytes(layout_.after));
  }

 private:
  bool is_usual() const { return layout_.digits == mime::kernels::kBase64LineDigits; }

  Result<void> put(ByteView line) {
    std::string text = started_ ? with_break("\r\n", layout_.line_break) : "";
    started_ = true;
    return next_.write(as_bytes(text + mime::base64(line)));
  }

  LineLayout layout_;
  Sink& next_;
  mime::Base64Encoder usual_;
  Bytes pending_;
  bool started_ = false;
};

// Whether content may stand in mail as it is (RFC 8551 3.1.3): the signature covers its octets,
// so that nothing can be encoded any more.
class CarriageCheck final : private mime::EntityHandler {
 public:
  Result<void> write(ByteView octets) {
    TRY_VOID(parser_.push(octets));
    TRY_VOID(canonicalizer_.write(octets));
    if (mime::kernels::find_not_seven_bit(octets) < octets.size()) {
      return failure(Rule::MimeNotSevenBit, 0, "octets past ASCII");
    }
    std::string_view text = as_text(octets);
    while (!text.empty()) {
      std::size_t end = text.find('\n');
      line_ += std::min(end, text.size());
      if (line_ > kMaxLine + 1) return failure(Rule::MimeNotSevenBit, 0, "a line is too long");
      if (end == text.npos) break;
      line_ = 0;
      text.remove_prefix(end + 1);
    }
    return {};
  }

  Result<void> finish() {
    TRY_VOID(parser_.finish());
    TRY_VOID(canonicalizer_.flush());
    const mime::LineEndCounts& saw = canonicalizer_.saw();
    if (saw.bare_lf || saw.bare_cr) {
      return failure(Rule::MimeNotSevenBit, 0, "line ends that are not CRLF");
    }
    return {};
  }

 private:
  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    bool is_header =
        header.malformed() == 0 && (!header.fields().empty() || !header.empty_line().empty());
    if (!is_header) return failure(Rule::MimeNotAnEntity);
    return mime::BodyPlan{};
  }

  mime::EntityParser parser_{*this};
  NullSink nowhere_;
  mime::Canonicalizer canonicalizer_{nowhere_};
  std::size_t line_ = 0;
};

// The first reading: what the message is, and what has to be known before it can be written.
class Scan final : public SignedMailHandler {
 public:
  explicit Scan(Sign::Form to) : to_(to) {}

  Sign::Form form = Sign::Form::Clear;
  bool has_record = false;  // which may be none that can be read
  std::optional<Wrapping> recorded;
  std::uint64_t content_size = 0;
  cms::SplitSignedData parts;

 private:
  Result<void> on_signed_header(const mime::Header& header, Sign::Form now) override {
    form = now;
    has_record = !header.find_all(kWrappingField).empty();
    recorded = Wrapping::find(header);
    return {};
  }
  Result<void> on_content(ByteView octets) override {
    content_size += octets.size();
    return to_ == Sign::Form::Clear && form != to_ ? check_.write(octets) : Result<void>();
  }
  Result<void> on_signature(cms::SplitSignedData& found) override {
    parts = std::move(found);
    return to_ == Sign::Form::Clear && form != to_ ? check_.finish() : Result<void>();
  }

  Sign::Form to_;
  CarriageCheck check_;
};

// Where a conversion goes.
struct Outputs {
  Sink& header;
  Sink& body;
};

// Writes the message as its record says that it was.
class Restoring final : public SignedMailHandler {
 public:
  Restoring(const Wrapping& wrapping, Outputs out)
      : wrapping_(wrapping), out_(out), encoder_(wrapping.lines, out.body), to_lf_(out.body) {}

 private:
  bool is_clear() const { return wrapping_.form == Sign::Form::Clear; }

  Result<void> on_signed_header(const mime::Header& header, Sign::Form) override {
    TRY_VOID(out_.header.write(as_bytes(with_fields(header, wrapping_.fields))));
    if (is_clear()) return out_.body.write(as_bytes(wrapping_.before));
    return encoder_.write(wrapping_.cms_before);
  }

  Result<void> on_content(ByteView octets) override {
    if (!is_clear()) return divide(octets);
    return wrapping_.content_break == mime::LineBreak::Lf ? to_lf_.write(octets)
                                                          : out_.body.write(octets);
  }

  Result<void> on_signature(cms::SplitSignedData& parts) override {
    if (is_clear()) {
      TRY_VOID(to_lf_.flush());
      TRY_VOID(out_.body.write(as_bytes(wrapping_.between)));
      TRY_VOID(encoder_.write(wrapping_.cms_before));
    } else {
      TRY_VOID(divide({}));
      TRY_VOID(encoder_.write(wrapping_.layout.behind));
    }
    TRY_VOID(encoder_.write(parts.behind));
    return encoder_.finish();
  }

  // Puts the headers of the pieces between the octets; what has no place in a piece is left
  // out, and the digest tells.
  Result<void> divide(ByteView octets) {
    const auto& runs = wrapping_.layout.runs;
    while (run_ < runs.size()) {
      if (left_ == 0 && !inside_) {
        if (piece_ == runs[run_].count) {
          ++run_;
          piece_ = 0;
          continue;
        }
        if (octets.empty() && runs[run_].size > 0) return {};
        TRY_VOID(encoder_.write(runs[run_].before));
        left_ = runs[run_].size;
        inside_ = true;
      }
      auto count = static_cast<std::size_t>(std::min<std::uint64_t>(left_, octets.size()));
      TRY_VOID(encoder_.write(octets.first(count)));
      octets = octets.subspan(count);
      left_ -= count;
      if (left_ > 0) return {};
      inside_ = false;
      ++piece_;
    }
    return {};
  }

  const Wrapping& wrapping_;
  Outputs out_;
  LineEncoder encoder_;
  mime::CrlfToLf to_lf_;
  std::size_t run_ = 0;
  std::uint64_t piece_ = 0;
  std::uint64_t left_ = 0;
  bool inside_ = false;
};

// The other form, as we write it.
struct NewForm {
  Sign::Form form = Sign::Form::Clear;
  mime::LineBreak line_break = mime::LineBreak::Crlf;
  std::string fields = {};    // with CRLF
  std::string boundary = {};  // of the clear one
  std::uint64_t content_size = 0;
};

Result<NewForm> plan_form(const Scan& scan, const Wrapping& now, Sign::Form to) {
  NewForm plan{.form = to, .line_break = now.line_break, .content_size = scan.content_size};
  if (to == Sign::Form::Opaque) {
    plan.fields = mime::write_pkcs7_mime_header({.smime_type = "signed-data"});
    return plan;
  }
  plan.boundary = mime::make_boundary(TRY(crypto::random_bytes(kBoundaryOctets)));
  std::vector<std::string> micalg;
  for (const auto& algorithm : scan.parts.header.digest_algorithms) {
    auto digest = crypto::read_digest(algorithm);
    if (digest) crypto::add_micalg(micalg, *digest);
  }
  plan.fields = mime::write_multipart_signed_header(micalg, plan.boundary);
  return plan;
}

// Writes the message in that form.
class Converting final : public SignedMailHandler {
 public:
  Converting(const NewForm& plan, const Scan& scan, std::string record, const Limits& limits,
             Sink& out)
      : plan_(plan),
        scan_(scan),
        record_(std::move(record)),
        limits_(limits),
        out_(out),
        encoder_({.digits = mime::kernels::kBase64LineDigits,
                  .line_break = plan.line_break,
                  .after = ""},
                 out),
        to_lf_(out) {}

 private:
  bool is_clear() const { return plan_.form == Sign::Form::Clear; }
  Result<void> text(std::string text) {
    return out_.write(as_bytes(with_break(std::move(text), plan_.line_break)));
  }

  // In the place of the Content-Type that it had.
  Result<void> on_signed_header(const mime::Header& header, Sign::Form) override {
    std::size_t behind = 0;
    bool found = false;
    for (const mime::Field& field : header.fields()) {
      found = found || field.is("Content-Type");
      if (found && !is_of_form(field)) ++behind;
    }
    std::string fields = with_break(record_ + plan_.fields, plan_.line_break);
    TRY_VOID(out_.write(as_bytes(with_fields(header, {{fields, behind}}))));
    if (is_clear()) return text(mime::first_delimiter(plan_.boundary));
    Bytes before = TRY(scan_.parts.before_content(plan_.content_size, limits_));
    return encoder_.write(before);
  }

  Result<void> on_content(ByteView octets) override {
    if (!is_clear()) return encoder_.write(octets);
    return plan_.line_break == mime::LineBreak::Lf ? to_lf_.write(octets) : out_.write(octets);
  }

  Result<void> on_signature(cms::SplitSignedData& parts) override {
    if (!is_clear()) {
      TRY_VOID(encoder_.write(parts.behind));
      TRY_VOID(encoder_.finish());
      return text("\r\n");
    }
    TRY_VOID(to_lf_.flush());
    TRY_VOID(
        text(mime::next_delimiter(plan_.boundary) + mime::write_pkcs7_signature_header() + "\r\n"));
    Bytes signature = TRY(parts.detached(limits_));
    TRY_VOID(encoder_.write(signature));
    TRY_VOID(encoder_.finish());
    return text(mime::close_delimiter(plan_.boundary));
  }

  const NewForm& plan_;
  const Scan& scan_;
  std::string record_;
  const Limits& limits_;
  Sink& out_;
  LineEncoder encoder_;
  mime::CrlfToLf to_lf_;
};

class HashSink final : public Sink {
 public:
  explicit HashSink(crypto::Hasher hasher) : hasher_(std::move(hasher)) {}
  Result<void> write(ByteView bytes) override {
    hasher_.update(bytes);
    return {};
  }
  Result<void> finish() override { return {}; }
  Bytes digest() { return hasher_.finish(); }

 private:
  crypto::Hasher hasher_;
};

// What a conversion leaves as it is: the signed octets, and everything in the CMS message but its
// lengths and the division of its content.
class Substance final : public SignedMailHandler {
 public:
  explicit Substance(crypto::Hasher hasher) : hasher_(std::move(hasher)) {}
  static Result<Substance> create() {
    return Substance(TRY(crypto::Hasher::create(Digest::Sha256)));
  }

  // In whichever form.
  bool is_same(const Substance& other) const {
    return digest_ == other.digest_ && parts_.has_same_signatures(other.parts_);
  }
  Sign::Form form() const { return form_; }

 private:
  Result<void> on_signed_header(const mime::Header&, Sign::Form form) override {
    form_ = form;
    return {};
  }
  Result<void> on_content(ByteView octets) override {
    hasher_.update(octets);
    return {};
  }
  Result<void> on_signature(cms::SplitSignedData& parts) override {
    parts_ = std::move(parts);
    digest_ = hasher_.finish();
    return {};
  }

  crypto::Hasher hasher_;
  Sign::Form form_ = Sign::Form::Clear;
  Bytes digest_;
  cms::SplitSignedData parts_;
};

// Reads what a record leads to: its header, and its body with the digest. What cannot be read
// again is no error of the input.
class Rereading {
 public:
  static Result<std::unique_ptr<Rereading>> create(const Limits& limits) {
    auto body = TRY(crypto::Hasher::create(Digest::Sha256));
    auto substance = TRY(Substance::create());
    return std::unique_ptr<Rereading>(new Rereading(std::move(body), std::move(substance), limits));
  }

  Sink& header() { return header_; }
  Sink& body() { return body_; }
  // Whether that is a signed mail with this digest of its body.
  bool finish(ByteView digest) {
    return good_ && reader_.finish() && equal(body_.hasher.finish(), digest);
  }
  const Substance& substance() const { return substance_; }

 private:
  struct Part : Sink {
    explicit Part(Rereading& to) : owner(to) {}
    Result<void> write(ByteView bytes) override {
      owner.good_ = owner.good_ && owner.reader_.write(bytes);
      return {};
    }
    Result<void> finish() override { return {}; }
    Rereading& owner;
  };
  struct Body final : Part {
    Body(Rereading& to, crypto::Hasher digest) : Part(to), hasher(std::move(digest)) {}
    Result<void> write(ByteView bytes) override {
      hasher.update(bytes);
      return Part::write(bytes);
    }
    crypto::Hasher hasher;
  };

  Rereading(crypto::Hasher body, Substance substance, const Limits& limits)
      : substance_(std::move(substance)),
        reader_(substance_, limits),
        header_(*this),
        body_(*this, std::move(body)) {}

  Substance substance_;
  SignedMailReader reader_;
  Part header_;
  Body body_;
  bool good_ = true;
};

class Conversion {
 public:
  Conversion(Source& in, Sink& out, Sign::Form to, const ConvertOptions& options)
      : in_(in), out_(out), to_(to), options_(options), scan_(to) {}

  Result<SealReport> run() {
    now_ = TRY(read(scan_));
    std::string form = to_ == Sign::Form::Clear ? "clear" : "opaque";
    if (scan_.form == to_) {
      TRY_VOID(copy());
      report_.steps.push_back("the signature is " + form + " already");
      return report_;
    }
    if (scan_.has_record && TRY(leads_back())) {
      Restoring restoring(*scan_.recorded, {out_, out_});
      TRY(read(restoring));
      report_.steps.push_back("the signature is " + form + ", as it was before");
    } else {
      TRY_VOID(convert_anew());
      report_.steps.push_back("the signature is " + form + " now");
    }
    TRY_VOID(out_.finish());
    return report_;
  }

 private:
  // Pushes everything through a handler.
  Result<Wrapping> read(SignedMailHandler& handler) {
    SignedMailReader reader(handler, options_.limits);
    TRY_VOID(read_again([&](ByteView octets) { return reader.write(octets); }));
    TRY_VOID(reader.finish());
    return reader.wrapping();
  }

  template <typename Push>
  Result<void> read_again(Push push) {
    if (is_read_ && !TRY(in_.rewind())) {
      return failure(Rule::IoRead, 0, "the input cannot be read twice");
    }
    is_read_ = true;
    return read_all(in_, push);
  }

  Result<void> copy() {
    TRY_VOID(read_again([&](ByteView octets) { return out_.write(octets); }));
    return out_.finish();
  }

  // Whether the record gives the body that it speaks of, and a mail with this content and this
  // signature: lists and relays change messages, and a stranger may have written the record.
  Result<bool> leads_back() {
    std::string why = "its record cannot be read";
    if (scan_.recorded) {
      const Wrapping& record = *scan_.recorded;
      bool fits = record.form == to_ && record.line_break == now_.line_break;
      if (fits && TRY(restores_all(record))) return true;
      why = "it has changed since it was converted";
    }
    report_.findings.push_back(Finding::of(Rule::MimeNotRestorable, {}, std::move(why)));
    return false;
  }

  Result<bool> restores_all(const Wrapping& record) {
    Substance now = TRY(Substance::create());
    TRY(read(now));
    auto restored = TRY(Rereading::create(options_.limits));
    Restoring restoring(record, {restored->header(), restored->body()});
    TRY(read(restoring));
    return restored->finish(record.digest) && restored->substance().form() == to_ &&
           restored->substance().is_same(now);
  }

  Result<void> convert_anew() {
    NewForm plan = TRY(plan_form(scan_, now_, to_));
    std::string record;
    if (auto field = now_.encode(); field && TRY(restores(plan))) record = std::move(*field);
    if (record.empty()) report_.findings.push_back(Finding::of(Rule::MimeNotRestorable));
    Converting converting(plan, scan_, std::move(record), options_.limits, out_);
    TRY(read(converting));
    return {};
  }

  // Whether what is now would come out of what is about to be written.
  Result<bool> restores(const NewForm& plan) {
    HashSink body(TRY(crypto::Hasher::create(Digest::Sha256)));
    NullSink nowhere;
    Restoring restoring(now_, {nowhere, body});
    SignedMailReader converted(restoring, options_.limits);
    Converting converting(plan, scan_, {}, options_.limits, converted);
    TRY(read(converting));
    TRY_VOID(converted.finish());
    return equal(body.digest(), now_.digest);
  }

  Source& in_;
  Sink& out_;
  Sign::Form to_;
  const ConvertOptions& options_;
  Scan scan_;
  Wrapping now_;
  SealReport report_;
  bool is_read_ = false;
};

// Bare CMS has no clear form: there is no header for the boundary.
Result<void> check_is_mail(Source& in) {
  Bytes beginning;
  std::array<std::uint8_t, 128> octets;
  while (needs_more(beginning)) {
    std::size_t count = TRY(in.read(octets));
    if (count == 0) break;
    append(beginning, ByteView(octets).first(count));
  }
  if (beginning.empty()) return failure(Rule::IoNoInput, 0, "the input is empty");
  if (input_form(beginning) == InputForm::Mail) {
    return TRY(in.rewind()) ? Result<void>() : failure(Rule::IoRead, 0, "it cannot be read twice");
  }
  return failure(Rule::MimeNotAnEntity, 0, "only mail has a clear and an opaque form");
}

}  // namespace

Result<SealReport> convert(Source& in, Sink& out, Sign::Form to, const ConvertOptions& options) {
  TRY_VOID(check_is_mail(in));
  HandoverSink output(out, options.workers);
  auto done = Conversion(in, output, to, options).run();
  // What the output refused was written before whatever else went wrong.
  if (!done) TRY_VOID(output.settle());
  return done;
}

}  // namespace bulla

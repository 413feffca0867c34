// The whole input: a mail, or CMS in one of its forms; and the search for one part of a mail.
#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "message/cms_stage.h"
#include "message/input_form.h"
#include "message/opening.h"
#include "mime/parser.h"

namespace bulla {
namespace {

std::unique_ptr<Sink> make_cms_stage(Opening& opening) {
  auto decide = [&opening](const Oid& content_type) {
    bool encrypts = cms::encrypts(content_type);
    bool peel_all = opening.options.peel == OpenOptions::Peel::All;
    return encrypts || peel_all ? CmsStage::Use::Peel : CmsStage::Use::Leave;
  };
  return std::make_unique<CmsStage>(opening, CmsStage::Options{.place = "",
                                                               .scope = Scope::Envelope,
                                                               .origin = Origin::Cms,
                                                               .form = Layer::Form::Opaque,
                                                               .detached = nullptr,
                                                               .offset = 0,
                                                               .decide = decide});
}

// Walks to the part with a path such as "1.2" and opens it as if it were the message.
class PartStage final : public Sink, private mime::EntityHandler {
 public:
  PartStage(Opening& opening, std::string path, std::string place, Position position,
            std::uint64_t offset)
      : opening_(opening),
        path_(std::move(path)),
        place_(std::move(place)),
        position_(position),
        parser_(*this, opening.options.limits, offset) {}

  Result<void> write(ByteView bytes) override { return parser_.push(bytes); }

  Result<void> finish() override {
    TRY_VOID(parser_.finish());
    if (is_message_) TRY_VOID(on_part_end());
    if (found_) return {};
    return failure(Rule::IoUsage, 0, "there is no part " + opening_.options.part + ": " + parts());
  }

 private:
  // The parts that stand where the wanted one does not.
  std::string parts() const {
    std::string whole = place_.empty() ? "the message" : "part " + place_;
    if (parts_ == 0) return whole + " has no parts";
    std::string before = place_.empty() ? "" : place_ + ".";
    std::string has = whole + " has " + before + "1";
    return parts_ == 1 ? has : has + " to " + before + std::to_string(parts_);
  }

  // The first number of the path, and what is left of it.
  std::size_t wanted() const {
    auto number = parse_decimal(std::string_view(path_).substr(0, path_.find('.')));
    return number ? static_cast<std::size_t>(*number) : 0;
  }
  std::string rest() const {
    std::size_t dot = path_.find('.');
    return dot == path_.npos ? "" : path_.substr(dot + 1);
  }

  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    if (position_ == Position::Root) opening_.outer_header = header;
    if (std::count(path_.begin(), path_.end(), '.') >=
        static_cast<std::ptrdiff_t>(opening_.options.limits.mime_depth)) {
      return failure(Rule::LimitMimeDepth);
    }
    // The message in a message/rfc822 is its part 1.
    is_message_ = header.content_type().is("message", "rfc822");
    if (is_message_) TRY_VOID(on_part_begin(parser_.offset()));
    return mime::plan_body(header);
  }

  Result<void> on_body(ByteView raw) override {
    return is_message_ ? on_part(raw) : Result<void>();
  }

  Result<void> on_part_begin(std::uint64_t offset) override {
    std::string number = std::to_string(++parts_);
    if (parts_ != wanted()) return {};
    found_ = true;
    std::string place = place_.empty() ? number : place_ + "." + number;
    if (rest().empty()) {
      child_ = make_entity_stage(opening_, place, Position::Inner, offset);
    } else {
      child_ = std::make_unique<PartStage>(opening_, rest(), place, Position::Inner, offset);
    }
    return {};
  }

  Result<void> on_part(ByteView raw) override {
    return child_ ? child_->write(raw) : Result<void>();
  }

  Result<void> on_part_end() override {
    if (!child_) return {};
    std::unique_ptr<Sink> child = std::move(child_);
    return child->finish();
  }

  Opening& opening_;
  std::string path_;
  std::string place_;
  Position position_;
  mime::EntityParser parser_;
  std::size_t parts_ = 0;
  bool found_ = false;
  bool is_message_ = false;
  std::unique_ptr<Sink> child_;
};

std::unique_ptr<Sink> make_stage(Opening& opening, InputForm form) {
  switch (form) {
    case InputForm::Der:
      return make_cms_stage(opening);
    case InputForm::Pem:
      return make_armor_stage(make_cms_stage(opening));
    case InputForm::Base64:
      return make_base64_stage(make_cms_stage(opening));
    case InputForm::Mail:
      break;
  }
  const std::string& part = opening.options.part;
  if (part.empty()) return make_entity_stage(opening, "", Position::Root, 0);
  return std::make_unique<PartStage>(opening, part, "", Position::Root, 0);
}

}  // namespace

std::unique_ptr<Sink> make_input_stage(Opening& opening) {
  return make_form_stage(
      [&opening](InputForm form, std::string_view) { return make_stage(opening, form); });
}

}  // namespace bulla

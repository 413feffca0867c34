// The pipeline of an inspection. Each level is a Sink that owns the one inside of it, so that
// nesting costs one object a level, bounded by Limits::mime_depth and Limits::layers.
#include "cli/inspection.h"

#include <memory>
#include <optional>

#include "base/text.h"
#include "base/try.h"
#include "cli/inspect_cms.h"
#include "cli/inspect_request.h"
#include "cms/content_type.h"
#include "cms/decrypt.h"
#include "cms/parser.h"
#include "message/input_form.h"
#include "message/read_all.h"
#include "mime/base64.h"
#include "mime/parser.h"
#include "mime/smime_type.h"
#include "mime/transfer.h"
#include "mime/words.h"

namespace bulla::cli {
namespace {

constexpr std::size_t kMaxNodes = 20'000;  // 1,000 parts, and twenty times more to say of them

struct Pen {
  Inspection& to;
  const Limits& limits;

  // The new node's index: nodes move when others are added.
  Result<std::size_t> add(Node node, std::size_t depth) {
    if (to.nodes.size() >= kMaxNodes) return failure(Rule::LimitElements);
    node.depth += depth;
    to.nodes.push_back(std::move(node));
    return to.nodes.size() - 1;
  }
};

// Keeps what is wrong inside as a fact of a node, so that the rest is still read.
class Guard final : public Sink {
 public:
  Guard(Pen& pen, std::size_t node, std::unique_ptr<Sink> inner)
      : pen_(pen), node_(node), inner_(std::move(inner)) {}

  Result<void> write(ByteView bytes) override {
    return inner_ ? check(inner_->write(bytes)) : Result<void>();
  }
  Result<void> finish() override { return inner_ ? check(inner_->finish()) : Result<void>(); }

 private:
  Result<void> check(Result<void> result) {
    if (result) return {};
    if (result.error().rule == Rule::LimitElements) return result;
    pen_.to.nodes[node_].add("error", describe(result.error()));
    pen_.to.errors.push_back(result.error());
    inner_.reset();
    return {};
  }

  Pen& pen_;
  std::size_t node_;
  std::unique_ptr<Sink> inner_;
};

std::unique_ptr<Sink> make_entity(Pen& pen, std::size_t depth, std::string path,
                                  std::uint64_t offset);
std::unique_ptr<Sink> make_inner(Pen& pen, std::size_t depth);

class CmsInspector final : public Sink, private cms::EventHandler {
 public:
  CmsInspector(Pen& pen, std::size_t depth)
      : pen_(pen), depth_(depth), parser_(*this, pen.limits) {}

  Result<void> write(ByteView bytes) override { return parser_.push(bytes); }
  Result<void> finish() override { return parser_.finish(); }

 private:
  Result<void> content_info(const Oid& type) override {
    bool known = cms::needs_key(type) || type == cms::kSignedData || type == cms::kCompressedData ||
                 type == cms::kDigestedData;
    if (known) return {};
    std::string name(cms::name(cms::content_type(type)));
    TRY(pen_.add({.depth = 0, .kind = "cms", .name = name, .facts = {{"oid", type.to_string()}}},
                 depth_));
    return {};
  }

  Result<void> signed_data(const cms::SignedHeader& header) override {
    content_type_ = header.content_type;
    node_ = TRY(pen_.add(signed_node(header), depth_));
    return {};
  }

  Result<void> enveloped_data(cms::EnvelopedHeader header) override {
    encrypted_ = true;
    node_ = TRY(pen_.add(enveloped_node(header), depth_));
    for (const cms::RecipientInfo& info : header.recipients) {
      for (Node& node : recipient_nodes(info)) TRY(pen_.add(std::move(node), depth_));
    }
    for (const Certificate& one : header.originator_certificates) {
      TRY(pen_.add(certificate_node(one), depth_));
    }
    return {};
  }

  Result<void> authenticated_data(cms::AuthenticatedHeader header) override {
    content_type_ = header.common.content_type;
    node_ = TRY(pen_.add(authenticated_node(header), depth_));
    for (const cms::RecipientInfo& info : header.common.recipients) {
      for (Node& node : recipient_nodes(info)) TRY(pen_.add(std::move(node), depth_));
    }
    return {};
  }

  Result<void> digested_data(const cms::DigestedHeader& header) override {
    content_type_ = header.content_type;
    node_ = TRY(pen_.add(digested_node(header), depth_));
    return {};
  }

  Result<void> compressed_data(const Oid& type) override {
    content_type_ = type;
    node_ =
        TRY(pen_.add({.depth = 0, .kind = "cms", .name = "compressed-data", .facts = {}}, depth_));
    inflater_.emplace(TRY(cms::Inflater::create(pen_.limits)));
    return {};
  }

  Result<void> content(ByteView chunk) override {
    size_ += chunk.size();
    if (encrypted_) return {};
    if (!inflater_) return pass_on(chunk);
    return inflater_->update(chunk, [this](ByteView bytes) { return pass_on(bytes); });
  }

  Result<void> content_end(cms::Presence presence) override {
    bool present = presence == cms::Presence::Present;
    pen_.to.nodes[node_].add("content", present ? std::to_string(size_) + " octets" : "absent");
    if (inflater_ && present) TRY_VOID(inflater_->finish());
    return inner_ ? inner_->finish() : Result<void>();
  }

  Result<void> signed_tail(cms::SignedTail tail) override {
    for (const cms::SignerInfo& signer : tail.signers) {
      TRY(pen_.add(signer_node(signer, content_type_), depth_));
      for (Node& node : attestation_nodes(signer)) TRY(pen_.add(std::move(node), depth_));
    }
    for (const Certificate& one : tail.certificates) {
      TRY(pen_.add(certificate_node(one), depth_));
    }
    for (const Bytes& crl : tail.crls) {
      TRY(pen_.add(
          {.depth = 1, .kind = "crl", .name = std::to_string(crl.size()) + " octets", .facts = {}},
          depth_));
    }
    return {};
  }

  Result<void> enveloped_tail(cms::EnvelopedTail) override { return {}; }

  Result<void> pass_on(ByteView bytes) {
    if (!inner_) {
      inner_ = std::make_unique<Guard>(pen_, node_, make_inner(pen_, depth_ + 1));
    }
    return inner_->write(bytes);
  }

  Pen& pen_;
  std::size_t depth_;
  cms::Parser parser_;
  std::size_t node_ = 0;
  std::uint64_t size_ = 0;
  bool encrypted_ = false;
  Oid content_type_;
  std::optional<cms::Inflater> inflater_;
  std::unique_ptr<Sink> inner_;
};

// A certification request: held as a whole, which is never much.
class RequestInspector final : public Sink {
 public:
  RequestInspector(Pen& pen, std::size_t depth) : pen_(pen), depth_(depth) {}

  Result<void> write(ByteView bytes) override {
    if (bytes.size() > pen_.limits.certificate_bytes - der_.size()) {
      return failure(Rule::LimitSize, 0, "the certification request");
    }
    append(der_, bytes);
    return {};
  }
  Result<void> finish() override {
    Node node = TRY(request_node(std::move(der_), pen_.limits));
    TRY(pen_.add(std::move(node), depth_));
    return {};
  }

 private:
  Pen& pen_;
  std::size_t depth_;
  Bytes der_;
};

bool is_request_body(const mime::Header& header) {
  mime::SmimeKind kind = mime::recognize_smime(header).kind;
  return kind == mime::SmimeKind::Pkcs10 || kind == mime::SmimeKind::OctetStreamP10;
}

bool is_smime_body(const mime::Header& header) {
  switch (mime::recognize_smime(header).kind) {
    case mime::SmimeKind::None:
    case mime::SmimeKind::MultipartSigned:
    case mime::SmimeKind::MultipartSignedForeign:
    case mime::SmimeKind::MultipartEncrypted:
    case mime::SmimeKind::Pkcs10:
    case mime::SmimeKind::OctetStreamP10:
      return false;
    default:
      return true;
  }
}

class EntityInspector final : public Sink, private mime::EntityHandler {
 public:
  EntityInspector(Pen& pen, std::size_t depth, std::string path, std::uint64_t offset)
      : pen_(pen), depth_(depth), path_(std::move(path)), parser_(*this, pen.limits, offset) {}

  Result<void> write(ByteView bytes) override { return parser_.push(bytes); }

  Result<void> finish() override {
    TRY_VOID(parser_.finish());
    if (decoder_) {
      TRY_VOID(decoder_->finish());  // and what it writes to
    } else if (child_) {
      TRY_VOID(child_->finish());
    }
    pen_.to.nodes[node_].add("size", std::to_string(parser_.offset() - start_) + " octets");
    if (parser_.unclosed()) note(Rule::MimeUnclosed);
    return {};
  }

 private:
  Result<mime::BodyPlan> on_header(const mime::Header& header) override {
    start_ = header.offset();
    const mime::ContentType& type = header.content_type();
    Node node{.depth = 0, .kind = "entity", .name = type.name(), .facts = {}};
    if (!path_.empty()) node.add("part", path_);
    add_header_facts(header, type, node);
    node_ = TRY(pen_.add(std::move(node), depth_));
    if (header.malformed() > 0) note(Rule::MimeMalformedHeader);
    mime::BodyPlan plan = mime::plan_body(header);
    if (plan.kind == mime::BodyPlan::Kind::Leaf) TRY_VOID(open_body(header, type));
    return plan;
  }

  void add_header_facts(const mime::Header& header, const mime::ContentType& type, Node& node) {
    for (const mime::Parameter& parameter : type.parameters.all()) {
      node.add(parameter.name, parameter.value);
    }
    mime::ContentDisposition disposition = header.content_disposition();
    node.add("disposition", disposition.kind);
    if (auto name = disposition.get("filename")) node.add("filename", std::string(*name));
    node.add("encoding", std::string(mime::transfer_encoding_name(header.transfer_encoding())));
    for (const char* name : {"From", "To", "Subject", "Date"}) {
      const mime::Field* field = header.find(name);
      if (field != nullptr) node.add(lower(name), mime::decode_words(field->value));
    }
  }

  Result<void> open_body(const mime::Header& header, const mime::ContentType& type) {
    bool is_message = type.is("message", "rfc822") || type.is("message", "global");
    std::unique_ptr<Sink> inside;
    if (is_smime_body(header)) {
      inside = std::make_unique<CmsInspector>(pen_, depth_ + 1);
    } else if (is_request_body(header)) {
      inside = std::make_unique<RequestInspector>(pen_, depth_ + 1);
    } else if (is_message) {
      inside = make_entity(pen_, depth_ + 1, path_.empty() ? "1" : path_ + ".1", 0);
    } else {
      return {};
    }
    if (depth_ >= pen_.limits.mime_depth) return failure(Rule::LimitMimeDepth);
    child_ = std::make_unique<Guard>(pen_, node_, std::move(inside));
    decoder_ = mime::make_transfer_decoder(header.transfer_encoding(), *child_);
    return {};
  }

  Result<void> on_body(ByteView raw) override {
    return decoder_ ? decoder_->write(raw) : Result<void>();
  }

  Result<void> on_part_begin(std::uint64_t offset) override {
    if (depth_ >= pen_.limits.mime_depth) return failure(Rule::LimitMimeDepth);
    std::string number = std::to_string(++parts_);
    std::string path = path_.empty() ? number : path_ + "." + number;
    child_ = std::make_unique<Guard>(pen_, node_, make_entity(pen_, depth_ + 1, path, offset));
    return {};
  }
  Result<void> on_part(ByteView raw) override {
    return child_ ? child_->write(raw) : Result<void>();
  }
  Result<void> on_part_end() override {
    std::unique_ptr<Sink> child = std::move(child_);
    return child ? child->finish() : Result<void>();
  }

  void note(Rule rule) {
    pen_.to.nodes[node_].add(
        "note", std::string(info(rule).text) + " [" + std::string(info(rule).slug) + "]");
  }

  Pen& pen_;
  std::size_t depth_;
  std::string path_;
  mime::EntityParser parser_;
  std::size_t node_ = 0;
  std::size_t parts_ = 0;
  std::uint64_t start_ = 0;
  std::unique_ptr<Sink> child_;
  std::unique_ptr<mime::TransferDecoder> decoder_;
};

// Base64 between the lines of a PEM armor. Lines are short, or this is none.
class ArmorReader final : public Sink {
 public:
  explicit ArmorReader(std::unique_ptr<Sink> next) : next_(std::move(next)), decoder_(*next_) {}

  Result<void> write(ByteView bytes) override {
    for (std::uint8_t octet : bytes) {
      if (octet == '\n') {
        TRY_VOID(take_line());
      } else if (line_.size() < kMaxLine) {
        line_ += static_cast<char>(octet);
      } else {
        return failure(Rule::LimitSize, 0, "a line of the PEM text");
      }
    }
    return {};
  }

  Result<void> finish() override {
    TRY_VOID(take_line());
    return decoder_.finish();
  }

 private:
  static constexpr std::size_t kMaxLine = 1024;

  Result<void> take_line() {
    std::string line(trim(line_));
    line_.clear();
    if (line.substr(0, 5) == "-----") {
      ended_ = line.substr(0, 9) == "-----END ";
      return {};
    }
    return ended_ ? Result<void>() : decoder_.write(as_bytes(line));
  }

  std::unique_ptr<Sink> next_;
  mime::Base64Decoder decoder_;
  std::string line_;
  bool ended_ = false;
};

// Octets without a structure.
class OctetCounter final : public Sink {
 public:
  OctetCounter(Pen& pen, std::size_t depth) : pen_(pen), depth_(depth) {}
  Result<void> write(ByteView bytes) override {
    size_ += bytes.size();
    return {};
  }
  Result<void> finish() override {
    std::string size = std::to_string(size_) + " octets";
    TRY(pen_.add({.depth = 0, .kind = "content", .name = "octets", .facts = {{"size", size}}},
                 depth_));
    return {};
  }

 private:
  Pen& pen_;
  std::size_t depth_;
  std::uint64_t size_ = 0;
};

// Looks at the beginning and chooses: CMS in one of its forms, a MIME entity, or, inside of
// CMS alone, octets.
class Chooser final : public Sink {
 public:
  enum class Place { Input, Inside };
  Chooser(Pen& pen, std::size_t depth, Place place) : pen_(pen), depth_(depth), place_(place) {}

  Result<void> write(ByteView bytes) override {
    if (next_) return next_->write(bytes);
    append(beginning_, bytes);
    return beginning_.size() < kEnough ? Result<void>() : choose();
  }

  Result<void> finish() override {
    if (!next_) TRY_VOID(choose());
    return next_->finish();
  }

 private:
  static constexpr std::size_t kEnough = 1024;

  Result<void> choose() {
    if (place_ == Place::Input && beginning_.empty()) {
      return failure(Rule::IoNoInput, 0, "the input is empty");
    }
    InputForm form = input_form(beginning_);
    if (depth_ > pen_.limits.mime_depth + pen_.limits.layers) return failure(Rule::LimitLayers);
    if (form == InputForm::Der) {
      next_ = make_structure();
    } else if (form == InputForm::Pem) {
      next_ = std::make_unique<ArmorReader>(make_structure());
    } else if (form == InputForm::Base64 && place_ == Place::Input) {
      next_ = make_base64_stage(std::make_unique<CmsInspector>(pen_, depth_));
    } else if (place_ == Place::Input || looks_like_entity(as_text(beginning_))) {
      next_ = make_entity(pen_, depth_, "", 0);
    } else {
      next_ = std::make_unique<OctetCounter>(pen_, depth_);
    }
    Bytes beginning = std::move(beginning_);
    return beginning.empty() ? Result<void>() : next_->write(beginning);
  }

  std::unique_ptr<Sink> make_structure() {
    if (looks_like_request(beginning_)) return std::make_unique<RequestInspector>(pen_, depth_);
    return std::make_unique<CmsInspector>(pen_, depth_);
  }

  // A field name and its colon, or the empty line of an entity without a header.
  static bool looks_like_entity(std::string_view text) {
    if (text.substr(0, 1) == "\n" || text.substr(0, 2) == "\r\n") return true;
    std::size_t colon = text.find(':');
    if (colon == 0 || colon == text.npos) return false;
    for (char c : text.substr(0, colon)) {
      if (c <= ' ' || c >= 0x7f) return false;
    }
    return true;
  }

  Pen& pen_;
  std::size_t depth_;
  Place place_;
  Bytes beginning_;
  std::unique_ptr<Sink> next_;
};

std::unique_ptr<Sink> make_entity(Pen& pen, std::size_t depth, std::string path,
                                  std::uint64_t offset) {
  return std::make_unique<EntityInspector>(pen, depth, std::move(path), offset);
}

std::unique_ptr<Sink> make_inner(Pen& pen, std::size_t depth) {
  return std::make_unique<Chooser>(pen, depth, Chooser::Place::Inside);
}

Result<void> feed(Source& in, Sink& to) {
  TRY_VOID(pump(in, to));
  return to.finish();
}

}  // namespace

Result<Inspection> inspect(Source& in, const Limits& limits) {
  Inspection inspection;
  Pen pen{inspection, limits};
  Chooser chooser(pen, 0, Chooser::Place::Input);
  auto fed = feed(in, chooser);
  if (fed) return inspection;
  if (inspection.nodes.empty() || info(fed.error().rule).slug.substr(0, 3) == "io.") {
    return tl::unexpected(fed.error());
  }
  inspection.errors.push_back(fed.error());
  return inspection;
}

std::string inspection_text(const Inspection& inspection) {
  std::string text;
  for (const Node& node : inspection.nodes) {
    std::string indent(2 * node.depth, ' ');
    bool titled = node.kind == "entity" || node.kind == "cms" || node.kind == "content";
    text += indent + (titled ? "" : node.kind + " ") + printable(node.name) + "\n";
    for (const auto& [fact, value] : node.facts) {
      text += indent + "    " + printable(fact) + ": " + printable(value) + "\n";
    }
  }
  return text;
}

}  // namespace bulla::cli

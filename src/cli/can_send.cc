#include "cli/can_send.h"

#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/learn.h"
#include "cli/world.h"
#include "host/environment.h"
#include "host/source.h"
#include "message/read_all.h"
#include "message/recipient_path.h"

namespace bulla::cli {
namespace {

constexpr std::chrono::hours kSoon(30 * 24);

// A recipient a line; what is empty or begins with # says nothing.
Result<void> read_list(const std::string& path, std::vector<std::string>& people) {
  constexpr std::size_t kMaxList = 16u << 20;
  std::unique_ptr<host::FileSource> file = TRY(host::open_source(path));
  std::string text;
  TRY_VOID(read_all(*file, [&](ByteView octets) -> Result<void> {
    if (octets.size() > kMaxList - text.size()) return failure(Rule::LimitSize, kMaxList, path);
    text += as_text(octets);
    return {};
  }));
  for (std::string_view line : split(text, '\n')) {
    std::string_view word = trim(line);
    if (!word.empty() && word[0] != '#') people.emplace_back(word);
  }
  return {};
}

// What the flags and the profile ask of every message: an encryption for nobody yet.
Result<Recipe> make_frame(const SealingOptions& options) {
  Recipe frame;
  auto profile = TRY(find_profile(options.common));
  if (profile) frame.allowed = profile->send;
  frame.steps = {Encrypt{.recipients = {},
                         .keks = {},
                         .passwords = {},
                         .cipher = options.cipher,
                         .content_key = options.content_key,
                         .transport = options.transport}};
  return frame;
}

// Everything that one command looks at.
class Outlook {
 public:
  Outlook(const SealingOptions& options, const RecipientWorld& world, Time at)
      : options_(options), at_(at), what_(seal_options(options, world, at)), lookup_(options) {
    // Without --trust a path is worth knowing, and decides nothing.
    path_ = path_check(options, world, at);
    if (!path_) what_.recipient_trust.roots = nullptr;
    SealOptions trusting = seal_options(options, world, at);
    find_path_ = [trusting](const Certificate& one, const std::vector<Certificate>& chain) {
      return check_recipient_path(one, chain, trusting);
    };
  }

  Prospect recipient(const std::string& who, std::vector<RecipientChoice>& found);
  Prospect sender(const std::string& who, std::vector<Identity>& found);
  void plan_alone(const RecipientChoice& recipient, const Recipe& recipe, Prospect& prospect) const;
  const SealOptions& what() const { return what_; }

 private:
  Result<RecipientChoice> find_recipient(const std::string& who, Prospect& prospect);
  Result<Identity> find_sender(const std::string& who, Prospect& prospect);

  const SealingOptions& options_;
  Time at_;
  SealOptions what_;
  Lookup lookup_;
  store::PathCheck path_;
  std::function<Result<Findings>(const Certificate&, const std::vector<Certificate>&)> find_path_;
};

Result<RecipientChoice> Outlook::find_recipient(const std::string& who, Prospect& prospect) {
  store::Wish wish{.use = store::Wish::Use::Encrypt, .address = {}, .at = at_, .path = path_};
  if (!is_in_store(who)) {
    RecipientChoice recipient = TRY(store::load_recipient_file(who));
    prospect.candidates = store::rank({recipient.certificate}, wish);
    return recipient;
  }
  wish.address = who;
  const Stores* stores = TRY(lookup_.stores.get());
  prospect.candidates = TRY(stores->find_candidates(wish));
  auto stated = TRY(stores->find_capabilities(who));
  return RecipientChoice(prospect.candidates.front().certificate, std::move(stated));
}

Prospect Outlook::recipient(const std::string& who, std::vector<RecipientChoice>& found) {
  Prospect prospect{.who = who, .candidates = {}, .refusal = {}, .choices = {}, .trouble = {}};
  auto recipient = find_recipient(who, prospect);
  if (recipient) {
    found.push_back(std::move(*recipient));
  } else {
    prospect.refusal = recipient.error();
  }
  return prospect;
}

Findings expiry(const Certificate& certificate, Time at) {
  bool is_soon = at <= certificate.not_after() && certificate.not_after() - at < kSoon;
  if (!is_soon) return {};
  return {
      Finding::of(Rule::CertExpiresSoon, {},
                  printable(certificate.subject()) + ": " + to_iso8601(certificate.not_after()))};
}

void Outlook::plan_alone(const RecipientChoice& recipient, const Recipe& recipe,
                         Prospect& prospect) const {
  Encrypt step = std::get<Encrypt>(recipe.steps.front());
  step.recipients = {recipient};
  Recipe alone = recipe;
  alone.steps = {std::move(step)};
  auto planned = plan(alone, what_);
  if (!planned) {
    prospect.refusal = planned.error();
    return;
  }
  prospect.choices = std::move(planned->choices);
  prospect.trouble = std::move(planned->findings);
  for (Finding& finding : expiry(recipient.certificate, at_)) prospect.trouble.push_back(finding);
  if (path_) return;
  auto path = find_path_(recipient.certificate, recipient.chain);
  if (path) {
    prospect.trouble.insert(prospect.trouble.end(), path->begin(), path->end());
  } else {
    Finding finding = Finding::of(path.error().rule, {}, path.error().detail);
    finding.severity = Severity::Warning;
    prospect.trouble.push_back(std::move(finding));
  }
}

Result<Identity> Outlook::find_sender(const std::string& who, Prospect& prospect) {
  std::vector<Identity> loaded = TRY(load_own_identities(who, options_, lookup_));
  std::vector<Certificate> certificates;
  for (const Identity& one : loaded) {
    if (one.certificate) certificates.push_back(*one.certificate);
  }
  prospect.candidates = store::rank(
      certificates, {.use = store::Wish::Use::Sign, .address = {}, .at = at_, .path = {}});
  return store::choose_signer(loaded, at_);
}

Prospect Outlook::sender(const std::string& who, std::vector<Identity>& found) {
  Prospect prospect{.who = who, .candidates = {}, .refusal = {}, .choices = {}, .trouble = {}};
  auto identity = find_sender(who, prospect);
  if (!identity) {
    prospect.refusal = identity.error();
    return prospect;
  }
  found.push_back(std::move(*identity));
  prospect.trouble = expiry(*found.back().certificate, at_);
  return prospect;
}

bool is_fine(const Prospect& prospect) { return !prospect.refusal; }

// What each recipient gets alone; those that can be written to stay in the recipe.
Result<void> plan_recipients(const SealingOptions& options, const std::vector<std::string>& people,
                             Outlook& outlook, Recipe& recipe, std::vector<Prospect>& prospects) {
  Encrypt& step = std::get<Encrypt>(recipe.steps.front());
  std::vector<std::size_t> whose;  // of the recipients that were found
  for (const std::string& who : people) {
    prospects.push_back(outlook.recipient(who, step.recipients));
    if (step.recipients.size() > whose.size()) whose.push_back(prospects.size() - 1);
  }
  TRY_VOID(learn_from_mail(options, step, outlook.what().at));
  std::vector<RecipientChoice> able;
  for (std::size_t i = 0; i < whose.size(); ++i) {
    outlook.plan_alone(step.recipients[i], recipe, prospects[whose[i]]);
    if (is_fine(prospects[whose[i]])) able.push_back(step.recipients[i]);
  }
  step.recipients = std::move(able);
  return {};
}

// The step of whoever can sign, or nothing.
std::optional<Sign> plan_sender(const SealingOptions& options, Outlook& outlook,
                                const Recipe& recipe, Prospect& prospect) {
  std::vector<Identity> mine;
  prospect = outlook.sender(options.identities.front(), mine);
  if (mine.empty()) return std::nullopt;
  Sign sign{
      .signers = {{.identity = mine.front(), .digest = options.digest, .padding = options.padding}},
      .signing_time = std::nullopt};
  Recipe alone{.steps = {sign}, .allowed = recipe.allowed};
  auto planned = plan(alone, outlook.what());
  if (!planned) {
    prospect.refusal = planned.error();
    return std::nullopt;
  }
  for (Finding& finding : planned->findings) prospect.trouble.push_back(std::move(finding));
  return sign;
}

}  // namespace

bool Prospects::is_possible() const {
  return (!from || is_fine(*from)) && std::all_of(to.begin(), to.end(), is_fine) && !refusal;
}

Result<Prospects> look_ahead(const CanSendOptions& options) {
  const SealingOptions& sealing = options.sealing;
  std::vector<std::string> people = sealing.recipients;
  for (const std::string& list : options.lists) TRY_VOID(read_list(list, people));
  // A list that came out empty is no yes.
  if (people.empty() && sealing.identities.empty()) {
    return failure(Rule::IoUsage, 0, "nobody stands in the lists of people");
  }
  Time at = sealing.at.value_or(host::current_time());
  RecipientWorld world = TRY(load_recipient_world(sealing));
  Outlook outlook(sealing, world, at);
  Recipe recipe = TRY(make_frame(sealing));
  Prospects prospects;
  TRY_VOID(plan_recipients(sealing, people, outlook, recipe, prospects.to));
  std::optional<Sign> sign;
  if (!sealing.identities.empty()) {
    sign = plan_sender(sealing, outlook, recipe, prospects.from.emplace());
  }
  if (std::get<Encrypt>(recipe.steps.front()).recipients.empty()) recipe.steps.clear();
  if (sign) recipe.steps.insert(recipe.steps.begin(), std::move(*sign));
  if (recipe.steps.empty()) return prospects;
  auto together = plan(recipe, outlook.what());
  if (together) {
    prospects.together = std::move(*together);
  } else {
    prospects.refusal = together.error();
  }
  return prospects;
}

}  // namespace bulla::cli

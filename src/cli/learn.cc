#include "cli/learn.h"

#include "base/try.h"
#include "cli/world.h"
#include "host/source.h"

namespace bulla::cli {
namespace {

// A mail may be encrypted for whoever seals now: then the identities open it.
OpeningOptions reading_options(const SealingOptions& options) {
  OpeningOptions reading;
  reading.common.profile = options.common.profile;
  reading.secrets = options.secrets;
  reading.verb = options.identities.empty() ? kVerify : kOpen;
  reading.common.store = options.common.store;
  reading.identities = options.identities;
  reading.trust = options.trust;
  reading.certs = options.certs;
  reading.crls = options.crls;
  reading.online = options.online;
  reading.revocation = options.revocation;
  return reading;
}

// Whether the mail states something about a recipient; the newest of several counts.
bool learn(const Verdict& verdict, Encrypt& step) {
  bool any = false;
  for (RecipientChoice& recipient : step.recipients) {
    auto stated = capabilities_of(verdict, recipient.certificate);
    if (!stated) continue;
    any = true;
    for (const Layer& layer : verdict.layers) {
      recipient.chain.insert(recipient.chain.end(), layer.certificates.begin(),
                             layer.certificates.end());
    }
    bool is_newer = !recipient.capabilities || supersedes(*stated, *recipient.capabilities);
    if (is_newer) recipient.capabilities = std::move(*stated);
  }
  return any;
}

}  // namespace

Result<void> learn_from_mail(const SealingOptions& options, Encrypt& step, Time at) {
  if (options.mails.empty()) return {};
  OpeningOptions reading = reading_options(options);
  World world = TRY(load_world(reading));
  for (const std::string& mail : options.mails) {
    auto in = TRY(host::open_source(mail));
    NullSink nowhere;
    Verdict verdict = TRY(open(*in, nowhere, open_options(reading, world, at)));
    if (!learn(verdict, step)) return failure(Rule::EncCapabilitiesUnproven, 0, mail);
  }
  return {};
}

}  // namespace bulla::cli

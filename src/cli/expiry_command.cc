#include <algorithm>

#include "base/text.h"
#include "base/try.h"
#include "cli/answer.h"
#include "cli/commands.h"
#include "cli/store_place.h"
#include "cli/store_text.h"
#include "cli/stores.h"
#include "cli/verdict_text.h"
#include "host/environment.h"
#include "store/expiry.h"

namespace bulla::cli {
namespace {

std::string name_column(store::Expiring::Whose whose) {
  std::string text(name(whose));
  text.resize(std::max<std::size_t>(text.size() + 2, 11), ' ');
  return text;
}

Result<Answer> answer(const StoreOptions& options) {
  auto store = TRY(open_store(options.common, store::Missing::Fail));
  Time at = options.at.value_or(host::current_time());
  auto expiring = TRY(store::find_expiring(*store, at, options.within));
  bool is_own = false;
  Answer answer{.exit = expiring.empty() ? Exit::Done : Exit::Invalid};
  answer.json = expiring_json(expiring, static_cast<int>(answer.exit));
  for (const store::Expiring& one : expiring) {
    is_own = is_own || one.whose == store::Expiring::Whose::Own;
    answer.text += name_column(one.whose) + certificate_line(one.found, at);
  }
  if (is_own) answer.hint = "ask the CA for another certificate with bulla key renew";
  return answer;
}

}  // namespace

Exit run_expiry(const StoreOptions& options) {
  return tell(options.common, {}, [&] { return answer(options); });
}

}  // namespace bulla::cli

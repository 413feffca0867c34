// An address list: ambiguous ones have no mailboxes; an addr-spec is read as itself.
#include <cstdlib>
#include <string>

#include "base/text.h"
#include "bulla/bytes.h"
#include "mime/address.h"

using namespace bulla;
using namespace bulla::mime;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  AddressList list = parse_address_list(as_text({data, size}));
  if (list.ambiguous) {
    require(list.mailboxes.empty() && !list.problem.empty());
    return 0;
  }
  for (const Mailbox& mailbox : list.mailboxes) {
    require(printable(mailbox.addr_spec) == mailbox.addr_spec ||
            mailbox.addr_spec.find('\t') != std::string::npos);
    AddressList again = parse_mailbox(mailbox.addr_spec);
    require(!again.ambiguous);
    require(again.mailboxes[0].addr_spec == mailbox.addr_spec);
    require(again.mailboxes[0].local_part == mailbox.local_part);
    require(again.mailboxes[0].domain == mailbox.domain);
  }
  return 0;
}

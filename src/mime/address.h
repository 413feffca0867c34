// Mail addresses (RFC 5322 3.4 and 4.4, RFC 6532).
//
//   AddressList from = parse_address_list(field->value);
//   if (from.ambiguous) report(Rule::AddressAmbiguous, from.problem);
//   else for (const Mailbox& mailbox : from.mailboxes) compare(mailbox.addr_spec);
//
// What the grammar allows is read, obsolete forms included: comments, groups, routes,
// blanks around dots, empty list elements. What it does not allow is read by other programs
// in one way or another, so it is not guessed here: `ambiguous` is set and there are no
// mailboxes (T-81 to T-83, CERT-12). The same holds for what looks like another
// address than it is: encoded words and invisible or fullwidth characters inside an
// address, octets that are not UTF-8, control characters.
//
// A display name says whatever the sender wants, another address too (T-82): it is for
// showing, escaped, beside addr_spec, and never compared.
//
// Thread safety: a function of its argument. The cost is linear.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace bulla::mime {

struct Mailbox {
  std::string display_name;  // UTF-8, encoded words decoded, quotes taken off
  std::string local_part;    // what it says, quotes taken off: `a b` for "a b"@x
  std::string domain;        // as written, without comments; or a literal with its brackets
  std::string addr_spec;     // local part, quoted only if it must be, "@", domain
  bool in_group = false;
};

struct AddressList {
  std::vector<Mailbox> mailboxes;
  bool ambiguous = false;
  std::string problem;  // if ambiguous: what is wrong and at which octet
};

// Parses the value of From, Sender, To, …; folded or not. A list without any mailbox
// (empty, or empty groups) is not ambiguous.
AddressList parse_address_list(std::string_view value);

// The one mailbox of a list that has exactly one address and no group, else ambiguous: for
// Sender, and for addresses from a command line or a certificate.
AddressList parse_mailbox(std::string_view value);

// Writes a local part for an addr-spec: quoted if it is not a dot-atom.
std::string write_local_part(std::string_view local_part);

}  // namespace bulla::mime

#include "net/ldap_library.h"

#include <array>

#include "base/shared_library.h"

namespace bulla::net {
namespace {

// Debian 13 and 12; what is used of them is the same.
constexpr std::array kNames = {"libldap.so.2", "libldap-2.5.so.0"};

void find_all(SharedLibrary& library, LdapLibrary& ldap) {
  library.find("ldap_url_parse", ldap.url_parse);
  library.find("ldap_free_urldesc", ldap.free_url);
  library.find("ldap_initialize", ldap.initialize);
  library.find("ldap_unbind_ext", ldap.unbind);
  library.find("ldap_get_option", ldap.get_option);
  library.find("ldap_set_option", ldap.set_option);
  library.find("ldap_start_tls_s", ldap.start_tls);
  library.find("ldap_search_ext", ldap.search);
  library.find("ldap_result", ldap.result);
  library.find("ldap_msgtype", ldap.message_type);
  library.find("ldap_msgfree", ldap.free_message);
  library.find("ldap_parse_result", ldap.parse_result);
  library.find("ldap_get_values_len", ldap.values);
  library.find("ldap_value_free_len", ldap.free_values);
  library.find("ldap_err2string", ldap.error_text);
  library.find("ldap_memfree", ldap.free_text);
  library.find("ber_sockbuf_ctrl", ldap.control_socket);
}

Result<LdapLibrary> load() {
  for (const char* name : kNames) {
    SharedLibrary library(name);
    if (!library.is_there()) continue;
    LdapLibrary ldap;
    find_all(library, ldap);
    if (!library.is_whole()) continue;
    // Reads ldap.conf, which several threads at once must not.
    int version = 0;
    ldap.get_option(nullptr, LDAP_OPT_PROTOCOL_VERSION, &version);
    return ldap;
  }
  return failure(Rule::IoNetwork, 0, "libldap (libldap-2.5-0, libldap2) is not installed");
}

}  // namespace

Result<const LdapLibrary*> ldap_library() {
  static const Result<LdapLibrary> library = load();
  if (!library) return tl::unexpected<Error>(library.error());
  return &*library;
}

}  // namespace bulla::net

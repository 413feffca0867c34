// libldap, loaded when a directory is asked: it brings an implementation of TLS along.
#pragma once

#include <ldap.h>

#include "bulla/result.h"

namespace bulla::net {

struct LdapLibrary {
  decltype(&::ldap_url_parse) url_parse = nullptr;
  decltype(&::ldap_free_urldesc) free_url = nullptr;
  decltype(&::ldap_initialize) initialize = nullptr;
  decltype(&::ldap_unbind_ext) unbind = nullptr;
  decltype(&::ldap_get_option) get_option = nullptr;
  decltype(&::ldap_set_option) set_option = nullptr;
  decltype(&::ldap_start_tls_s) start_tls = nullptr;
  decltype(&::ldap_search_ext) search = nullptr;
  decltype(&::ldap_result) result = nullptr;
  decltype(&::ldap_msgtype) message_type = nullptr;
  decltype(&::ldap_msgfree) free_message = nullptr;
  decltype(&::ldap_parse_result) parse_result = nullptr;
  decltype(&::ldap_get_values_len) values = nullptr;
  decltype(&::ldap_value_free_len) free_values = nullptr;
  decltype(&::ldap_err2string) error_text = nullptr;
  decltype(&::ldap_memfree) free_text = nullptr;
  decltype(&::ber_sockbuf_ctrl) control_socket = nullptr;  // of liblber, which comes along
};

// The same for the life of the program. Errors: io.network if it is not there.
Result<const LdapLibrary*> ldap_library();

}  // namespace bulla::net

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/try.h"
#include "net/directories.h"
#include "net/ldap_library.h"
#include "x509/address_match.h"

namespace bulla::net {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using store::DirectoryAnswer;

constexpr int kMaxEntries = 10;  // T-146
// One message of the protocol, an entry with its certificates: some hundred of them.
constexpr ber_len_t kMaxMessage = 1u << 20;
constexpr const char* kSystemRoots = "/etc/ssl/certs/ca-certificates.crt";

constexpr std::array<const char*, 4> kAttributes = {"userCertificate;binary", "userCertificate",
                                                    "userSMIMECertificate;binary",
                                                    "userSMIMECertificate"};

timeval to_timeval(milliseconds time) {
  auto left = std::max<std::int64_t>(time.count(), 1);
  return {.tv_sec = left / 1'000, .tv_usec = (left % 1'000) * 1'000};
}

// One connection and one search.
class LdapSearch {
 public:
  LdapSearch(const LdapLibrary& library, std::string place, milliseconds time)
      : ldap_(library),
        place_(std::move(place)),
        end_(Clock::now() + time),
        message_(nullptr, library.free_message) {}
  ~LdapSearch() {
    if (session_ != nullptr) ldap_.unbind(session_, nullptr, nullptr);
  }
  LdapSearch(const LdapSearch&) = delete;
  LdapSearch& operator=(const LdapSearch&) = delete;

  Result<void> connect(const std::string& server, LdapOptions::Tls tls) {
    int code = ldap_.initialize(&session_, server.c_str());
    if (code != LDAP_SUCCESS) return fail(ldap_.error_text(code));
    bool uses_tls = tls == LdapOptions::Tls::Start || server.starts_with("ldaps:");
    if (!set_options()) return fail("libldap does not work");
    if (uses_tls && !prepare_tls()) return fail("no roots to check its certificate with");
    if (tls == LdapOptions::Tls::AsUri) return {};
    code = ldap_.start_tls(session_, nullptr, nullptr);
    if (code != LDAP_SUCCESS) return fail("no StartTLS: " + text_of(code));
    return {};
  }

  Result<DirectoryAnswer> run(const std::string& base, const std::string& filter) {
    std::array<char*, kAttributes.size() + 1> attributes{};
    std::transform(kAttributes.begin(), kAttributes.end(), attributes.begin(),
                   [](const char* name) { return const_cast<char*>(name); });
    timeval limit = to_timeval(left());
    int number = 0;
    int code = ldap_.search(session_, base.c_str(), LDAP_SCOPE_SUBTREE, filter.c_str(),
                            attributes.data(), 0, nullptr, nullptr, &limit, kMaxEntries, &number);
    if (code != LDAP_SUCCESS) return fail(text_of(code));
    DirectoryAnswer answer;
    for (int entries = 0;;) {
      int type = TRY(next_message(number));
      if (type == LDAP_RES_SEARCH_RESULT) return finish(std::move(answer));
      if (type != LDAP_RES_SEARCH_ENTRY) continue;  // a reference to others is not followed
      if (++entries > kMaxEntries) return fail("more than ten entries have this address");
      TRY_VOID(take_entry(answer));
    }
  }

 private:
  milliseconds left() const {
    return std::chrono::duration_cast<milliseconds>(end_ - Clock::now());
  }

  tl::unexpected<Error> fail(const std::string& what) const {
    return failure(Rule::IoNetwork, 0, place_ + ": " + printable(what));
  }

  std::string text_of(int code) const {
    if (code == LDAP_TIMEOUT) return "no answer in time";
    std::string text = ldap_.error_text(code);
    char* more = nullptr;
    ldap_.get_option(session_, LDAP_OPT_DIAGNOSTIC_MESSAGE, &more);
    if (more == nullptr) return text;
    constexpr std::size_t kEnough = 200;
    std::string said = std::string(more).substr(0, kEnough);
    ldap_.free_text(more);
    return said.empty() ? text : text + " (" + said + ")";
  }

  bool set(int option, const void* value) {
    return ldap_.set_option(session_, option, value) == LDAP_OPT_SUCCESS;
  }

  // Whatever ldap.conf and the environment say.
  bool set_options() {
    int version = LDAP_VERSION3;
    int never = LDAP_DEREF_NEVER;
    int size = kMaxEntries;
    timeval limit = to_timeval(left());
    ber_len_t room = kMaxMessage;
    Sockbuf* socket = nullptr;
    bool is_bounded = ldap_.get_option(session_, LDAP_OPT_SOCKBUF, &socket) == LDAP_OPT_SUCCESS &&
                      socket != nullptr &&
                      ldap_.control_socket(socket, LBER_SB_OPT_SET_MAX_INCOMING, &room) == 1;
    return is_bounded && set(LDAP_OPT_PROTOCOL_VERSION, &version) &&
           set(LDAP_OPT_REFERRALS, LDAP_OPT_OFF) && set(LDAP_OPT_DEREF, &never) &&
           set(LDAP_OPT_SIZELIMIT, &size) && set(LDAP_OPT_NETWORK_TIMEOUT, &limit) &&
           set(LDAP_OPT_TIMEOUT, &limit);
  }

  // The roots are those of ldap.conf, which a session does not take over, else the system's.
  bool prepare_tls() {
    int demand = LDAP_OPT_X_TLS_DEMAND;
    int for_clients = 0;
    bool has_roots = copy_option(LDAP_OPT_X_TLS_CACERTFILE);
    has_roots = copy_option(LDAP_OPT_X_TLS_CACERTDIR) || has_roots;
    return (has_roots || set(LDAP_OPT_X_TLS_CACERTFILE, kSystemRoots)) &&
           set(LDAP_OPT_X_TLS_REQUIRE_CERT, &demand) && set(LDAP_OPT_X_TLS_NEWCTX, &for_clients);
  }

  // Whether there is one, and the session has it.
  bool copy_option(int option) {
    char* text = nullptr;
    ldap_.get_option(nullptr, option, &text);
    bool is_set = text != nullptr && set(option, text);
    ldap_.free_text(text);
    return is_set;
  }

  Result<int> next_message(int number) {
    if (left() <= milliseconds::zero()) return fail("no answer in time");
    timeval limit = to_timeval(left());
    LDAPMessage* message = nullptr;
    int type = ldap_.result(session_, number, LDAP_MSG_ONE, &limit, &message);
    message_.reset(message);
    if (type == 0) return fail("no answer in time");
    if (type > 0) return type;
    int code = LDAP_OTHER;
    ldap_.get_option(session_, LDAP_OPT_RESULT_CODE, &code);
    return fail(text_of(code) + ", or too long an answer");
  }

  Result<void> take_entry(DirectoryAnswer& answer) {
    for (const char* name : kAttributes) {
      std::unique_ptr<berval*, decltype(LdapLibrary::free_values)> values(
          ldap_.values(session_, message_.get(), name), ldap_.free_values);
      for (berval** one = values.get(); one != nullptr && *one != nullptr; ++one) {
        TRY_VOID(take_value({reinterpret_cast<const std::uint8_t*>((*one)->bv_val), (*one)->bv_len},
                            name, answer));
      }
    }
    return {};
  }

  Result<void> take_value(ByteView value, const char* name, DirectoryAnswer& answer) {
    auto certificates = load_certificates(value);
    if (!certificates) {
      if (answer.findings.size() < store::kMaxFound) {
        answer.findings.push_back(Finding::of(Rule::CmsBadCertificate, {}, place_ + ", " + name));
      }
      return {};
    }
    for (Certificate& one : *certificates) {
      if (answer.certificates.size() == store::kMaxFound) return fail("too many certificates");
      answer.certificates.push_back(std::move(one));
    }
    return {};
  }

  Result<DirectoryAnswer> finish(DirectoryAnswer answer) {
    int code = LDAP_OTHER;
    int parsed =
        ldap_.parse_result(session_, message_.get(), &code, nullptr, nullptr, nullptr, nullptr, 0);
    if (parsed != LDAP_SUCCESS) return fail(text_of(parsed));
    if (code == LDAP_SUCCESS) return answer;
    if (code == LDAP_SIZELIMIT_EXCEEDED) return fail("more than ten entries have this address");
    if (code == LDAP_REFERRAL) return fail("it refers to another server, which is not asked");
    return fail(ldap_.error_text(code));
  }

  const LdapLibrary& ldap_;
  std::string place_;
  Clock::time_point end_;
  LDAP* session_ = nullptr;
  std::unique_ptr<LDAPMessage, int (*)(LDAPMessage*)> message_;
};

class LdapDirectory final : public store::Directory {
 public:
  LdapDirectory(const LdapLibrary& library, std::string server, std::string base,
                LdapOptions options)
      : ldap_(library),
        server_(std::move(server)),
        base_(std::move(base)),
        options_(std::move(options)) {}

  store::Origin origin() const override { return store::Origin::Ldap; }
  std::string place() const override { return printable(options_.uri); }

  Result<DirectoryAnswer> look_up(const std::string& address, milliseconds time) const override {
    auto filed = x509::filing_name(address);
    if (!filed) return failure(Rule::IoUsage, 0, address + " is no address");
    LdapSearch search(ldap_, printable(server_), time);
    TRY_VOID(search.connect(server_, options_.tls));
    return search.run(base_, filter_for(address, *filed));
  }

 private:
  // Directories have it as people type it, or with the domain in A-labels.
  static std::string filter_for(const std::string& address, const std::string& filed) {
    std::string filter = "(mail=" + escape_ldap_value(address) + ")";
    if (filed == address) return filter;
    return "(|" + filter + "(mail=" + escape_ldap_value(filed) + "))";
  }

  const LdapLibrary& ldap_;
  std::string server_;
  std::string base_;
  LdapOptions options_;
};

struct Place {
  std::string server;  // scheme, host and port
  std::string base;
};

Result<Place> parse_uri(const LdapLibrary& ldap, const std::string& uri) {
  std::size_t start = uri.find("://");
  std::string scheme = lower(uri.substr(0, start));
  std::string_view rest = start == uri.npos ? "" : std::string_view(uri).substr(start + 3);
  std::string_view host = rest.substr(0, rest.find('/'));
  bool is_uri = (scheme == "ldap" || scheme == "ldaps") && !host.empty() && is_utf8(uri) &&
                printable(uri) == uri && uri.find_first_of(" ?#") == uri.npos;
  if (!is_uri) {
    return failure(Rule::IoUsage, 0,
                   "a directory is named as ldap://HOST/BASE or ldaps://HOST/BASE, "
                   "such as ldap://ldap.example.com/dc=example,dc=com");
  }
  // A list of servers for libldap, or a name and perhaps a password.
  if (host.find_first_of(",@") != host.npos) {
    return failure(Rule::IoUsage, 0, "the URI of a directory has one host, and no password");
  }
  LDAPURLDesc* parsed = nullptr;
  if (ldap.url_parse(uri.c_str(), &parsed) != LDAP_URL_SUCCESS) {
    return failure(Rule::IoUsage, 0, uri + " is no URI of a directory");
  }
  Place place{.server = scheme + "://" + std::string(host),
              .base = parsed->lud_dn == nullptr ? "" : parsed->lud_dn};
  ldap.free_url(parsed);
  return place;
}

}  // namespace

std::string escape_ldap_value(std::string_view value) {
  std::string escaped;
  for (char c : value) {
    bool is_plain = (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
                    std::string_view("@.-_+").find(c) != std::string_view::npos;
    if (is_plain) {
      escaped += c;
    } else {
      auto octet = static_cast<std::uint8_t>(c);
      escaped += "\\" + to_hex(ByteView(&octet, 1));
    }
  }
  return escaped;
}

Result<DirectoryPtr> make_ldap_directory(const LdapOptions& options) {
  const LdapLibrary* library = TRY(ldap_library());
  Place place = TRY(parse_uri(*library, options.uri));
  bool is_encrypted = place.server.starts_with("ldaps:");
  if (is_encrypted && options.tls == LdapOptions::Tls::Start) {
    return failure(Rule::IoUsage, 0, "ldaps: is encrypted already; StartTLS is for ldap:");
  }
  return std::make_shared<const LdapDirectory>(*library, std::move(place.server),
                                               std::move(place.base), options);
}

}  // namespace bulla::net

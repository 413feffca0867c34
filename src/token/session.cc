#include "token/session.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/try.h"
#include "store/file.h"
#include "token/module.h"

namespace bulla::token {
namespace {

// More readers than a machine has.
constexpr std::size_t kMaxSlots = 64;
constexpr std::size_t kMaxPinFile = 4'096;

struct CodeRow {
  CK_RV code;
  const char* name;
  bool is_gone;  // the token, or what was opened of it: later it may be there again
};

constexpr std::array kCodes = {
    CodeRow{CKR_HOST_MEMORY, "CKR_HOST_MEMORY", false},
    CodeRow{CKR_SLOT_ID_INVALID, "CKR_SLOT_ID_INVALID", true},
    CodeRow{CKR_GENERAL_ERROR, "CKR_GENERAL_ERROR", false},
    CodeRow{CKR_FUNCTION_FAILED, "CKR_FUNCTION_FAILED", false},
    CodeRow{CKR_ARGUMENTS_BAD, "CKR_ARGUMENTS_BAD", false},
    CodeRow{CKR_DEVICE_ERROR, "CKR_DEVICE_ERROR", false},
    CodeRow{CKR_DEVICE_MEMORY, "CKR_DEVICE_MEMORY", false},
    CodeRow{CKR_DEVICE_REMOVED, "CKR_DEVICE_REMOVED", true},
    CodeRow{CKR_KEY_HANDLE_INVALID, "CKR_KEY_HANDLE_INVALID", true},
    CodeRow{CKR_KEY_FUNCTION_NOT_PERMITTED, "CKR_KEY_FUNCTION_NOT_PERMITTED", false},
    CodeRow{CKR_MECHANISM_INVALID, "CKR_MECHANISM_INVALID", false},
    CodeRow{CKR_MECHANISM_PARAM_INVALID, "CKR_MECHANISM_PARAM_INVALID", false},
    CodeRow{CKR_OBJECT_HANDLE_INVALID, "CKR_OBJECT_HANDLE_INVALID", true},
    CodeRow{CKR_OPERATION_ACTIVE, "CKR_OPERATION_ACTIVE", false},
    CodeRow{CKR_PIN_INCORRECT, "CKR_PIN_INCORRECT", false},
    CodeRow{CKR_PIN_INVALID, "CKR_PIN_INVALID", false},
    CodeRow{CKR_PIN_LEN_RANGE, "CKR_PIN_LEN_RANGE", false},
    CodeRow{CKR_PIN_EXPIRED, "CKR_PIN_EXPIRED", false},
    CodeRow{CKR_PIN_LOCKED, "CKR_PIN_LOCKED", false},
    CodeRow{CKR_SESSION_CLOSED, "CKR_SESSION_CLOSED", true},
    CodeRow{CKR_SESSION_HANDLE_INVALID, "CKR_SESSION_HANDLE_INVALID", true},
    CodeRow{CKR_TOKEN_NOT_PRESENT, "CKR_TOKEN_NOT_PRESENT", true},
    CodeRow{CKR_TOKEN_NOT_RECOGNIZED, "CKR_TOKEN_NOT_RECOGNIZED", true},
    CodeRow{CKR_USER_NOT_LOGGED_IN, "CKR_USER_NOT_LOGGED_IN", false},
    CodeRow{CKR_CRYPTOKI_NOT_INITIALIZED, "CKR_CRYPTOKI_NOT_INITIALIZED", true},
};

const CodeRow* find_row(CK_RV code) {
  auto row = std::find_if(kCodes.begin(), kCodes.end(),
                          [code](const CodeRow& candidate) { return candidate.code == code; });
  return row == kCodes.end() ? nullptr : &*row;
}

bool is_gone(CK_RV code) {
  const CodeRow* row = find_row(code);
  return row != nullptr && row->is_gone;
}

// Fields are filled up with blanks.
template <std::size_t N>
std::string text_of(const unsigned char (&field)[N]) {
  std::string text(reinterpret_cast<const char*>(field), N);
  std::size_t last = text.find_last_not_of(std::string_view(" \0", 2));
  text.erase(last == std::string::npos ? 0 : last + 1);
  return text;
}

bool fits(const std::optional<std::string>& wanted, const std::string& is) {
  return !wanted || *wanted == is;
}

bool fits(const Uri& uri, const CK_TOKEN_INFO& info) {
  return (info.flags & CKF_TOKEN_INITIALIZED) != 0 && fits(uri.token, text_of(info.label)) &&
         fits(uri.manufacturer, text_of(info.manufacturerID)) &&
         fits(uri.model, text_of(info.model)) && fits(uri.serial, text_of(info.serialNumber));
}

bool fits(const Uri& uri, CK_SLOT_ID slot, CK_FUNCTION_LIST& functions) {
  if (uri.slot_id && *uri.slot_id != slot) return false;
  if (!uri.slot_description && !uri.slot_manufacturer) return true;
  CK_SLOT_INFO info{};
  return functions.C_GetSlotInfo(slot, &info) == CKR_OK &&
         fits(uri.slot_description, text_of(info.slotDescription)) &&
         fits(uri.slot_manufacturer, text_of(info.manufacturerID));
}

// The tokens that fit, and a session with the only one.
struct Found {
  Module* module = nullptr;
  CK_RV code = CKR_OK;
  std::vector<CK_TOKEN_INFO> tokens = {};
  CK_SESSION_HANDLE session = 0;
};

Found find_token(const Uri& uri, const std::string& path) {
  Found found;
  found.module = find_module(path);
  if (found.module == nullptr) return found;
  CK_FUNCTION_LIST& functions = *found.module->functions;
  std::vector<CK_SLOT_ID> slots(kMaxSlots);
  CK_ULONG count = slots.size();
  found.code = functions.C_GetSlotList(CK_TRUE, slots.data(), &count);
  if (found.code != CKR_OK || count > slots.size()) return found;
  slots.resize(count);
  CK_SLOT_ID chosen = 0;
  for (CK_SLOT_ID slot : slots) {
    CK_TOKEN_INFO info{};
    if (functions.C_GetTokenInfo(slot, &info) != CKR_OK) continue;
    if (!fits(uri, info) || !fits(uri, slot, functions)) continue;
    found.tokens.push_back(info);
    chosen = slot;
  }
  if (found.tokens.size() == 1) {
    found.code =
        functions.C_OpenSession(chosen, CKF_SERIAL_SESSION, nullptr, nullptr, &found.session);
  }
  return found;
}

Result<Secret> read_pin(const Uri& uri, const std::string& name, const store::AskPassphrase& ask) {
  if (!uri.pin_source) return ask(name);
  Secret file = TRY(store::read_file(*uri.pin_source, kMaxPinFile));
  std::string_view text = as_text(file.view());
  text = text.substr(0, text.find('\n'));
  if (text.ends_with('\r')) text.remove_suffix(1);
  return Secret(as_bytes(text));
}

}  // namespace

std::string code_name(CK_RV code) {
  const CodeRow* row = find_row(code);
  return row != nullptr ? row->name : "CKR " + std::to_string(code);
}

tl::unexpected<Error> Session::gone(std::string why) const {
  return failure(Rule::IoToken, 0, name_ + ": " + std::move(why));
}

Result<std::shared_ptr<Session>> Session::open(const Uri& uri, const Access& access,
                                               const store::AskPassphrase& ask) {
  std::shared_ptr<Session> session(new Session(access));
  TRY_VOID(session->find(uri));
  TRY_VOID(session->log_in(uri, ask));
  return session;
}

Session::~Session() {
  if (session_ == 0) return;
  thread_.run<bool>([functions = module_->functions, session = session_] {
    return functions->C_CloseSession(session) == CKR_OK;
  });
}

Result<void> Session::find(const Uri& uri) {
  auto found = thread_.run<Found>([uri, path = access_.module] { return find_token(uri, path); });
  if (!found) return gone("no answer");
  if (found->module == nullptr) {
    std::string what = access_.module.empty() ? "libp11-kit.so.0" : printable(access_.module);
    return failure(Rule::CryptoUnavailable, 0, what + " cannot be used as a module of PKCS #11");
  }
  if (found->tokens.size() > 1) {
    return failure(Rule::KeyNotInToken, 0, "several tokens fit; name one with token= and serial=");
  }
  if (found->tokens.empty() && found->code == CKR_OK) {
    return failure(Rule::KeyNotInToken, 0, uri.token ? "token " + printable(*uri.token) : "");
  }
  if (found->code != CKR_OK) return gone(code_name(found->code));
  const CK_TOKEN_INFO& info = found->tokens.front();
  name_ = "token " + printable(text_of(info.label));
  identity_ =
      text_of(info.manufacturerID) + '\n' + text_of(info.serialNumber) + '\n' + text_of(info.label);
  flags_ = info.flags;
  module_ = found->module;
  session_ = found->session;
  return {};
}

// The PIN is asked for once, and not at all where it could do harm: a token locks itself after a
// few that are wrong.
Result<void> Session::log_in(const Uri& uri, const store::AskPassphrase& ask) {
  if ((flags_ & CKF_LOGIN_REQUIRED) == 0) return {};
  std::lock_guard lock(module_->login);
  Answer state = TRY(run([](CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session) {
    CK_SESSION_INFO info{};
    Answer answer{.code = functions.C_GetSessionInfo(session, &info)};
    bool is_open = info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS;
    answer.is_supported = is_open;
    return answer;
  }));
  if (state.code == CKR_OK && state.is_supported) return {};
  if (module_->refused.contains(identity_)) {
    return failure(Rule::KeyBadPassphrase, 0,
                   name_ + ": the PIN was wrong, and is not tried again");
  }
  if ((flags_ & CKF_USER_PIN_LOCKED) != 0) return failure(Rule::KeyTokenLocked, 0, name_);
  if ((flags_ & CKF_USER_PIN_FINAL_TRY) != 0) {
    return failure(Rule::KeyTokenLocked, 0, name_ + ": one more wrong PIN would lock it");
  }
  if ((flags_ & CKF_PROTECTED_AUTHENTICATION_PATH) != 0) {
    return failure(Rule::CryptoUnavailable, 0, name_ + ": its PIN is typed at the reader");
  }
  return try_pin(TRY(read_pin(uri, name_, ask)));
}

Result<void> Session::try_pin(Secret pin) {
  if (pin.empty()) return failure(Rule::KeyPassphraseNeeded, 0, name_);
  auto shared = std::make_shared<Secret>(std::move(pin));
  // Until the token says otherwise.
  module_->refused.insert(identity_);
  Answer answer = TRY(run([shared](CK_FUNCTION_LIST& functions, CK_SESSION_HANDLE session) {
    MutableByteView octets = shared->mutable_view();
    return Answer{.code = functions.C_Login(session, CKU_USER, octets.data(), octets.size())};
  }));
  switch (answer.code) {
    case CKR_OK:
    case CKR_USER_ALREADY_LOGGED_IN:
      module_->refused.erase(identity_);
      return {};
    case CKR_PIN_LOCKED:
      return failure(Rule::KeyTokenLocked, 0, name_);
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
      return failure(Rule::KeyBadPassphrase, 0, name_);
    default:
      break;
  }
  return gone(code_name(answer.code));
}

// A token that is pulled out makes calls fail with any code. So after a failure it is asked whether
// it is still there, which has nothing to do with what it was given.
Result<Answer> Session::run(Call call) const {
  struct Outcome {
    Answer answer;
    CK_RV state = CKR_OK;
  };
  CK_FUNCTION_LIST* functions = module_->functions;
  auto outcome = thread_.run<Outcome>([functions, session = session_, call = std::move(call)] {
    Outcome made{.answer = call(*functions, session)};
    if (made.answer.code == CKR_OK) return made;
    CK_SESSION_INFO info{};
    CK_TOKEN_INFO token{};
    made.state = functions->C_GetSessionInfo(session, &info);
    if (made.state == CKR_OK) made.state = functions->C_GetTokenInfo(info.slotID, &token);
    return made;
  });
  if (!outcome) return gone("no answer");
  if (is_gone(outcome->answer.code)) return gone(code_name(outcome->answer.code));
  if (outcome->state != CKR_OK) return gone(code_name(outcome->state));
  return std::move(outcome->answer);
}

}  // namespace bulla::token

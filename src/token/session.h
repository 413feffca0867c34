// Session: a module of PKCS #11, a token in it, and a PIN that opened it.
//
// Thread safety: run() may be called from several threads; the token is asked one thing at a time.
#pragma once

#include <p11-kit/pkcs11.h>

#include <functional>
#include <memory>
#include <string>

#include "bulla/bytes.h"
#include "bulla/result.h"
#include "store/key_file.h"
#include "token/access.h"
#include "token/call_thread.h"
#include "token/uri.h"

namespace bulla::token {

// What a call gave: CKR_OK with what it is for, or why not.
struct Answer {
  CK_RV code = CKR_GENERAL_ERROR;
  bool is_supported = true;  // the token refused before it saw any data
  Secret data = {};
};

struct Module;

class Session {
 public:
  // Opens the token that the URI names, and asks for its PIN. A PIN that was wrong is not tried
  // again by this process, and none is when it would be the last. Errors: crypto.unavailable
  // without a module, key.not-in-token, key.bad-passphrase, key.token-locked, io.token.
  static Result<std::shared_ptr<Session>> open(const Uri& uri, const Access& access,
                                               const store::AskPassphrase& ask);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  using Call = std::function<Answer(CK_FUNCTION_LIST&, CK_SESSION_HANDLE)>;
  // io.token if there is no answer, or if the token is gone. What else went wrong is in the answer.
  Result<Answer> run(Call call) const;

  // "token lab".
  const std::string& name() const { return name_; }

 private:
  explicit Session(const Access& access) : access_(access), thread_(access.limit) {}
  Result<void> find(const Uri& uri);
  Result<void> log_in(const Uri& uri, const store::AskPassphrase& ask);
  Result<void> try_pin(Secret pin);
  tl::unexpected<Error> gone(std::string why) const;

  Access access_;
  mutable CallThread thread_;
  std::string name_ = "token";
  std::string identity_;  // of the token, for PINs that were wrong
  CK_FLAGS flags_ = 0;
  CK_SESSION_HANDLE session_ = 0;
  Module* module_ = nullptr;
};

// The name of a code: "CKR_DEVICE_REMOVED", or its number.
std::string code_name(CK_RV code);

}  // namespace bulla::token

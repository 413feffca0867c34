// A module of PKCS #11 for tests: SoftHSM, with faults. BULLA_TEST_MODULE names SoftHSM's module;
// BULLA_TEST_FAULT the fault, or bulla_test_fault() while the program runs:
//
//   removed   signatures, decryptions and derivations fail with CKR_DEVICE_REMOVED
//   error     with CKR_GENERAL_ERROR
//   short     they give an octet less; long: they claim more than there is room for
//   wrong     they give other octets
//   hang      they never return
//   final-try, locked   what the token says of its PIN
//   no-raw    RSA without padding is not there
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <string_view>

namespace {

CK_FUNCTION_LIST* real = nullptr;
CK_FUNCTION_LIST faulty;
std::atomic<const char*> fault{nullptr};

bool is(std::string_view name) {
  const char* now = fault.load();
  return now != nullptr && name == now;
}

// CKR_OK: go on.
CK_RV before() {
  // For ever: a thread that woke up while the process ends would meet what is gone already.
  while (is("hang")) {
    while (true) ::pause();
  }
  if (is("removed")) return CKR_DEVICE_REMOVED;
  return is("error") ? CKR_GENERAL_ERROR : CKR_OK;
}

void after(unsigned char* output, unsigned long* size) {
  if (is("short")) --*size;
  if (is("long")) *size += 1'000;
  if (is("wrong")) output[*size - 1] ^= 1;
}

CK_RV sign(CK_SESSION_HANDLE session, unsigned char* data, unsigned long size, unsigned char* out,
           unsigned long* out_size) {
  CK_RV code = before();
  // The operation ends in any case.
  CK_RV done = real->C_Sign(session, data, size, out, out_size);
  if (code == CKR_OK && done == CKR_OK) after(out, out_size);
  return code == CKR_OK ? done : code;
}

CK_RV decrypt(CK_SESSION_HANDLE session, unsigned char* data, unsigned long size,
              unsigned char* out, unsigned long* out_size) {
  CK_RV code = before();
  CK_RV done = real->C_Decrypt(session, data, size, out, out_size);
  if (code == CKR_OK && done == CKR_OK) after(out, out_size);
  return code == CKR_OK ? done : code;
}

CK_RV decrypt_init(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key) {
  if (is("no-raw") && mechanism->mechanism == CKM_RSA_X_509) return CKR_MECHANISM_INVALID;
  return real->C_DecryptInit(session, mechanism, key);
}

CK_RV derive(CK_SESSION_HANDLE session, CK_MECHANISM* mechanism, CK_OBJECT_HANDLE key,
             CK_ATTRIBUTE* wanted, unsigned long count, CK_OBJECT_HANDLE* made) {
  CK_RV code = before();
  return code == CKR_OK ? real->C_DeriveKey(session, mechanism, key, wanted, count, made) : code;
}

CK_RV token_info(CK_SLOT_ID slot, CK_TOKEN_INFO* info) {
  CK_RV code = real->C_GetTokenInfo(slot, info);
  if (is("final-try")) info->flags |= CKF_USER_PIN_FINAL_TRY;
  if (is("locked")) info->flags |= CKF_USER_PIN_LOCKED;
  return code;
}

}  // namespace

extern "C" {

__attribute__((visibility("default"))) void bulla_test_fault(const char* name) { fault = name; }

__attribute__((visibility("default"))) CK_RV C_GetFunctionList(CK_FUNCTION_LIST** list) {
  const char* path = std::getenv("BULLA_TEST_MODULE");
  void* module = path == nullptr ? nullptr : ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (module == nullptr) return CKR_GENERAL_ERROR;
  auto get = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(module, "C_GetFunctionList"));
  if (get == nullptr || get(&real) != CKR_OK) return CKR_GENERAL_ERROR;
  if (fault.load() == nullptr) fault = std::getenv("BULLA_TEST_FAULT");
  faulty = *real;
  faulty.C_Sign = &sign;
  faulty.C_Decrypt = &decrypt;
  faulty.C_DecryptInit = &decrypt_init;
  faulty.C_DeriveKey = &derive;
  faulty.C_GetTokenInfo = &token_info;
  *list = &faulty;
  return CKR_OK;
}
}

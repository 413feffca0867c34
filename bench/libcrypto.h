// Owners of libcrypto's objects, for the measurements alone.
#pragma once

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

namespace bench {

template <auto Function>
struct Releaser {
  template <typename T>
  void operator()(T* object) const {
    Function(object);
  }
};

struct CertificatesReleaser {
  void operator()(STACK_OF(X509) * certificates) const {
    sk_X509_pop_free(certificates, X509_free);
  }
};

using KeyPtr = std::unique_ptr<EVP_PKEY, Releaser<EVP_PKEY_free>>;
using KeyContextPtr = std::unique_ptr<EVP_PKEY_CTX, Releaser<EVP_PKEY_CTX_free>>;
using X509Ptr = std::unique_ptr<X509, Releaser<X509_free>>;
using X509StorePtr = std::unique_ptr<X509_STORE, Releaser<X509_STORE_free>>;
using X509StackPtr = std::unique_ptr<STACK_OF(X509), CertificatesReleaser>;
using BioPtr = std::unique_ptr<BIO, Releaser<BIO_free_all>>;
using CmsPtr = std::unique_ptr<CMS_ContentInfo, Releaser<CMS_ContentInfo_free>>;
using DigestPtr = std::unique_ptr<EVP_MD_CTX, Releaser<EVP_MD_CTX_free>>;
using CipherPtr = std::unique_ptr<EVP_CIPHER_CTX, Releaser<EVP_CIPHER_CTX_free>>;

// A measurement of something that failed is worth nothing.
inline void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "bench: %s failed\n", what);
  std::exit(1);
}

}  // namespace bench

#include "x509/libcrypto_error.h"

#include <openssl/x509_vfy.h>

#include <array>

namespace bulla::x509 {
namespace {

struct Row {
  int error;
  PathErrorKind kind;
  Rule rule;
};

using Kind = PathErrorKind;

constexpr std::array kRows = {
    Row{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, Kind::NoAnchor, Rule::PathNoRoot},
    Row{X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, Kind::NoAnchor, Rule::PathNoRoot},
    Row{X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, Kind::NoAnchor, Rule::PathNoRoot},
    Row{X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, Kind::NoAnchor, Rule::PathNoRoot},
    Row{X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, Kind::NoAnchor, Rule::PathSelfSigned},
    Row{X509_V_ERR_CERT_UNTRUSTED, Kind::NoAnchor, Rule::PathNoRoot},
    Row{X509_V_ERR_CERT_NOT_YET_VALID, Kind::Time, Rule::PathExpired},
    Row{X509_V_ERR_CERT_HAS_EXPIRED, Kind::Time, Rule::PathExpired},
    Row{X509_V_ERR_UNABLE_TO_GET_CRL, Kind::NoCrl, Rule::RevocationUnknown},
    Row{X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, Kind::NoCrl, Rule::RevocationUnknown},
    Row{X509_V_ERR_DIFFERENT_CRL_SCOPE, Kind::NoCrl, Rule::RevocationUnknown},
    Row{X509_V_ERR_CRL_NOT_YET_VALID, Kind::StaleCrl, Rule::RevocationStale},
    Row{X509_V_ERR_CRL_HAS_EXPIRED, Kind::StaleCrl, Rule::RevocationStale},
    Row{X509_V_ERR_UNABLE_TO_DECRYPT_CRL_SIGNATURE, Kind::BadCrl, Rule::RevocationBadList},
    Row{X509_V_ERR_CRL_SIGNATURE_FAILURE, Kind::BadCrl, Rule::RevocationBadList},
    Row{X509_V_ERR_ERROR_IN_CRL_LAST_UPDATE_FIELD, Kind::BadCrl, Rule::RevocationBadList},
    Row{X509_V_ERR_ERROR_IN_CRL_NEXT_UPDATE_FIELD, Kind::BadCrl, Rule::RevocationBadList},
    Row{X509_V_ERR_KEYUSAGE_NO_CRL_SIGN, Kind::BadCrl, Rule::RevocationBadList},
    Row{X509_V_ERR_UNHANDLED_CRITICAL_CRL_EXTENSION, Kind::BadCrl, Rule::RevocationBadList},
    Row{X509_V_ERR_CRL_PATH_VALIDATION_ERROR, Kind::BadCrl, Rule::RevocationBadList},
    Row{X509_V_ERR_CERT_REVOKED, Kind::Revoked, Rule::RevocationRevoked},
    Row{X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY, Kind::UnknownKey, Rule::CryptoUnavailable},
    Row{X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE, Kind::BadSignature, Rule::PathBadSignature},
    Row{X509_V_ERR_CERT_SIGNATURE_FAILURE, Kind::BadSignature, Rule::PathBadSignature},
    Row{X509_V_ERR_INVALID_CA, Kind::Other, Rule::PathNotCa},
    Row{X509_V_ERR_INVALID_NON_CA, Kind::Other, Rule::PathNotCa},
    Row{X509_V_ERR_KEYUSAGE_NO_CERTSIGN, Kind::Other, Rule::PathKeyUsage},
    Row{X509_V_ERR_PATH_LENGTH_EXCEEDED, Kind::Other, Rule::PathLength},
    Row{X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION, Kind::Other, Rule::CertUnknownCritical},
    Row{X509_V_ERR_PERMITTED_VIOLATION, Kind::Other, Rule::PathNameConstraints},
    Row{X509_V_ERR_EXCLUDED_VIOLATION, Kind::Other, Rule::PathNameConstraints},
    Row{X509_V_ERR_SUBTREE_MINMAX, Kind::Other, Rule::PathNameConstraints},
    Row{X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE, Kind::Other, Rule::PathNameConstraints},
    Row{X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX, Kind::Other, Rule::PathNameConstraints},
    Row{X509_V_ERR_UNSUPPORTED_NAME_SYNTAX, Kind::Other, Rule::PathNameConstraints},
    Row{X509_V_ERR_INVALID_POLICY_EXTENSION, Kind::Other, Rule::PathPolicy},
    Row{X509_V_ERR_NO_EXPLICIT_POLICY, Kind::Other, Rule::PathPolicy},
    Row{X509_V_ERR_CERT_CHAIN_TOO_LONG, Kind::Other, Rule::PathBudget},
};

}  // namespace

PathError classify(int error) {
  for (const Row& row : kRows) {
    if (row.error == error) return {row.kind, row.rule};
  }
  return {};
}

}  // namespace bulla::x509

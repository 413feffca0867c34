// What is asked of a path beyond RFC 5280: that it is meant for mail (RFC 8550 4.4),
// and that its algorithms are strong enough (RFC 8550 4.3, 6).
#pragma once

#include <string>
#include <vector>

#include "asn1/algorithm_identifier.h"
#include "bulla/certificate.h"
#include "bulla/finding.h"
#include "x509/path_finder.h"

namespace bulla::x509 {

// "path N"
std::string path_place(std::size_t index);

asn1::AlgorithmIdentifier signature_algorithm(const Certificate& certificate);

// What a critical certificatePolicies extension says must be understood, its
// qualifiers too (RFC 5280 4.2.1.4); libcrypto does not look at them.
void check_policy_qualifiers(const std::vector<Certificate>& path, Findings& findings);

// An authority's certificate says that it is for timestamps and nothing else, and that this
// must be understood (RFC 3161 2.3, TSP-04).
bool is_for_timestamps_alone(const Certificate& certificate);

// Key usage and extended key usage of the certificate, and the extended key usage of
// the CAs above it as a constraint (CERT-36 to CERT-40).
void check_purpose(const std::vector<Certificate>& path, Purpose purpose, Findings& findings);

// Digests of all signatures but the root's own, and sizes of all keys (CERT-43).
// `anchors`: how many certificates at the end are roots: 1 or 0.
void check_strength(const std::vector<Certificate>& path, std::size_t anchors,
                    PathOptions::Weak weak, Findings& findings);

}  // namespace bulla::x509

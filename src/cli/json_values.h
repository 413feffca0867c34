// Pieces that the JSON of several commands has.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "bulla/certificate.h"
#include "bulla/finding.h"
#include "bulla/seal.h"

namespace bulla::cli {

using Json = nlohmann::ordered_json;

// One object with a line end. Octets that are no UTF-8 become U+FFFD.
std::string text_of(const Json& json);
Json certificate_json(const Certificate& certificate);
Json findings_json(const Findings& findings);
Json choices_json(const std::vector<AlgorithmChoice>& choices);
Json refusal_json(const Error& error);

}  // namespace bulla::cli

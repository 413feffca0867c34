// What the structures of CMS say, as facts for an Inspection.
#pragma once

#include "cli/inspection.h"
#include "cms/recipient_info.h"
#include "cms/signer_info.h"

namespace bulla::cli {

Node signed_node(const cms::SignedHeader& header);
Node digested_node(const cms::DigestedHeader& header);
Node authenticated_node(const cms::AuthenticatedHeader& header);
Node enveloped_node(const cms::EnvelopedHeader& header);
// One node for each recipient: several for one KeyAgreeRecipientInfo.
std::vector<Node> recipient_nodes(const cms::RecipientInfo& recipient);
Node signer_node(const cms::SignerInfo& signer, const Oid& content_type);
// The countersignatures and timestamps of a signer, below its node.
std::vector<Node> attestation_nodes(const cms::SignerInfo& signer, std::size_t depth = 2);
Node certificate_node(const Certificate& certificate);

}  // namespace bulla::cli

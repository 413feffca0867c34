// countersign() on messages that are not quite as they should be.
#include "bulla/countersign.h"

#include "message/seal_support.h"

namespace bulla {
namespace {

using namespace seal_testing;

struct Countersigned {
  std::string error = "ok";
  std::string text;
  SealReport report;
};

Countersigned countersigned_by(const std::string& name, std::string_view text) {
  SignerChoice signer;
  signer.identity = person(name);
  ChunkSource in(text);
  WatchedSink out;
  auto report = countersign(in, out, {signer}, {.at = now()});
  if (!report) return {std::string(info(report.error().rule).slug), {}, {}};
  return {"ok", out.text(), *report};
}

std::string signed_octets() {
  return seal_text("octets", recipe_of({sign_by("alice", Sign::Form::Opaque)}),
                   seal_testing::options(SealOptions::Form::Der))
      .text;
}

// Known by structure, and a note when it is opened (CMS-09): so it can be countersigned as well.
TEST(Countersign, a_signer_info_of_another_version_is_kept_CMS09) {
  std::string der = signed_octets();
  std::size_t version = der.rfind(std::string("\x02\x01\x01\x30", 4));
  ASSERT_NE(version, std::string::npos);
  der[version + 2] = 3;  // with issuerAndSerialNumber
  auto notes = slugs(open_text(der).verdict.findings);
  ASSERT_NE(std::find(notes.begin(), notes.end(), "cms.version"), notes.end());
  Countersigned made = countersigned_by("ec", der);
  ASSERT_EQ(made.error, "ok");
  Opened opened = open_text(made.text);
  EXPECT_EQ(slugs(opened.verdict.findings), notes);
  const SignerVerdict& signer = opened.verdict.layers.at(0).signers.at(0);
  EXPECT_EQ(signer.status, Status::Valid);
  ASSERT_EQ(signer.countersigners.size(), 1u);
  EXPECT_EQ(signer.countersigners[0].status, Status::Valid);
}

// As when signing (ALG-68).
TEST(Countersign, a_short_key_is_told) {
  EXPECT_EQ(slugs(countersigned_by("short", signed_octets()).report.findings),
            std::vector<std::string>{"sig.weak-key-accepted"});
  EXPECT_TRUE(countersigned_by("ec", signed_octets()).report.findings.empty());
}

// Found by fuzzing: its body is no parts.
TEST(Countersign, a_multipart_without_a_usable_boundary_is_refused) {
  for (const char* boundary : {"", "; boundary=\"\"", "; bo\xffundary=x"}) {
    std::string mail =
        "MIME-Version: 1.0\r\nContent-Type: multipart/signed; "
        "protocol=\"application/pkcs7-signature\"" +
        std::string(boundary) + "\r\n\r\n--x\r\n\r\nhi\r\n--x--\r\n";
    Countersigned made = countersigned_by("ec", mail);
    EXPECT_EQ(made.error, "mime.no-boundary") << boundary;
    EXPECT_EQ(made.text, "");
  }
}

}  // namespace
}  // namespace bulla

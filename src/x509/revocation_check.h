// RevocationCheck: what one search knows about revocation: the lists and answers of the message,
// of the source and, where something is missing, of the network.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "bulla/fetch.h"
#include "x509/answer_book.h"
#include "x509/libcrypto_path.h"
#include "x509/online.h"
#include "x509/path_cache.h"
#include "x509/path_finder.h"

namespace bulla::x509 {

class RevocationCheck {
 public:
  // All must outlive it. `window` gets narrower by what is looked at.
  RevocationCheck(const PathFinder::Ports& ports, const Limits& limits, const PathOptions& options,
                  const Carried& carried, LibcryptoPath& libcrypto, TimeWindow& window);

  // Gives libcrypto the lists about these certificates.
  void gather(const std::vector<Certificate>& candidates);

  // After the validation of a path to an anchor: adds what answers say.
  void judge(const std::vector<Certificate>& path, LibcryptoPath::Outcome& outcome);
  // Fetches what is missing. Whether something came: then validate and judge once more.
  bool fetch(const std::vector<Certificate>& path, const LibcryptoPath::Outcome& outcome);
  // Says what the policy makes of certificates about which nothing is known.
  void conclude(LibcryptoPath::Outcome& outcome) const;

  // The path is verified: what was fetched for it may be remembered.
  void keep() const;

  // About no path in particular.
  const Findings& findings() const { return findings_; }

 private:
  void add_answers_of(const Certificate& certificate);
  bool add_crl(ByteView der, std::optional<Time>& next_update, Bytes& issuer);
  void add_crl(ByteView der);
  std::vector<Certificate> find_by_name(ByteView name, const std::string& key);
  void note_dates(const Certificate& certificate);
  bool fetch_answer(const std::vector<Certificate>& path, std::size_t index);
  bool fetch_lists(const Certificate& certificate);

  const PathFinder::Ports& ports_;
  const Limits& limits_;
  const PathOptions& options_;
  const Carried& carried_;
  LibcryptoPath& libcrypto_;
  TimeWindow& window_;
  AnswerBook answers_;
  std::vector<std::string> list_issuers_;  // comparison keys of those whose lists count
  std::set<std::string> asked_;            // certificates that the source was asked about
  std::vector<Fetched> fetched_;
  Findings findings_;
};

}  // namespace bulla::x509

// Online: what the certificates of one message let be fetched, within one budget (T-75).
//
// What comes is read and no more; whether it is to be believed is seen by whoever asked. What is
// worth telling of it gathers here. An object belongs to one thread.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bulla/certificate.h"
#include "bulla/fetch.h"
#include "bulla/finding.h"
#include "bulla/limits.h"

namespace bulla::x509 {

class Online {
 public:
  // `fetcher` must outlive it.
  Online(const Fetcher& fetcher, const Limits& limits);
  Online(const Online&) = delete;
  Online& operator=(const Online&) = delete;

  struct Item {
    std::string url;
    Bytes octets;
  };
  // Certificates that might have issued this one, from where it says that they are (CERT-48).
  std::vector<Certificate> fetch_issuers(const Certificate& certificate);
  // A list about it and a delta list, as far as it says where.
  std::vector<Item> fetch_lists(const Certificate& certificate);
  // What its responder says of it.
  struct Answer {
    Item item;
    Bytes nonce;  // of the request
  };
  std::optional<Answer> fetch_answer(const Certificate& certificate, const Certificate& issuer);

  // The item was found to be what it should be.
  void keep(const Fetched& fetched) const { fetcher_.keep(fetched); }
  // The URL that a certificate of fetch_issuers() came from, or empty.
  std::string origin(const Certificate& certificate) const;

  // Whether anything was asked for since the last call, or would have been but for the budget.
  bool take_use() { return std::exchange(used_, false); }
  void say(Rule rule, std::string detail);
  Findings take_findings() { return std::exchange(findings_, {}); }

 private:
  // The first of the URLs that gives something. What a message asks twice, for another signer or
  // another time, is asked for once; `about` says what a posted body is about.
  std::optional<Item> fetch_first(const std::vector<std::string>& urls, const Bytes& body,
                                  ByteView about);
  struct Origin {
    Certificate certificate;
    std::string url;
  };

  const Fetcher& fetcher_;
  const Limits& limits_;
  FetchBudget budget_;
  std::map<std::string, Result<Bytes>> asked_;  // by URL and what it is about
  std::map<std::string, Bytes> nonces_;         // by certificate
  std::vector<Origin> origins_;
  Findings findings_;
  bool used_ = false;
};

}  // namespace bulla::x509

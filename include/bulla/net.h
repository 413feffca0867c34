// What talks to a network: the library libbulla-net.
//
//   auto stamps = bulla::make_http_timestamp_source("https://tsa.example.org/");
//   bulla::Sign step{.signers = {{.identity = me}}, .timestamps = *stamps};
//
//   auto fetcher = bulla::make_http_fetcher();
//   auto verdict = bulla::open(in, out, {.at = now, .trust = &roots, .fetcher = fetcher.get()});
//
// libcurl (libcurl.so.4) does it, for timestamps with the proxies of the environment. It is loaded
// when it is first needed: a program that never asks for anything pays nothing for it.
//
// Thread safety: a source may be used by several threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "bulla/fetch.h"
#include "bulla/result.h"
#include "bulla/seal.h"

namespace bulla {

struct HttpOptions {
  std::chrono::milliseconds time{30'000};  // for one request and its answer, names and all
  std::size_t answer_bytes = 1u << 20;     // a longer answer is none
};

// A timestamping authority behind an http: or https: URL (RFC 3161 3.4). Redirections are not
// followed. Errors: io.usage for any other URL. stamp(): io.network, with what the host or
// libcurl says; the answer itself is judged by whoever asks for the timestamp.
[[nodiscard]] Result<std::shared_ptr<const TimestampSource>> make_http_timestamp_source(
    std::string url, HttpOptions options = {});

struct HttpFetcherOptions {
  // "HOST" or "HOST:PORT": hosts of one's own, which are asked although their address is a private
  // one, or their port not that of the scheme.
  std::vector<std::string> own_hosts;
};

// Fetches what certificates refer to over http: and https: URLs. Whoever sent a message chose
// them, so that no others are asked than hosts with public addresses, at the port of the scheme,
// without user names, redirections and proxies (T-74). fetch() errors: fetch.refused, io.network.
[[nodiscard]] std::shared_ptr<const Fetcher> make_http_fetcher(HttpFetcherOptions options = {});

}  // namespace bulla

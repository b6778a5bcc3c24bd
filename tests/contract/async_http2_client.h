// The client of HTTP/2 as its tests use it.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include "tests/contract/transport_harness.h"

namespace fanout::transport_test {

inline const Transport& http2_row() {
  return **std::ranges::find(transports(), std::string_view("nghttp2_async"), &Transport::name);
}

inline std::vector<Request> numbered(std::uint32_t count) {
  std::vector<Request> requests;
  for (std::uint32_t i = 0; i < count; ++i) requests.push_back({i, 0, make_token(1, i)});
  return requests;
}

class Http2Client {
 public:
  // `config` is borrowed.
  Http2Client(const ClientConfig& config, unsigned slots)
      : make_(async_of(http2_row())(config)), client_(make_(slots)) {}
  AsyncClient* operator->() { return client_.get(); }

  Response fetch(const Request& request) {
    Response response;
    unsigned calls = 0;
    client_->start(request, [&](const Response& ended) {
      response = ended;
      ++calls;
    });
    EXPECT_EQ(calls, 0U) << "done called from within start";
    client_->run();
    EXPECT_EQ(calls, 1U);
    return response;
  }
  Response fetch(std::uint32_t index, std::uint32_t target = 0) {
    return fetch(Request{index, target, make_token(1, index)});
  }

 private:
  AsyncFactory make_;
  std::unique_ptr<AsyncClient> client_;
};

// Makes `count` requests, `width` at once; each must end exactly once.
inline std::vector<Response> responses_to_all(const ClientConfig& config, unsigned count,
                                              unsigned width) {
  const std::vector<Request> requests = numbered(count);
  std::vector<Response> responses(count);
  std::vector<unsigned> ends(count);
  Http2Client client(config, width);
  unsigned next = 0;
  const std::function<void()> start_next = [&] {
    if (next == count) return;
    const unsigned i = next++;
    client->start(requests[i], [&, i](const Response& response) {
      responses[i] = response;
      ++ends[i];
      start_next();
    });
  };
  for (unsigned i = 0; i < width; ++i) start_next();
  client->run();
  EXPECT_EQ(ends, std::vector<unsigned>(count, 1));
  return responses;
}

inline std::vector<Outcome> outcomes(const std::vector<Response>& responses) {
  std::vector<Outcome> all;
  for (const Response& response : responses) all.push_back(response.outcome);
  return all;
}

// How many requests opened a connection.
inline unsigned opened(const std::vector<Response>& responses) {
  return static_cast<unsigned>(std::ranges::count(responses, true, &Response::connected));
}

}  // namespace fanout::transport_test

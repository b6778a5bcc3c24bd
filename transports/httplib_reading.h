// cpp-httplib's client with another view of its plain socket: what every transport reads
// (transports/bare_response.h) reaches the library in the form that it reads, too. Private to the
// transport `httplib`.
#pragma once

#include <httplib.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "transports/response_body.h"
#include "transports/response_head.h"

namespace fanout {

// Turns what is received of a response into what cpp-httplib reads. A response that it reads as it
// is stays so, but for its chunks.
class HttplibReading {
 public:
  void begin(bool head_request);
  // Appends to `out` what the library is to see of these bytes.
  void received(std::string_view bytes, std::string& out);
  // Why what came is no HTTP; empty if it may be.
  [[nodiscard]] std::string_view broken() const { return broken_; }
  // Whether more came than the response.
  [[nodiscard]] bool surplus() const { return surplus_; }

 private:
  std::string_view read_head_of(std::string_view bytes, std::string& out);
  void write_head(std::string_view text, std::string& out) const;
  void write_body(std::string_view bytes, std::string& out);

  bool head_request_ = false;
  bool in_body_ = false;
  bool surplus_ = false;
  HeadEnd head_end_;
  ResponseHead head_;
  ResponseBody body_;
  std::string held_;  // what has come of a head that is not whole
  std::string_view broken_;
};

// A client without TLS. Before each request: begin().
class ReadingHttplibClient final : public httplib::ClientImpl {
 public:
  using ClientImpl::ClientImpl;
  void begin(bool head_request, std::int64_t answer_by) {
    reading_.begin(head_request);
    answer_by_ = answer_by;
  }
  [[nodiscard]] const HttplibReading& reading() const { return reading_; }

 private:
  bool process_socket(const Socket& socket,
                      std::function<bool(httplib::Stream&)> callback) override;

  HttplibReading reading_;
  std::int64_t answer_by_ = 0;
};

}  // namespace fanout

// The server's side of one HTTP/2 connection, as bytes in and bytes out: it knows no socket.
//
// libnghttp2 makes frames of bytes and bytes of frames; this says what is answered, and when.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "local_server/asio_host.h"
#include "local_server/http2_stream.h"
#include "local_server/request_holder.h"

namespace fanout {

struct AsioCore;

class Http2Session : public RequestHolder {
 public:
  // Calls `wake` when there may be something to send though nothing was received.
  Http2Session(AsioCore& core, std::function<void()> wake);
  ~Http2Session() override;
  Http2Session(const Http2Session&) = delete;
  Http2Session& operator=(const Http2Session&) = delete;

  // Begins a connection to `host`, which must outlive it. REQUIRED: there is none.
  void begin(Host& host);
  // Ends it: whoever has not been answered will not be.
  void end();

  // Takes in what the client sent. False: it is such that nothing can follow, not even output.
  bool receive(std::string_view bytes);
  // What is to be sent next, the same until sent() is told how much of it was; empty: nothing now.
  std::string_view output();
  void sent(std::size_t bytes);
  // Whether so much is to be sent that nothing more should be received before.
  [[nodiscard]] bool is_full() const;

  // What is to happen to the connection once there is no output.
  enum class Step : std::uint8_t { go_on, close, reset };  // reset: whatever there is to send
  [[nodiscard]] Step next() const;

  // A ticket is the number of a connection and that of a stream.
  void hold_over(std::uint64_t ticket) override;
  [[nodiscard]] bool waits(std::uint64_t ticket) const override;
  void take_on(std::uint64_t ticket) override;

 private:
  struct Callbacks;  // libnghttp2's, in http2_callbacks.cpp
  static const nghttp2_session_callbacks* callbacks();

  void submit_settings();
  [[nodiscard]] Http2Stream* find(std::int32_t id) const;
  [[nodiscard]] Http2Stream* ticketed(std::uint64_t ticket) const;
  [[nodiscard]] std::uint64_t ticket_of(const Http2Stream& stream) const;
  void fill();
  void count_stalls();

  // What libnghttp2 tells of, in http2_requests.cpp.
  void begin_stream(std::int32_t id);
  void take_field(Http2Stream& stream, std::string_view name, std::string_view value);
  void take_header(Http2Stream& stream);
  void arrived(Http2Stream& stream);
  void hold(Http2Stream& stream);
  void refuse_after(std::int32_t id);
  void closed(Http2Stream& stream);
  void release(Http2Stream& stream);

  // In http2_answers.cpp.
  void answer(Http2Stream& stream);
  void submit_answer(Http2Stream& stream);
  void begin_body(Http2Stream& stream);
  void submit_reset(Http2Stream& stream);
  ssize_t read_body(Http2Stream& stream, std::size_t most, std::uint32_t& flags);
  bool write_data(const Http2Stream& stream, std::string_view frame_header);
  void drip(Http2Stream& stream);
  void frame_sent(const nghttp2_frame& frame);
  void leave(Http2Stream& stream);

  AsioCore& core_;
  std::function<void()> wake_;
  Host* host_ = nullptr;
  nghttp2_session* session_ = nullptr;
  std::uint32_t epoch_ = 0;  // of connections
  bool failed_ = false;      // nothing more can be made of it
  bool lost_ = false;        // by the fault of a request
  bool going_away_ = false;  // a GOAWAY frame is being sent
  std::int64_t first_ns_ = 0;
  std::int64_t received_ns_ = 0;
  std::int64_t filled_ns_ = 0;
  std::uint64_t begun_ = 0;                                              // streams
  std::int32_t newest_ = 0;                                              // stream
  std::int32_t last_stream_ = std::numeric_limits<std::int32_t>::max();  // that is answered
  std::size_t with_data_ = 0;                                            // streams that have_data

  std::string output_;
  std::size_t written_ = 0;      // of output_
  std::uint64_t made_ = 0;       // bytes of output, ever
  std::uint64_t frame_end_ = 0;  // where in them the frame ends that is being sent
  // Requests whose answer ends at `end` of those bytes, and is whole when so many were sent.
  struct Leaving {
    std::uint64_t end;
    HeldRequest request;
  };
  std::vector<Leaving> leaving_;
  std::size_t left_ = 0;  // of leaving_

  std::vector<Http2Stream*> open_;
  std::vector<Http2Stream*> free_;
  std::vector<std::unique_ptr<Http2Stream>> streams_;  // all there ever were
};

}  // namespace fanout

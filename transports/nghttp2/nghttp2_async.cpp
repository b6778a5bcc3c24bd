// libnghttp2 on Asio's sockets: the requests of its client.
#include "transports/nghttp2/nghttp2_async.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cassert>

#include "base/clock.h"
#include "transports/failure_sentences.h"
#include "transports/idle_connection.h"
#include "transports/path.h"
#include "transports/response_head.h"

namespace fanout {
namespace {

constexpr std::string_view kOffered{"\2h2"};  // as ALPN has it

}  // namespace

Nghttp2Client::Nghttp2Client(const Http2Targets& shared, unsigned slots)
    : config_(shared.prepared.config),
      shared_(shared),
      slots_(slots),
      tls_(shared.prepared.tls, kOffered),
      most_streams_(config_.targets.size()),
      pool_(config_, slots),
      received_(std::make_unique_for_overwrite<char[]>(kReceivedBytes)),
      timer_(io_.get_executor()) {
  for (unsigned i = 0; i < slots; ++i) spare_.push_back(&streams_.emplace_back());
}

void Nghttp2Client::start(const Request& request, Done done) {
  assert(in_flight_ < slots_);
  carry(take_stream(request, std::move(done)), false);
  wake();
}

Http2Exchange& Nghttp2Client::take_stream(const Request& request, Done done) {
  if (spare_.empty()) spare_.push_back(&streams_.emplace_back());
  Stream& stream = *spare_.back();
  spare_.pop_back();
  ++in_flight_;
  stream.request = &request;
  stream.done = std::move(done);
  stream.end = Stream::End::none;
  stream.repeated = stream.sent_again = false;
  stream.answer.begin(config_.keep_bodies);
  stream.answer_by = give_up_at(config_, now_ns());
  watch_deadline(stream.answer_by);
  return stream;
}

// Puts a request on a connection, for the first time or once more.
void Nghttp2Client::carry(Stream& stream, bool again) {
  while (true) {
    Connection* connection = usable(stream.request->target);
    stream.opened = connection == nullptr;
    if (stream.opened) connection = &open(stream.request->target);
    if (!again) stream.times.begin(config_, !stream.opened);
    if (again && stream.opened) stream.times.reconnect();
    pool_.add(*connection, stream);
    const int failure = stream.opened ? connect(*connection) : 0;
    if (failure != 0) return fail_all(*connection, connect_failure(failure), {});
    if (submit(stream)) return flush_later(*connection);
    drop(stream);  // its connection has no numbers left for streams
  }
}

bool Nghttp2Client::submit(Stream& stream) {
  const std::uint64_t token = stream.request->token;
  const Http2Target& target = shared_.targets[stream.request->target];
  Http2Fields& fields = has_own_form(config_, token) ? stream.own_fields : fields_;
  if (has_own_form(config_, token)) {
    const FormView form = own_form(config_.paths, token);
    fields.assign(form, target.scheme, target.authority);
    stream.body = form.body;
  } else {
    fields.assign(target.fields);
    stream.body = shared_.prepared.form.body;
  }
  if (has_listed_paths(config_)) {
    fields.set_path(listed_path(config_.paths, token));
  } else {
    stream.path.clear();
    append_path(config_, token, stream.path);
    fields.set_path(stream.path);
  }
  Connection& connection = *stream.connection;
  if (connection.session->submit(stream, fields.list())) return true;
  pool_.retire(connection);
  return false;
}

// Has the loop end a request so, because start() must not call `done`.
void Nghttp2Client::fail(Stream& stream, const Response& response) {
  stream.end = Stream::End::failed;
  stream.response = response;
  ended_.push_back(&stream);
  wake();
}

Response Nghttp2Client::response_to(Stream& stream) const {
  using End = Stream::End;
  const Http2Answer& answer = stream.answer;
  if (stream.end == End::failed) return std::move(stream.response);
  if (stream.end == End::complete) {
    stream.times.answered();
    return verify(config_, *stream.request, answer.reply());
  }
  if (stream.end == End::unprocessed) {
    return stream.unanswered(config_, Outcome::reset, sentence::kUnprocessedTwice);
  }
  if (stream.end == End::reset) {
    const Outcome outcome = answer.has_head ? Outcome::truncated : Outcome::reset;
    return stream.unanswered(
        config_, outcome,
        std::string(sentence::kStreamReset) + nghttp2_http2_strerror(stream.error_code));
  }
  if (answer.head_bytes > kMostHeadBytes) {
    return stream.unanswered(config_, Outcome::protocol, sentence::kHeaderTooLarge);
  }
  // Nothing is wrong with an answer but that it ends too soon.
  const bool is_short = answer.has_head && answer.body_bytes < answer.length.value_or(0);
  return is_short ? stream.unanswered(config_, Outcome::truncated)
                  : stream.unanswered(config_, Outcome::protocol, sentence::kBadAnswer);
}

// A request has ended, unless it was given up since. One that was left unprocessed is sent again:
// once if that may be for its own sake, else as often as its time allows.
void Nghttp2Client::report(Stream& stream) {
  if (stream.end == Stream::End::none) return;
  const bool own_sake = stream.sent && stream.left_first;
  if (stream.end == Stream::End::unprocessed && !(own_sake && stream.sent_again)) {
    stream.end = Stream::End::none;
    stream.sent_again = stream.sent_again || own_sake;
    if (stream.connection != nullptr) drop(stream);
    return carry(stream, true);
  }
  Response response = response_to(stream);
  response.connected = stream.opened;
  if (stream.connection != nullptr) drop(stream);
  finish(stream)(response);
}

// Takes a stream off its connection.
void Nghttp2Client::drop(Stream& stream) {
  Connection& connection = *stream.connection;
  pool_.remove(stream);
  if (connection.streams.empty()) leave(connection);
}

// The request is no more; returns whom to tell.
AsyncClient::Done Nghttp2Client::finish(Stream& stream) {
  stream.request = nullptr;
  stream.end = Stream::End::none;
  stream.answer.body.reset();
  spare_.push_back(&stream);
  --in_flight_;
  return std::move(stream.done);
}

// Without a request in flight no timer keeps the loop from ending.
void Nghttp2Client::rest() {
  if (in_flight_ > 0 || timer_set_to_ == kNever) return;
  timer_set_to_ = kNever;
  timer_.cancel();
}

void Nghttp2Client::give_up(const Request& request) {
  const auto found = std::ranges::find(streams_, &request, &Stream::request);
  if (found == streams_.end()) return;
  Stream& stream = *found;
  if (stream.connection != nullptr) cancel(stream);
  finish(stream);
  rest();
}

// Ends a stream whose request is not waited for any more; its connection stays.
void Nghttp2Client::cancel(Stream& stream) {
  Connection& connection = *stream.connection;
  if (stream.end == Stream::End::none) {
    connection.session->cancel(stream);
    flush_later(connection);
    wake();
  }
  drop(stream);
}

// Deadlines mostly come in ascending order, so the timer is set once a timeout, not once a request.
void Nghttp2Client::watch_deadline(std::int64_t deadline) {
  if (deadline >= timer_set_to_) return;
  timer_set_to_ = deadline;
  timer_.expires_at(std::chrono::steady_clock::time_point(std::chrono::nanoseconds(deadline)));
  timer_.async_wait([this](const AsioError& error) {
    if (!error) give_up_late_ones();
  });
}

void Nghttp2Client::give_up_late_ones() {
  awake_ = true;
  timer_set_to_ = kNever;
  const std::int64_t now = now_ns();
  std::int64_t next = kNever;
  for (Stream& stream : streams_) {
    if (stream.request == nullptr || stream.end != Stream::End::none) continue;
    if (stream.answer_by <= now) {
      cancel(stream);
      fail(stream, stream.unanswered(config_, Outcome::timeout));
    } else {
      next = std::min(next, stream.answer_by);
    }
  }
  for (Connection& connection : pool_.all()) {
    if (connection.connect_by <= now) {
      fail_all(connection, Outcome::connect_timeout, {});
    } else {
      next = std::min(next, connection.connect_by);
    }
  }
  watch_deadline(next);
  settle();
}

// Has the loop go through settle() once more.
void Nghttp2Client::wake() {
  if (awake_) return;
  awake_ = true;
  boost::asio::post(io_, [this] { settle(); });
}

// Reports what has ended and sends what is to be sent, until there is neither. Whoever is told may
// begin requests and give some up.
void Nghttp2Client::settle() {
  awake_ = true;
  while (!ended_.empty() || !to_flush_.empty()) {
    reported_.swap(ended_);
    for (Stream* const stream : reported_) report(*stream);
    reported_.clear();
    flushed_.swap(to_flush_);
    for (Connection* const connection : flushed_) {
      connection->to_flush = false;
      flush(*connection);
    }
    flushed_.clear();
  }
  awake_ = false;
  rest();
}

namespace {

AsyncFactory prepare(const ClientConfig& config) {
  return [shared = std::make_shared<const Http2Targets>(config)](unsigned slots) {
    return std::make_unique<Nghttp2Client>(*shared, slots);
  };
}

}  // namespace

extern const Transport nghttp2_async;
const Transport nghttp2_async{
    .name = "nghttp2_async",
    .stack = "nghttp2",
    .summary = "libnghttp2 on Asio's sockets: HTTP/2, many requests on each connection",
    .version = &nghttp2_version_text,
    .prepare = &prepare,
    .suite = Suite::other_stack,
    .http1 = false,
    .http2 = true,
    .counterpart = "beast_async",
};

}  // namespace fanout

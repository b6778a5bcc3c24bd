#include "transports/nghttp2/http2_pool.h"

#include <algorithm>
#include <utility>

namespace fanout {

Http2Pool::Http2Pool(const ClientConfig& config, unsigned slots)
    : reuse_(config.reuse),
      most_(shared_connections(config, slots)),
      // Those that requests share are kept, however few may be idle.
      most_idle_(config.connections > 0
                     ? std::max<std::size_t>(kept_connections(config, slots),
                                             std::size_t{most_} * config.targets.size())
                     : kept_connections(config, slots)),
      choices_(config.targets.size()) {}

Http2Connection* Http2Pool::choose(std::uint32_t target) const {
  const Http2Connection::Choice& among = choices_[target];
  if (among.empty()) return nullptr;
  Http2Connection* const first = *among.begin();
  return first->streams.empty() || among.size() >= most_ ? first : nullptr;
}

Http2Connection& Http2Pool::open(std::uint32_t target, const AsioExecutor& executor) {
  if (spare_.empty()) {
    Http2Connection& made =
        connections_.emplace_back(executor, static_cast<unsigned>(connections_.size()));
    made.place = others_.insert(others_.end(), &made);
    spare_.push_back(&made);
  }
  Http2Connection& connection = *spare_.back();
  spare_.pop_back();
  connection.target = target;
  if (reuse_) connection.choice = choices_[target].insert(&connection).first;
  return connection;
}

void Http2Pool::retire(Http2Connection& connection) {
  if (!connection.choice) return;
  choices_[connection.target].erase(*connection.choice);
  connection.choice.reset();
}

void Http2Pool::closed(Http2Connection& connection) {
  retire(connection);
  if (std::exchange(connection.idle, false)) {
    others_.splice(others_.end(), idle_, connection.place);
  }
  spare_.push_back(&connection);
}

// The order among the choices depends on the number of streams.
template <class Change>
void Http2Pool::change_load(Http2Connection& connection, Change change) {
  if (!connection.choice) return change();
  Http2Connection::Choice& among = choices_[connection.target];
  auto node = among.extract(*connection.choice);
  change();
  connection.choice = among.insert(std::move(node)).position;
}

void Http2Pool::add(Http2Connection& connection, Http2Exchange& stream) {
  if (std::exchange(connection.idle, false)) {
    others_.splice(others_.end(), idle_, connection.place);
  }
  change_load(connection, [&] {
    stream.connection = &connection;
    stream.place = connection.streams.size();
    connection.streams.push_back(&stream);
  });
}

void Http2Pool::remove(Http2Exchange& stream) {
  Http2Connection& connection = *std::exchange(stream.connection, nullptr);
  change_load(connection, [&] {
    Http2Exchange* const last = connection.streams.back();
    connection.streams[stream.place] = last;
    last->place = stream.place;
    connection.streams.pop_back();
  });
}

void Http2Pool::idle(Http2Connection& connection, std::int64_t now) {
  connection.idle_since = now;
  connection.idle = true;
  idle_.splice(idle_.end(), others_, connection.place);
}

Http2Connection* Http2Pool::surplus() const {
  return idle_.size() <= most_idle_ ? nullptr : idle_.front();
}

}  // namespace fanout

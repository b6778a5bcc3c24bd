#include "wire/secure_channel.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <array>
#include <future>
#include <memory>
#include <string>

namespace fanout {
namespace {

using ::testing::HasSubstr;
using Channel = std::unique_ptr<SecureChannel>;

constexpr std::chrono::seconds kWithin(10);
const std::string kKey(32, 'k');

std::array<UniqueFd, 2> connected() {
  std::array<int, 2> ends{};
  EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Both sides of a handshake, which need each other; null and why where it fails.
struct Ends {
  Channel client;
  Channel server;
  std::string client_error;
  std::string server_error;
};

Channel open_channel(UniqueFd socket, TlsSide side, const std::string& key, std::string& error) {
  try {
    return std::make_unique<SecureChannel>(std::move(socket), side, key, kWithin);
  } catch (const ChannelError& failure) {
    error = failure.what();
    return nullptr;
  }
}

Ends shake_hands(const std::string& clients_key, const std::string& servers_key) {
  auto [ours, theirs] = connected();
  Ends ends;
  auto server = std::async(std::launch::async, [&, fd = std::move(theirs)]() mutable {
    return open_channel(std::move(fd), TlsSide::server, servers_key, ends.server_error);
  });
  ends.client = open_channel(std::move(ours), TlsSide::client, clients_key, ends.client_error);
  ends.server = server.get();
  return ends;
}

template <class Call>
std::string error_of(Call call) {
  try {
    call();
  } catch (const ChannelError& error) {
    return error.what();
  }
  return "no error";
}

TEST(SecureChannel, CarriesWholeMessagesBothWays) {
  const Ends ends = shake_hands(kKey, kKey);
  ASSERT_TRUE(ends.client && ends.server) << ends.client_error << ends.server_error;
  for (const std::string& message : {std::string("a"), std::string(), std::string(100'000, 'x')}) {
    auto sent = std::async(std::launch::async, [&] { ends.client->send(message); });
    EXPECT_EQ(ends.server->receive(), message);
    sent.get();
    ends.server->send("heard");
    EXPECT_EQ(ends.client->receive(), "heard");
  }
}

TEST(SecureChannel, NeedsTheSameKey) {
  const Ends ends = shake_hands(kKey, std::string(32, 'j'));
  EXPECT_FALSE(ends.client || ends.server);
  EXPECT_THAT(ends.client_error, HasSubstr("another key"));
  EXPECT_THAT(ends.server_error, HasSubstr("another key"));
}

TEST(SecureChannel, TakesNobodyWithoutAKey) {
  auto [ours, theirs] = connected();
  std::string error;
  auto server = std::async(std::launch::async, [&, fd = std::move(theirs)]() mutable {
    return open_channel(std::move(fd), TlsSide::server, kKey, error);
  });
  const TlsContext context = make_tls_context(TlsSide::client);
  TlsStream stream(context.get(), ours.get());
  while (stream.handshake() == TlsStream::Handshake::wants_read) {
  }
  EXPECT_EQ(server.get(), nullptr);
  EXPECT_THAT(error, HasSubstr("another key"));
}

TEST(SecureChannel, RefusesMessagesThatAreTooLong) {
  const Ends ends = shake_hands(kKey, kKey);
  ASSERT_TRUE(ends.client && ends.server);
  const std::string long_one(SecureChannel::kMostBytes + 1, 'x');
  EXPECT_THAT(error_of([&] { ends.client->send(long_one); }), HasSubstr("1048576 are allowed"));
}

TEST(SecureChannel, SaysThatTheOtherSideHasLeft) {
  Ends ends = shake_hands(kKey, kKey);
  ASSERT_TRUE(ends.client && ends.server);
  ends.client.reset();
  EXPECT_EQ(error_of([&] { ends.server->receive(); }), "the connection has ended");
}

TEST(SecureChannel, WaitsNoLongerThanItIsTold) {
  auto [ours, theirs] = connected();
  EXPECT_THAT(error_of([&, fd = std::move(ours)]() mutable {
                SecureChannel(std::move(fd), TlsSide::server, kKey, std::chrono::milliseconds(1));
              }),
              HasSubstr("no answer"));
}

TEST(SecureChannel, StopsWhenItIsTold) {
  auto [ours, theirs] = connected();
  const std::array<UniqueFd, 2> stop = connected();
  EXPECT_EQ(::write(stop[1].get(), "x", 1), 1);
  EXPECT_EQ(error_of([&, fd = std::move(ours)]() mutable {
              SecureChannel(std::move(fd), TlsSide::server, kKey, kWithin, stop[0].get());
            }),
            "stopped");
}

}  // namespace
}  // namespace fanout

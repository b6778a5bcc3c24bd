// From names to addresses, and which of them is used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>

#include "base/fd.h"
#include "harness/scenario/address_choice.h"
#include "harness/scenario/name_lookup.h"
#include "transports/tcp_connect.h"

namespace fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ParseResolve, ReadsWhatCurlReads) {
  const auto plain = parse_resolve("API.example:443:192.0.2.1");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->name, "api.example");
  EXPECT_EQ(plain->port, 443);
  EXPECT_THAT(plain->addresses, ElementsAre("192.0.2.1"));
  EXPECT_THAT(parse_resolve("a:80:[::1],127.0.0.1")->addresses, ElementsAre("::1", "127.0.0.1"));
  EXPECT_THAT(parse_resolve("a:80:2001:db8::1")->addresses, ElementsAre("2001:db8::1"));
  EXPECT_FALSE(parse_resolve("a:*:::1")->port);
  for (const char* wrong :
       {"", "a", "a:80", ":80:127.0.0.1", "a:80:", "a:0:127.0.0.1", "a:65536:127.0.0.1",
        "a:x:127.0.0.1", "a:80:localhost", "a:80:127.1", "a:80:127.0.0.1,", "a:80:127.0.0.1,b"}) {
    EXPECT_FALSE(parse_resolve(wrong)) << wrong;
  }
}

std::vector<Target> targets_of(const std::vector<std::string>& urls) {
  std::vector<Target> targets;
  for (const std::string& url : urls) targets.push_back(target_of(parse_url(url)));
  return targets;
}

TEST(TargetOf, KeepsLiteralAddressesAndNamesApart) {
  const auto targets = targets_of({"http://[2001:DB8::1]:81/", "http://10.0.0.1/",
                                   "https://A.example/", "http+unix://%2Frun%2Fx.sock/a"});
  EXPECT_THAT(targets[0].addresses, ElementsAre("2001:db8::1"));
  EXPECT_EQ(targets[0].name, "");
  EXPECT_EQ(targets[0].host(), "2001:db8::1");
  EXPECT_THAT(targets[1].addresses, ElementsAre("10.0.0.1"));
  EXPECT_THAT(targets[2].addresses, IsEmpty());
  EXPECT_EQ(targets[2].name, "a.example");
  EXPECT_TRUE(targets[2].tls);
  EXPECT_EQ(targets[3].unix_socket, "/run/x.sock");
  EXPECT_EQ(targets[3].host(), "localhost");
}

TEST(PreferAddresses, PutsThoseFirstThatWereUsedBefore) {
  std::vector<Target> targets(4);
  targets[0] = {.addresses = {"::1", "127.0.0.1", "127.0.0.2"}, .name = "a"};
  targets[1] = {.addresses = {"127.0.0.3"}, .name = "moved"};
  targets[2] = {.name = "lost", .unresolved = "no such name"};
  targets[3] = {.addresses = {"::1"}, .name = "other"};
  prefer_addresses(
      targets,
      {{"a", {"127.0.0.9", "127.0.0.1"}}, {"moved", {"127.0.0.1"}}, {"lost", {"127.0.0.4"}}});
  EXPECT_THAT(targets[0].addresses, ElementsAre("127.0.0.1", "::1", "127.0.0.2"));
  EXPECT_THAT(targets[1].addresses, ElementsAre("127.0.0.1", "127.0.0.3"));
  EXPECT_THAT(targets[2].addresses, ElementsAre("127.0.0.4"));
  EXPECT_EQ(targets[2].unresolved, "");
  EXPECT_THAT(targets[3].addresses, ElementsAre("::1"));
}

TEST(LookUpNames, PrefersWhatTheUserKnows) {
  auto targets = targets_of({"http://a.invalid/", "http://a.invalid:81/", "http://b.invalid:81/",
                             "http://127.0.0.9/", "http+unix://%2Fx/"});
  look_up_names(targets, {*parse_resolve("a.invalid:80:[::1]"), *parse_resolve("*:81:127.0.0.2")},
                false);
  EXPECT_THAT(targets[0].addresses, ElementsAre("::1"));
  EXPECT_THAT(targets[1].addresses, ElementsAre("127.0.0.2"));
  EXPECT_THAT(targets[2].addresses, ElementsAre("127.0.0.2"));
  EXPECT_THAT(targets[3].addresses, ElementsAre("127.0.0.9"));
  EXPECT_THAT(targets[4].addresses, IsEmpty());
  for (const Target& target : targets) EXPECT_EQ(target.unresolved, "");
}

TEST(LookUpNames, SaysWhyANameHasNoAddress) {
  // Too long a label for the question to be sent anywhere.
  auto targets = targets_of({"http://localhost/", "http://" + std::string(64, 'a') + "/"});
  look_up_names(targets, {}, false);
  ASSERT_FALSE(targets[0].addresses.empty());
  EXPECT_TRUE(is_loopback(targets[0].addresses.front()));
  EXPECT_EQ(targets[0].unresolved, "");
  EXPECT_THAT(targets[1].addresses, IsEmpty());
  EXPECT_NE(targets[1].unresolved, "");
}

TEST(IsLoopback, KnowsTheWholeNetworkAndNothingElse) {
  for (const char* inside :
       {"127.0.0.1", "127.1.2.3", "127.255.255.255", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(is_loopback(inside)) << inside;
  }
  for (const char* outside : {"0.0.0.0", "126.0.0.1", "128.0.0.1", "10.0.0.1", "192.0.2.1", "",
                              "::", "::2", "fe80::1", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(is_loopback(outside)) << outside;
  }
}

// Listens on this port, or on a fresh one, of an address.
std::pair<UniqueFd, std::uint16_t> listen_at(const std::string& text, std::uint16_t port,
                                             int backlog) {
  SocketAddress address = socket_address({.addresses = {text}, .port = port});
  UniqueFd fd(open_socket(address.family()));
  auto* generic = reinterpret_cast<sockaddr*>(&address.storage);
  EXPECT_EQ(::bind(fd.get(), generic, address.size), 0) << text;
  EXPECT_EQ(::listen(fd.get(), backlog), 0);
  ::getsockname(fd.get(), generic, &address.size);
  return {std::move(fd), ntohs(reinterpret_cast<sockaddr_in*>(generic)->sin_port)};
}

TEST(ChooseAddresses, TakesTheNextAfterARefusal) {
  const auto [live, port] = listen_at("127.0.0.3", 0, 8);
  std::vector<Target> targets{{.addresses = {"127.0.0.2", "::1", "127.0.0.3"}, .port = port},
                              {.addresses = {"127.0.0.3", "127.0.0.2"}, .port = port},
                              {.addresses = {"127.0.0.2"}, .port = port}};
  choose_addresses(targets, std::chrono::seconds(10));
  EXPECT_THAT(targets[0].addresses, ElementsAre("127.0.0.3", "127.0.0.2", "::1"));
  EXPECT_THAT(targets[1].addresses, ElementsAre("127.0.0.3", "127.0.0.2"));
  EXPECT_THAT(targets[2].addresses, ElementsAre("127.0.0.2"));
}

TEST(ChooseAddresses, TakesTheNextBesideOneThatDoesNotAnswer) {
  const auto [live, port] = listen_at("127.0.0.3", 0, 8);
  // A listener whose queue is full leaves further connections unanswered.
  const auto [silent, same_port] = listen_at("127.0.0.2", port, 0);
  const SocketAddress full = socket_address({.addresses = {"127.0.0.2"}, .port = port});
  std::array<UniqueFd, 4> fillers;
  for (UniqueFd& filler : fillers) {
    filler.reset(open_socket(AF_INET));
    (void)begin_connect(filler.get(), full);
  }
  std::vector<Target> targets{{.addresses = {"127.0.0.2", "127.0.0.3"}, .port = port}};
  choose_addresses(targets, std::chrono::seconds(10));
  EXPECT_THAT(targets[0].addresses, ElementsAre("127.0.0.3", "127.0.0.2"));
  EXPECT_THAT(used_addresses({{.addresses = {"::1"}, .name = "a"},
                              {.addresses = {"::1"}, .port = 81, .name = "a"},
                              {.addresses = {"127.0.0.1"}, .port = 82, .name = "a"},
                              {.addresses = {"127.0.0.9"}}}),
              ElementsAre(testing::Pair("a", ElementsAre("::1", "127.0.0.1"))));
}

TEST(ChooseAddresses, KeepsTheOrderWhereNoneAnswers) {
  std::vector<Target> targets{{.addresses = {"127.0.0.2", "127.0.0.3"}, .port = 1}};
  choose_addresses(targets, std::chrono::seconds(10));
  EXPECT_THAT(targets[0].addresses, ElementsAre("127.0.0.2", "127.0.0.3"));
}

}  // namespace
}  // namespace fanout

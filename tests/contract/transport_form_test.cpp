// Every transport sends the same request: method, header fields and body, those of all requests as
// those of one line of a list.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/contract/canned_server.h"
#include "tests/contract/transport_harness.h"
#include "transports/path.h"

namespace fanout::transport_test {
namespace {

using testing::ElementsAre;
using Then = CannedServer::Then;

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
constexpr const char* kHeadOnly = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

// A request as a server reads it.
struct Received {
  std::string line;
  std::vector<std::string> fields;  // "name: value", in the order of names
  std::string body;
};

std::string lower_name(std::string field) {
  const auto end = field.begin() + static_cast<std::ptrdiff_t>(field.find(':'));
  std::transform(field.begin(), end, field.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  while (field.ends_with(' ')) field.pop_back();
  return field;
}

Received read_request(const std::string& text) {
  const std::size_t end = text.find("\r\n\r\n");
  Received request{.line = text.substr(0, text.find("\r\n")), .body = text.substr(end + 4)};
  for (std::size_t at = text.find("\r\n"); at < end; at = text.find("\r\n", at + 2)) {
    const std::size_t next = text.find("\r\n", at + 2);
    request.fields.push_back(lower_name(text.substr(at + 2, next - at - 2)));
  }
  // No setting of cpp-httplib leaves these out.
  std::erase_if(request.fields, [](const std::string& field) {
    return field == "accept: */*" || field.starts_with("user-agent: cpp-httplib/");
  });
  std::ranges::stable_sort(request.fields, {}, [](const std::string& field) {
    return field.substr(0, field.find(':'));
  });
  return request;
}

class EveryForm : public testing::TestWithParam<const Transport*> {
 protected:
  // What the server reads of one request to each of these, in this order, over one connection.
  std::vector<Received> sent(const ClientConfig& config, const std::vector<Request>& requests,
                             CannedServer& server) {
    {
      AnyClient client(*GetParam(), config);
      for (const Request& request : requests) {
        EXPECT_EQ(client.fetch(request).outcome, Outcome::ok) << request.index;
      }
    }
    std::vector<Received> received;
    for (const std::string& head : server.heads()) received.push_back(read_request(head));
    EXPECT_EQ(received.size(), requests.size());
    received.resize(requests.size());
    return received;
  }

  static ClientConfig real(const CannedServer& server, std::string_view paths) {
    ClientConfig config = server.config();
    config.targets[0].expected_status = 0;
    config.paths = paths;
    return config;
  }
};

// A list on its way to ClientConfig::paths.
struct List {
  std::string text;
  std::vector<Request> requests;

  void add(const std::string& path) { place(path, 0); }
  void add(const std::string& path, const RequestForm& form) {
    place(path, kOwnForm);
    append_form(form.view(), text);
  }
  void place(const std::string& path, std::uint64_t own) {
    requests.push_back({.index = static_cast<std::uint32_t>(requests.size()),
                        .token = path_place(text.size(), path.size()) | own});
    text += path;
  }
};

TEST_P(EveryForm, HasTheFieldsOfTheUser) {
  CannedServer server({{kHello, Then::keep}});
  ClientConfig config = real(server, "/x");
  config.method = Method("PATCH");
  config.body = std::string("{\"a\":\0}", 7);
  config.headers = {"Host: elsewhere.example",
                    "user-agent:me/1",
                    "Content-Type: text/x",
                    "X-Twice: 2",
                    "X-Utf8: gr\xc3\xbc\xc3\x9f",
                    "X-Latin1: gr\xfc\xdf",
                    "X-Twice: 1",
                    "X-Empty;",
                    "X-Gone:",
                    "Accept: text/plain"};
  const auto received = sent(config, {{0, 0, path_place(0, 2)}, {1, 0, path_place(0, 2)}}, server);
  for (const Received& request : received) {
    EXPECT_EQ(request.line, "PATCH /x HTTP/1.1");
    EXPECT_EQ(request.body, config.body);
    EXPECT_THAT(request.fields,
                ElementsAre("accept: text/plain", "content-length: 7", "content-type: text/x",
                            "host: elsewhere.example", "user-agent: me/1",
                            "x-empty:", "x-latin1: gr\xfc\xdf", "x-twice: 2", "x-twice: 1",
                            "x-utf8: gr\xc3\xbc\xc3\x9f"));
  }
}

TEST_P(EveryForm, MayBeThatOfOneLine) {
  List list;
  list.add("/plain");
  list.add("/put", make_form(Method("PUT"), {"X-A: 1", "X-A: 2", "Host: own"}, "body"));
  list.add("/head", make_form(Method::head, {}, ""));
  list.add("/find", make_form(Method("PROPFIND"), {"Depth: 0"}, ""));
  list.add("/delete", make_form(Method("DELETE"), {}, "{}"));
  list.add("/get", make_form(Method::get, {"Content-Type: a/b"}, "got"));
  list.add("/again");
  CannedServer server(
      {{kHello, Then::keep}, {kHello, Then::keep}, {kHeadOnly, Then::keep}, {kHello, Then::keep}});
  ClientConfig config = real(server, list.text);
  config.headers = {"X-All: 1"};
  const auto received = sent(config, list.requests, server);
  const std::string host = "host: 127.0.0.1:" + std::to_string(config.targets[0].port);
  const std::string binary = "content-type: application/octet-stream";
  EXPECT_EQ(received[0].line, "GET /plain HTTP/1.1");
  EXPECT_THAT(received[0].fields, ElementsAre(host, "x-all: 1"));
  EXPECT_EQ(received[1].line, "PUT /put HTTP/1.1");
  EXPECT_THAT(received[1].fields,
              ElementsAre("content-length: 4", binary, "host: own", "x-a: 1", "x-a: 2"));
  EXPECT_EQ(received[1].body, "body");
  EXPECT_EQ(received[2].line, "HEAD /head HTTP/1.1");
  EXPECT_THAT(received[2].fields, ElementsAre(host));
  EXPECT_EQ(received[3].line, "PROPFIND /find HTTP/1.1");
  EXPECT_THAT(received[3].fields, ElementsAre("depth: 0", host));
  EXPECT_EQ(received[4].line, "DELETE /delete HTTP/1.1");
  EXPECT_THAT(received[4].fields, ElementsAre("content-length: 2", binary, host));
  EXPECT_EQ(received[5].line, "GET /get HTTP/1.1");
  EXPECT_THAT(received[5].fields, ElementsAre("content-length: 3", "content-type: a/b", host));
  EXPECT_EQ(received[5].body, "got");
  EXPECT_EQ(received[6].line, "GET /again HTTP/1.1");
  EXPECT_THAT(received[6].fields, ElementsAre(host, "x-all: 1"));
  EXPECT_EQ(received[6].body, "");
}

TEST_P(EveryForm, SaysOnceThatABodyIsEmpty) {
  CannedServer server({{kHello, Then::keep}});
  ClientConfig config = real(server, "/x");
  config.method = Method::post;
  const Request request{0, 0, path_place(0, 2)};
  for (const Received& one : sent(config, {request, request, request}, server)) {
    EXPECT_EQ(std::ranges::count(one.fields, "content-length: 0"), 1);
  }
}

TEST_P(EveryForm, LeavesPathsAsTheyAreWritten) {
  List list;
  for (const char* path :
       {"/a/../b/./c", "/..", "/%7Euser/%2e%2e/x", "/?x=1", "//double//", "/?"}) {
    list.add(path);
  }
  CannedServer server({{kHello, Then::keep}});
  const auto received = sent(real(server, list.text), list.requests, server);
  EXPECT_EQ(received[0].line, "GET /a/../b/./c HTTP/1.1");
  EXPECT_EQ(received[1].line, "GET /.. HTTP/1.1");
  EXPECT_EQ(received[2].line, "GET /%7Euser/%2e%2e/x HTTP/1.1");
  EXPECT_EQ(received[3].line, "GET /?x=1 HTTP/1.1");
  EXPECT_EQ(received[4].line, "GET //double// HTTP/1.1");
  // From 8.8 on libcurl leaves out a question mark with nothing behind it.
  const bool is_curl_8 = GetParam()->stack == "libcurl" && GetParam()->version().starts_with('8');
  EXPECT_EQ(received[5].line, is_curl_8 ? "GET / HTTP/1.1" : "GET /? HTTP/1.1");
}

INSTANTIATE_TEST_SUITE_P(Transports, EveryForm, testing::ValuesIn(networked()), row_name);

}  // namespace
}  // namespace fanout::transport_test

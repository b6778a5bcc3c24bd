// libcurl: its resources, and the only place where an option of it is set.
#pragma once

#include <curl/curl.h>

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/deleter.h"
#include "transports/curl/curl_idle.h"
#include "transports/request_form.h"
#include "transports/tls_client.h"
#include "transports/transport.h"
#include "transports/verify.h"

namespace fanout {

using CurlEasy = std::unique_ptr<CURL, Deleter<&curl_easy_cleanup>>;
using CurlMulti = std::unique_ptr<CURLM, Deleter<&curl_multi_cleanup>>;
using CurlList = std::unique_ptr<curl_slist, Deleter<&curl_slist_free_all>>;

// libcurl's version at run time.
std::string curl_version_text();
// For Transport::plain_http2_fault: where transfers are made one at a time, and at once.
std::string curl_plain_http2_fault();
std::string curl_plain_sharing_fault();

// What all easy handles of a process share; outlives them. Initialises libcurl, once and for all
// threads. Throws RunError.
struct CurlShared {
  explicit CurlShared(const ClientConfig& client_config);

  const ClientConfig& config;
  std::vector<std::string> urls;    // by target; the path follows
  std::vector<CurlList> addresses;  // by target, of its name; empty if it needs none
  CurlList all_addresses;           // of all names, if redirects may lead from one to another
  bool any_unix_socket = false;     // whether a target is one
  bool stays_here = true;           // whether all targets are on this machine
  RequestForm form;                 // of requests that have none of their own
  CurlList headers;                 // its fields
  TlsSettings tls;
};

// Who opens and closes the sockets of an easy handle; empty: libcurl does.
struct CurlSocketHooks {
  curl_opensocket_callback open = nullptr;
  curl_closesocket_callback close = nullptr;
  void* context = nullptr;
};

// Is told of the fields of response headers, one by one.
using CurlFieldWatch = std::function<void(std::string_view name, std::string_view value)>;

// One easy handle, and what it has seen of the response it is receiving. It cannot be moved.
class CurlExchange {
 public:
  // Sets everything that is the same for every request. `idle_look` is that of its client, `owner`
  // is what owner_of() returns. Throws RunError.
  CurlExchange(const CurlShared& shared, CurlIdleLook& idle_look, const CurlSocketHooks& hooks = {},
               void* owner = nullptr);
  CurlExchange(const CurlExchange&) = delete;
  CurlExchange& operator=(const CurlExchange&) = delete;

  [[nodiscard]] CURL* handle() const { return easy_.get(); }
  [[nodiscard]] const Request* request() const { return request_; }  // the last one begun
  static void* owner_of(CURL* easy);

  // Tells of header fields from now on.
  void watch_fields(CurlFieldWatch watch) { field_watch_ = std::move(watch); }
  // Whether the next transfers offer HTTP/2 to servers that speak TLS; without it, HTTP/1.1 alone.
  void offer_http2(bool offered);
  void wait_for_connections();  // of HTTP/2, which other transfers are about to share
  // Prepares the handle for a transfer of this request.
  void begin(const Request& request);
  // Whether the transfer ended before its request was sent, because the connection it was to go
  // over is no longer good; then the same transfer is to be made again, and may end so again. Asked
  // once for each end of a transfer.
  [[nodiscard]] bool must_repeat() { return std::exchange(stale_, false); }
  // The response of the transfer, which libcurl ended with this code.
  [[nodiscard]] Response end(CURLcode code) const;

 private:
  void set_policy();
  void set_version();
  void set_sockets();
  void set_redirects();
  void set_tls();
  void set_form(const FormView& form, curl_slist* headers);
  void choose_form(std::uint64_t token);
  void set_callbacks();
  void set_address(std::uint32_t target);
  [[nodiscard]] bool spoke_as_wanted() const;
  [[nodiscard]] bool is_new_connection() const;
  [[nodiscard]] Outcome failure(CURLcode code) const;
  [[nodiscard]] std::string words(CURLcode code) const;
  void header_line(std::string_view line);
  void header_field(std::string_view name, std::string_view value);
  [[nodiscard]] std::string words_of_tls(CURLcode code) const;
  [[nodiscard]] std::string_view words_of_protocol(CURLcode code) const;
  [[nodiscard]] bool libcurl_says(std::string_view part) const;
  [[nodiscard]] Outcome lost() const;
  [[nodiscard]] Outcome timed_out() const;
  [[nodiscard]] std::string_view words_of_redirect(CURLcode code) const;
  void note_redirects() const;
  void note_times() const;
  static curl_socket_t on_socket_wanted(void* self, curlsocktype purpose, curl_sockaddr* address);
  static CURLcode on_tls_context(CURL*, void* context, void* self);
  static int on_socket_made(void* self, curl_socket_t fd, curlsocktype purpose);
  static int on_connected(void* self, char* address, char* local_address, int port, int local_port);
  static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
  static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);

  const CurlShared& shared_;
  CurlIdleLook& idle_look_;
  const CurlSocketHooks hooks_;
  CurlEasy easy_;
  const Request* request_ = nullptr;
  std::string url_;
  std::vector<bool> address_known_;  // to libcurl, by target
  CurlList own_headers_;             // of a request with a form of its own
  bool own_form_ = false;            // whether the handle is set to one
  std::uint64_t body_bytes_ = 0;
  std::shared_ptr<std::string> kept_;  // the body; null: it is not kept
  ReceivedToken token_;
  CurlFieldWatch field_watch_;  // empty: nobody is told
  std::uint32_t retry_after_s_ = 0;
  bool interim_ = false;  // the header being received is that of an interim response
  bool header_complete_ = false;
  bool led_elsewhere_ = false;                 // to another machine, where it may not go
  bool certificate_wanted_ = false;            // asked for by the server, of a client that has none
  std::string_view not_http_;                  // why what has come is none
  std::array<char, CURL_ERROR_SIZE> error_{};  // what libcurl says of a failure
  int new_socket_ = -1;                        // made for the transfer
  bool stale_ = false;                         // what must_repeat() says
};

// A multi handle for so many requests at once, beside whose connections it keeps idle ones as its
// client may. Throws RunError.
CurlMulti make_curl_multi(const ClientConfig& config, unsigned slots);

// Lets libcurl say which sockets and which time it waits for (the multi-socket interface).
void watch_curl_multi(CURLM* multi, curl_socket_callback socket, curl_multi_timer_callback timer,
                      void* context);

}  // namespace fanout

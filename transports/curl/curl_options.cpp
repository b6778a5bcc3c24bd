#include "transports/curl/curl_options.h"

#include <fmt/core.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "base/clock.h"
#include "base/error.h"
#include "transports/deadline.h"
#include "transports/http_text.h"
#include "transports/path.h"
#include "transports/tcp_connect.h"
#include "wire/socket_options.h"

namespace fanout {

namespace {

// The size costs little: only the pages of the buffer that are received into take memory.
constexpr long kReceiveBufferBytes = 16 * 1024;

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
  const CURLcode code = curl_easy_setopt(easy, option, value);
  if (code != CURLE_OK) {
    throw RunError(
        fmt::format("libcurl option {}: {}", static_cast<int>(option), curl_easy_strerror(code)));
  }
}

// CURL_GLOBAL_NOTHING: initialising TLS costs memory and start-up, so it is left to those who need
// it, and any number of them may. Never undone: other clients, in other threads, may still use
// libcurl.
void initialise_curl(bool tls) {
  static const CURLcode code = curl_global_init(CURL_GLOBAL_NOTHING);
  if (tls) OPENSSL_init_ssl(0, nullptr);
  if (code != CURLE_OK) {
    throw RunError(fmt::format("libcurl does not initialise: {}", curl_easy_strerror(code)));
  }
}

void add_line(CurlList& list, const std::string& line) {
  curl_slist* grown = curl_slist_append(list.get(), line.c_str());
  if (grown == nullptr) throw RunError("libcurl is out of memory");
  (void)list.release();
  list.reset(grown);
}

CurlList header_list(const FormView& form, bool reuse) {
  CurlList list;
  add_line(list, "Accept:");  // without a value: do not send it
  if (!reuse) add_line(list, "Connection: close");
  if (form.has_content()) {
    add_line(list, "Expect:");  // libcurl asks leave before it sends a body of more than 1 MiB
    if (!form.names_type()) add_line(list, "Content-Type:");
  }
  for_each_field(form.fields, [&](std::string_view name, std::string_view value) {
    add_line(list, value.empty() ? fmt::format("{};", name) : fmt::format("{}: {}", name, value));
  });
  return list;
}

// What libcurl takes instead of looking the name up; nothing for a literal address, nor for a Unix
// socket.
CurlList address_of_name(const Target& target) {
  CurlList list;
  if (!target.name.empty() && target.unix_socket.empty()) {
    add_line(list, fmt::format("{}:{}:{}", target.name, target.port, target.addresses.front()));
  }
  return list;
}

CurlList addresses_of_names(const std::vector<Target>& targets) {
  CurlList all;
  for (const Target& target : targets) {
    const CurlList one = address_of_name(target);
    if (one) add_line(all, one->data);
  }
  return all;
}

// Whole milliseconds, rounded up; 0, no limit, only for 0.
long milliseconds(std::chrono::nanoseconds time) {
  const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(time).count();
  return static_cast<long>(std::clamp<std::int64_t>(rounded, 0, std::numeric_limits<int>::max()));
}

}  // namespace

std::string curl_plain_http2_fault() {
  constexpr unsigned kMended = 0x080000;
  const auto* const info = curl_version_info(CURLVERSION_NOW);
  if (info->version_num >= kMended) return {};
  return fmt::format(
      "libcurl {} cannot keep connections of HTTP/2 in clear text (mended in 8.0.0); use TLS",
      info->version);
}

std::string curl_plain_sharing_fault() {
  constexpr unsigned kFirst = 0x080d00;
  constexpr unsigned kMended = 0x081000;
  const auto* const info = curl_version_info(CURLVERSION_NOW);
  if (info->version_num < kFirst || info->version_num >= kMended) return curl_plain_http2_fault();
  return fmt::format(
      "libcurl {} in clear text lets other requests wait for the first answer on a connection of "
      "HTTP/2, for ever if there is none (mended in 8.16.0); use TLS",
      info->version);
}

std::string curl_version_text() { return curl_version_info(CURLVERSION_NOW)->version; }

CurlShared::CurlShared(const ClientConfig& client_config)
    : config(client_config),
      form(default_form(config)),
      headers(header_list(form.view(), config.reuse)),
      tls(config) {
  initialise_curl(tls.context() != nullptr);
  for (const Target& target : config.targets) {
    (void)socket_address(target);  // libcurl would look a name up
    urls.push_back(fmt::format("{}://{}", target.tls ? "https" : "http", authority(target)));
    addresses.push_back(address_of_name(target));
    any_unix_socket = any_unix_socket || !target.unix_socket.empty();
    stays_here = stays_here && is_on_this_machine(socket_address(target));
  }
  if (config.follow) all_addresses = addresses_of_names(config.targets);
}

CurlExchange::CurlExchange(const CurlShared& shared, CurlIdleLook& idle_look,
                           const CurlSocketHooks& hooks, void* owner)
    : shared_(shared), idle_look_(idle_look), hooks_(hooks), easy_(curl_easy_init()) {
  if (!easy_) throw RunError("libcurl makes no easy handle");
  set(handle(), CURLOPT_PRIVATE, owner);
  set_policy();
  set_sockets();
  if (shared.config.follow) set_redirects();
  if (shared.tls.context() != nullptr) set_tls();
  set_form(shared.form.view(), shared.headers.get());
  set_callbacks();
}

// How a connection is made, kept and given up.
void CurlExchange::set_policy() {
  const ClientConfig& config = shared_.config;
  set(handle(), CURLOPT_NOSIGNAL, 1L);
  set(handle(), CURLOPT_PROTOCOLS_STR, "http,https");
  set_version();
  set(handle(), CURLOPT_HTTP09_ALLOWED, 1L);  // on_body sees what is not HTTP, and rejects it
  set(handle(), CURLOPT_FOLLOWLOCATION, 0L);
  set(handle(), CURLOPT_PATH_AS_IS, 1L);
  set(handle(), CURLOPT_PROXY, "");  // the environment's proxies are none of ours
  set(handle(), CURLOPT_NOPROXY, "*");
  set(handle(), CURLOPT_IPRESOLVE, static_cast<long>(CURL_IPRESOLVE_WHATEVER));
  set(handle(), CURLOPT_DNS_CACHE_TIMEOUT, -1L);  // literal addresses do not go stale
  set(handle(), CURLOPT_TIMEOUT_MS, milliseconds(config.timeout));
  set(handle(), CURLOPT_CONNECTTIMEOUT_MS, milliseconds(config.connect_timeout));
  set(handle(), CURLOPT_FRESH_CONNECT, config.reuse ? 0L : 1L);
  set(handle(), CURLOPT_FORBID_REUSE, config.reuse ? 0L : 1L);
  set(handle(), CURLOPT_MAXCONNECTS, static_cast<long>(kept_connections(config)));
  set(handle(), CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
}

// Plain targets are taken to speak HTTP/2, and those with TLS are asked (spoke_as_wanted() looks at
// their answer).
void CurlExchange::set_version() {
  const bool http2 = shared_.config.http == HttpVersion::http2;
  const auto& targets = shared_.config.targets;
  const bool all_plain = std::ranges::none_of(targets, &Target::tls);
  const auto version = all_plain ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_2TLS;
  set(handle(), CURLOPT_HTTP_VERSION, static_cast<long>(http2 ? version : CURL_HTTP_VERSION_1_1));
}

void CurlExchange::wait_for_connections() { set(handle(), CURLOPT_PIPEWAIT, 1L); }

void CurlExchange::offer_http2(bool offered) {
  const bool known = (curl_version_info(CURLVERSION_NOW)->features & CURL_VERSION_HTTP2) != 0;
  const auto version = offered && known ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1;
  set(handle(), CURLOPT_HTTP_VERSION, static_cast<long>(version));
}

void CurlExchange::set_sockets() {
  set(handle(), CURLOPT_TCP_NODELAY, 0L);  // on_socket_made sets it, as for every transport
  set(handle(), CURLOPT_SOCKOPTFUNCTION, &CurlExchange::on_socket_made);
  set(handle(), CURLOPT_SOCKOPTDATA, this);
  if (idle_look_.is_needed() || shared_.config.watch) {
    set(handle(), CURLOPT_PREREQFUNCTION, &CurlExchange::on_connected);
    set(handle(), CURLOPT_PREREQDATA, this);
  }
  if (hooks_.open == nullptr) return;
  set(handle(), CURLOPT_OPENSOCKETFUNCTION, hooks_.open);
  set(handle(), CURLOPT_OPENSOCKETDATA, hooks_.context);
  set(handle(), CURLOPT_CLOSESOCKETFUNCTION, hooks_.close);
  set(handle(), CURLOPT_CLOSESOCKETDATA, hooks_.context);
}

// libcurl keeps the addresses it is told, and looks up the names it meets besides.
void CurlExchange::set_redirects() {
  set(handle(), CURLOPT_FOLLOWLOCATION, 1L);
  set(handle(), CURLOPT_MAXREDIRS, static_cast<long>(kMostRedirects));
  set(handle(), CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
  set(handle(), CURLOPT_RESOLVE, shared_.all_addresses.get());
  address_known_.assign(shared_.addresses.size(), true);
  set(handle(), CURLOPT_OPENSOCKETFUNCTION, &CurlExchange::on_socket_wanted);
  set(handle(), CURLOPT_OPENSOCKETDATA, this);
}

// Sessions are resumed as libcurl does by default: each easy handle its own. It reads no file of
// certificates: on_tls_context gives it those that were read once.
void CurlExchange::set_tls() {
  set(handle(), CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(handle(), CURLOPT_SSL_VERIFYPEER, 1L);
  set(handle(), CURLOPT_SSL_VERIFYHOST, 2L);
  set(handle(), CURLOPT_CAINFO, static_cast<const char*>(nullptr));
  set(handle(), CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  set(handle(), CURLOPT_SSL_CTX_FUNCTION, &CurlExchange::on_tls_context);
  set(handle(), CURLOPT_SSL_CTX_DATA, this);
}

// libcurl borrows the headers and the body. It names the method itself for those it knows.
void CurlExchange::set_form(const FormView& form, curl_slist* headers) {
  const Method& known = form.has_content() ? Method::post : Method::get;
  const std::string name(form.method.name());
  const bool head = form.method == Method::head;
  set(handle(), CURLOPT_HTTPGET, 1L);  // nothing is left of another form
  if (head) set(handle(), CURLOPT_NOBODY, 1L);
  if (form.has_content()) {
    set(handle(), CURLOPT_POST, 1L);
    set(handle(), CURLOPT_POSTFIELDS, form.body.data());
    set(handle(), CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(form.body.size()));
  }
  set(handle(), CURLOPT_CUSTOMREQUEST, head || form.method == known ? nullptr : name.c_str());
  set(handle(), CURLOPT_HTTPHEADER, headers);
}

// Options are set only where a request has a form of its own, and for the next that has none.
void CurlExchange::choose_form(std::uint64_t token) {
  const bool own = has_own_form(shared_.config, token);
  if (!own && !own_form_) return;
  own_form_ = own;
  if (!own) return set_form(shared_.form.view(), shared_.headers.get());
  const FormView form = fanout::own_form(shared_.config.paths, token);
  CurlList headers = header_list(form, shared_.config.reuse);
  set_form(form, headers.get());
  own_headers_ = std::move(headers);
}

void CurlExchange::set_callbacks() {
  set(handle(), CURLOPT_WRITEFUNCTION, &CurlExchange::on_body);
  set(handle(), CURLOPT_WRITEDATA, this);
  set(handle(), CURLOPT_HEADERFUNCTION, &CurlExchange::on_header);
  set(handle(), CURLOPT_HEADERDATA, this);
  set(handle(), CURLOPT_ERRORBUFFER, error_.data());
}

void* CurlExchange::owner_of(CURL* easy) {
  void* owner = nullptr;
  curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
  return owner;
}

void CurlExchange::begin(const Request& request) {
  request_ = &request;
  body_bytes_ = 0;
  kept_ = shared_.config.keep_bodies ? std::make_shared<std::string>() : nullptr;
  token_.clear();
  retry_after_s_ = 0;
  header_complete_ = false;
  led_elsewhere_ = false;
  not_http_ = {};
  certificate_wanted_ = false;
  error_.front() = '\0';
  new_socket_ = -1;
  stale_ = false;
  if (shared_.config.deadline != nullptr) {
    set(handle(), CURLOPT_TIMEOUT_MS, milliseconds(time_left(shared_.config, now_ns())));
  }
  choose_form(request.token);
  url_ = shared_.urls[request.target];
  append_path(shared_.config, request.token, url_);
  set(handle(), CURLOPT_URL, url_.c_str());
  if (shared_.addresses[request.target]) set_address(request.target);
  if (shared_.any_unix_socket) {
    const std::string& path = shared_.config.targets[request.target].unix_socket;
    set(handle(), CURLOPT_UNIX_SOCKET_PATH, path.empty() ? nullptr : path.c_str());
  }
}

// Once for each name: libcurl keeps it, and would go through the list at every request.
void CurlExchange::set_address(std::uint32_t target) {
  address_known_.resize(shared_.addresses.size());
  if (address_known_[target]) return;
  address_known_[target] = true;
  set(handle(), CURLOPT_RESOLVE, shared_.addresses[target].get());
}

}  // namespace fanout

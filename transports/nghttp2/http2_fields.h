// The header fields of a request as libnghttp2 takes them.
#pragma once

#include <nghttp2/nghttp2.h>

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "transports/prepared_targets.h"

namespace fanout {

// A list of fields, the pseudo-header ones first. Recycled: it allocates only while it is too
// small.
class Http2Fields {
 public:
  Http2Fields() = default;
  Http2Fields(const Http2Fields&) = delete;
  Http2Fields& operator=(const Http2Fields&) = delete;

  // Makes it that of a request of this form. All texts are borrowed. A form's Host takes the place
  // of `authority`; fields that are about one connection of HTTP/1.1 are left out.
  void assign(const FormView& form, std::string_view scheme, std::string_view authority);
  // Makes it the same as another one, whose texts are borrowed.
  void assign(const Http2Fields& other) { list_ = other.list_; }
  // Says what is asked for. The text is borrowed.
  void set_path(std::string_view path);
  [[nodiscard]] std::span<const nghttp2_nv> list() const { return list_; }

 private:
  void add(std::string_view name, std::string_view value);
  void set(std::size_t at, std::string_view value);

  std::vector<nghttp2_nv> list_;
  std::string names_;  // in lower case, and the length of the body
};

// One target, ready to be asked over HTTP/2.
struct Http2Target {
  std::string_view scheme;
  std::string authority;
  Http2Fields fields;  // of a request that has no form of its own; without its path
};

// What all clients of a process share. `config` is borrowed.
struct Http2Targets {
  explicit Http2Targets(const ClientConfig& config);

  const PreparedTargets prepared;
  std::deque<Http2Target> targets;  // as in ClientConfig::targets
};

}  // namespace fanout

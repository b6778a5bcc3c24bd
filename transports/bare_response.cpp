#include "transports/bare_response.h"

#include <utility>

#include "transports/failure_sentences.h"

namespace fanout {

void BareResponse::begin(Method method, bool keep_body) {
  head_request_ = method == Method::head;
  any_received_ = in_body_ = surplus_ = false;
  interim_bytes_ = 0;
  head_end_.clear();
  head_ = {};
  body_bytes_ = 0;
  kept_ = keep_body ? std::make_shared<std::string>() : nullptr;
  held_.clear();
  why_ = {};
}

BareResponse::Step BareResponse::broken(std::string_view why) {
  why_ = why;
  head_.keep_alive = false;
  return Step::broken;
}

BareResponse::Step BareResponse::received(std::string_view bytes) {
  any_received_ = true;
  if (in_body_) return read_body(bytes);
  if (held_.empty()) return read_heads(bytes);
  // A head mostly comes whole and is read where it lies; only one in pieces is put together.
  std::string together = std::move(held_);
  held_.clear();
  together += bytes;
  return read_heads(together);
}

BareResponse::Step BareResponse::read_heads(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t size = head_end_.find(bytes);
    if (!head_end_.broken().empty()) return broken(head_end_.broken());
    if (size == 0) {
      held_ = bytes;
      return Step::more;
    }
    const std::string_view text = bytes.substr(0, size);
    const bool read = first_ != nullptr && !head_end_.folded() && first_(text, head_);
    const std::string_view why = read ? std::string_view() : read_head(text, head_);
    if (!why.empty()) {
      head_.status = 0;
      return broken(why);
    }
    bytes.remove_prefix(size);
    // An interim response (100 to 199) announces the real one; 101 is the last word.
    constexpr unsigned kSwitchingProtocols = 101;
    if (head_.status >= 200 || head_.status == kSwitchingProtocols) {
      begin_body();
      return read_body(bytes);
    }
    head_end_.clear();
    head_ = {};
    interim_bytes_ += size;
    if (interim_bytes_ > kMostHeadBytes) return broken(sentence::kHeaderTooLarge);
  }
  return Step::more;
}

// Some responses have no body, whatever their fields announce (RFC 9112, 6.3).
void BareResponse::begin_body() {
  const bool none = head_request_ || head_.status == 204 || head_.status == 304;
  in_body_ = true;
  body_.begin(none ? Framing::counted : head_.framing, none ? 0 : head_.length);
}

BareResponse::Step BareResponse::read_body(std::string_view bytes) {
  while (!bytes.empty() && !body_.complete() && !body_.broken()) {
    const std::string_view data = body_.take(bytes);
    body_bytes_ += data.size();
    if (kept_ != nullptr) kept_->append(data);
  }
  if (body_.broken()) return broken(sentence::kBadChunk);
  surplus_ = !bytes.empty();
  return body_.complete() ? Step::complete : Step::more;
}

BareResponse::Step BareResponse::closed() const {
  return in_body_ && body_.ends_with_connection() ? Step::complete : Step::more;
}

Outcome BareResponse::lost() const { return in_body_ ? Outcome::truncated : Outcome::reset; }

Reply BareResponse::reply() const {
  return {.status = head_.status,
          .body_bytes = body_bytes_,
          .token = head_.token.view(),
          .retry_after_s = head_.retry_after_s,
          .body = kept_};
}

}  // namespace fanout

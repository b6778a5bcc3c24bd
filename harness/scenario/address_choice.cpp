#include "harness/scenario/address_choice.h"

#include <poll.h>

#include <algorithm>
#include <deque>
#include <utility>

#include "base/clock.h"
#include "base/fd.h"
#include "transports/deadline.h"
#include "transports/tcp_connect.h"

namespace fanout {
namespace {

constexpr std::size_t kTargetsAtOnce = 64;

// One target's addresses, tried until one answers.
class Choice {
 public:
  explicit Choice(Target& target) : target_(&target) {}

  // Looks at the attempts under way, and begins the next if it is time; false once that is over.
  bool go_on(std::int64_t now) {
    std::erase_if(attempts_, [this](const Attempt& attempt) { return is_over(attempt); });
    if (chosen_) return false;
    while (next_ < target_->addresses.size() && (attempts_.empty() || now >= next_at_)) begin(now);
    return !attempts_.empty();
  }
  // When to go on, whatever happens.
  [[nodiscard]] std::int64_t due() const {
    return next_ < target_->addresses.size() ? next_at_ : kNever;
  }
  void add_to(std::vector<pollfd>& polled) const {
    for (const Attempt& attempt : attempts_) polled.push_back({attempt.fd.get(), POLLOUT, 0});
  }

 private:
  struct Attempt {
    std::size_t address;
    UniqueFd fd;
  };

  void begin(std::int64_t now) {
    const std::size_t address = next_++;
    next_at_ = now + std::chrono::nanoseconds(kNextAddressAfter).count();
    const SocketAddress to =
        socket_address({.addresses = {target_->addresses[address]}, .port = target_->port});
    UniqueFd fd(open_socket(to.family()));
    if (fd && begin_connect(fd.get(), to) == 0) attempts_.push_back({address, std::move(fd)});
  }

  // Whether the attempt has ended; the first that connected is chosen.
  bool is_over(const Attempt& attempt) {
    pollfd entry{attempt.fd.get(), POLLOUT, 0};
    if (::poll(&entry, 1, 0) <= 0) return false;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(attempt.fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0 || std::exchange(chosen_, true)) return true;
    const auto from = target_->addresses.begin() + static_cast<std::ptrdiff_t>(attempt.address);
    std::rotate(target_->addresses.begin(), from, from + 1);
    return true;
  }

  Target* target_;
  std::size_t next_ = 0;
  std::int64_t next_at_ = 0;
  std::vector<Attempt> attempts_;
  bool chosen_ = false;
};

void choose(std::deque<Choice> choices, std::chrono::nanoseconds limit) {
  const std::int64_t until = deadline_after(now_ns(), limit);
  for (std::int64_t now = now_ns(); now < until; now = now_ns()) {
    std::erase_if(choices, [now](Choice& choice) { return !choice.go_on(now); });
    if (choices.empty()) return;
    std::vector<pollfd> polled;
    std::int64_t due = until;
    for (const Choice& choice : choices) {
      choice.add_to(polled);
      due = std::min(due, choice.due());
    }
    const std::int64_t left_ms = (due - now) / 1'000'000 + 1;
    ::poll(polled.data(), polled.size(), due == kNever ? -1 : static_cast<int>(left_ms));
  }
}

}  // namespace

void choose_addresses(std::vector<Target>& targets, std::chrono::nanoseconds limit) {
  std::deque<Choice> choices;
  for (Target& target : targets) {
    if (target.addresses.size() > 1) choices.emplace_back(target);
    if (choices.size() == kTargetsAtOnce) choose(std::exchange(choices, {}), limit);
  }
  choose(std::move(choices), limit);
}

void prefer_addresses(std::vector<Target>& targets,
                      const std::map<std::string, std::vector<std::string>>& used) {
  for (Target& target : targets) {
    const auto found = used.find(target.name);
    if (found == used.end() || found->second.empty()) continue;
    std::string preferred = found->second.front();
    for (const std::string& address : target.addresses) {
      if (std::ranges::find(found->second, address) == found->second.end()) continue;
      preferred = address;
      break;
    }
    std::erase(target.addresses, preferred);
    target.addresses.insert(target.addresses.begin(), preferred);
    target.unresolved.clear();
  }
}

std::map<std::string, std::vector<std::string>> used_addresses(const std::vector<Target>& targets) {
  std::map<std::string, std::vector<std::string>> used;
  for (const Target& target : targets) {
    if (target.name.empty() || target.addresses.empty()) continue;
    std::vector<std::string>& addresses = used[target.name];
    const std::string& first = target.addresses.front();
    if (std::ranges::find(addresses, first) == addresses.end()) addresses.push_back(first);
  }
  return used;
}

}  // namespace fanout

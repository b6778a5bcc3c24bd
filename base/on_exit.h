// Runs something at the end of a scope, also when the scope is left by an exception.
#pragma once

#include <utility>

namespace fanout {

// const OnExit closer([&] { queue.close(); });
template <class Function>
class [[nodiscard]] OnExit {
 public:
  explicit OnExit(Function function) : function_(std::move(function)) {}
  OnExit(const OnExit&) = delete;
  OnExit& operator=(const OnExit&) = delete;
  ~OnExit() { function_(); }

 private:
  Function function_;
};

}  // namespace fanout

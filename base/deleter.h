// Lets std::unique_ptr own what a C library frees by a function:
// using Key = std::unique_ptr<EVP_PKEY, Deleter<&EVP_PKEY_free>>;
#pragma once

namespace fanout {

template <auto free_function>
struct Deleter {
  template <typename T>
  void operator()(T* resource) const {
    free_function(resource);
  }
};

}  // namespace fanout

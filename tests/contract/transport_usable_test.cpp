// Tests of every transport leave out those that this machine forbids: here they are named.
#include <gtest/gtest.h>

#include "transports/registry.h"

namespace fanout::transport_test {
namespace {

TEST(Transports, CanAllBeUsedHere) {
  for (const Transport* row : transports()) {
    const std::string fault = fault_of(*row);
    if (!fault.empty()) GTEST_SKIP() << row->name << " is not tested: " << fault;
  }
}

}  // namespace
}  // namespace fanout::transport_test

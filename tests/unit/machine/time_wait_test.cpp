#include "harness/machine/time_wait.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using unit_test::TempFolder;

// A folder of files like those of /proc.
struct ProcFolder {
  TempFolder folder;
  const std::string root = folder.path("proc");

  void write(const std::string& file, const std::string& text) const {
    const std::filesystem::path path = root + file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
};

TEST(TimeWait, WritesAddressesAsTheKernelDoes) {
  EXPECT_EQ(address_key("127.0.0.1", 8080), "0100007F:1F90");
  EXPECT_EQ(address_key("::1", 80), "00000000000000000000000001000000:0050");
  EXPECT_EQ(address_key("localhost", 80), "");
}

TEST(TimeWait, CountsSocketsByWhatTheyWereConnectedTo) {
  const ProcFolder proc;
  proc.write("/net/tcp",
             "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt\n"
             "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000\n"
             "   1: 0100007F:C350 0100007F:1F90 06 00000000:00000000 03:0000176F 00000000\n"
             "   2: 0100007F:C351 0100007F:1F90 06 00000000:00000000 03:0000176F 00000000\n"
             "   3: 0100007F:1F90 0100007F:C352 06 00000000:00000000 03:0000176F 00000000\n"
             "   4: 0100007F:C353 0100007F:1F90 01 00000000:00000000 00:00000000 00000000\n");
  const auto counts = time_wait_by_address(proc.root);
  EXPECT_EQ(counts.at(address_key("127.0.0.1", 8080)), 2U);
  EXPECT_EQ(counts.size(), 2U);
}

TEST(TimeWait, LastsAsTheKernelIsSet) {
  const ProcFolder proc;
  const auto set = [&](const char* reuse, const char* timestamps) {
    proc.write("/sys/net/ipv4/tcp_tw_reuse", reuse);
    proc.write("/sys/net/ipv4/tcp_timestamps", timestamps);
  };
  const auto lasts = [&](bool loopback) { return time_wait_lasts(loopback, proc.root).count(); };
  EXPECT_EQ(lasts(true), 60);  // not known
  set("2\n", "1\n");
  EXPECT_EQ(lasts(true), 1);
  EXPECT_EQ(lasts(false), 60);
  set("1\n", "1\n");
  EXPECT_EQ(lasts(false), 1);
  set("2\n", "0\n");
  EXPECT_EQ(lasts(true), 60);
  set("0\n", "1\n");
  EXPECT_EQ(lasts(true), 60);
}

}  // namespace
}  // namespace fanout

#include "harness/control/control_key.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/unit/support.h"

namespace fanout {
namespace {

using ::testing::HasSubstr;
using unit_test::usage_error;

class ControlKey : public ::testing::Test {
 protected:
  [[nodiscard]] std::string key_file(const std::string& text, mode_t mode = 0600) const {
    std::string file = folder_.file("key", text);
    ::chmod(file.c_str(), mode);
    return file;
  }

  unit_test::TempFolder folder_;
};

TEST_F(ControlKey, IsReadAsHexadecimalDigits) {
  EXPECT_EQ(read_control_key(key_file("00ff41" + std::string(26, '4') + "Ab\n")),
            std::string("\0\xff", 2) + "A" + std::string(13, 'D') + "\xab");
}

TEST_F(ControlKey, IsRefusedWhereItProvesNothing) {
  const auto refusal = [&](const std::string& text, mode_t mode = 0600) {
    const std::string file = key_file(text, mode);
    return usage_error([&] { read_control_key(file); });
  };
  EXPECT_THAT(refusal(std::string(64, 'a'), 0640), HasSubstr("others may read it"));
  EXPECT_THAT(refusal(std::string(30, 'a')), HasSubstr("32 to 128 hexadecimal digits"));
  EXPECT_THAT(refusal(std::string(33, 'a')), HasSubstr("32 to 128 hexadecimal digits"));
  EXPECT_THAT(refusal(std::string(130, 'a')), HasSubstr("32 to 128 hexadecimal digits"));
  EXPECT_THAT(refusal(std::string(64, 'g')), HasSubstr("32 to 128 hexadecimal digits"));
  EXPECT_THAT(usage_error([&] { read_control_key(folder_.path("absent")); }),
              HasSubstr("openssl rand -hex 32"));
}

TEST_F(ControlKey, IsMadeOnceAndForItsOwnerAlone) {
  const std::string file = folder_.path("new");
  EXPECT_TRUE(ensure_control_key(file));
  const std::string key = read_control_key(file);
  EXPECT_EQ(key.size(), 32U);
  EXPECT_FALSE(ensure_control_key(file));
  EXPECT_EQ(read_control_key(file), key);
  EXPECT_TRUE(ensure_control_key(folder_.path("other")));
  EXPECT_NE(read_control_key(folder_.path("other")), key);
  EXPECT_THAT(usage_error([&] { ensure_control_key(folder_.path("absent/key")); }),
              HasSubstr("cannot be made"));
}

}  // namespace
}  // namespace fanout

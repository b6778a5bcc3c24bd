// What a result must not tell, and what it may.
#include "harness/scenario/secrets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanout {
namespace {

using testing::ElementsAre;

struct Example {
  const char* typed;
  const char* shown;
};

TEST(MaskedUrl, HidesUsersAndSecretParameters) {
  for (const auto& [typed, shown] : std::initializer_list<Example>{
           {"http://a/", "http://a/"},
           {"http://user:hunter2@a:80/x", "http://***@a:80/x"},
           {"https://ghp_abc@a", "https://***@a"},
           {"http://u:p@ss@a/", "http://***@a/"},
           {"user:hunter2@a:80/x?token=abc", "***@a:80/x?token=***"},
           {"u:p@a/?next=http://v:q@b/&key=k", "***@a/?next=http://***@b/&key=***"},
           {"http://a/?next=http://v:q@b/&or=ftp://w:r@c",
            "http://a/?next=http://***@b/&or=ftp://***@c"},
           {"localhost:80/x@y", "localhost:80/x@y"},
           {"http://a/@me?to=x@y", "http://a/@me?to=x@y"},
           {"http://a/?id=1&token=abc&page=2", "http://a/?id=1&token=***&page=2"},
           {"http://a/?access_token=abc", "http://a/?access_token=***"},
           {"http://a/?Api-Key=a&API_KEY=b&apikey=c&key=d",
            "http://a/?Api-Key=***&API_KEY=***&apikey=***&key=***"},
           {"http://a/?sig=s&X-Amz-Signature=t&X-Amz-Credential=u&X-Amz-Date=2026",
            "http://a/?sig=***&X-Amz-Signature=***&X-Amz-Credential=***&X-Amz-Date=2026"},
           {"http://a/?password=p;secret=q&auth=r&code=s#access_token=t",
            "http://a/?password=***;secret=***&auth=***&code=***#access_token=***"},
           {"http://a/x;jsessionid=abc?y=z", "http://a/x;jsessionid=***?y=z"},
           {"/path?token=a=b&x", "/path?token=***&x"},
           {"http://a/?token=&key", "http://a/?token=&key"},
           {"http://a/?monkey=1&encoded=2&keyboard=3&author=4",
            "http://a/?monkey=1&encoded=2&keyboard=3&author=4"},
       }) {
    EXPECT_EQ(masked_url(typed), shown);
  }
}

TEST(MaskedHeader, HidesValuesOfSecretFields) {
  for (const auto& [typed, shown] : std::initializer_list<Example>{
           {"Authorization: Bearer abc", "Authorization: ***"},
           {"proxy-authorization:Basic abc", "proxy-authorization:***"},
           {"Cookie: a=b; c=d", "Cookie: ***"},
           {"Set-Cookie: a=b", "Set-Cookie: ***"},
           {"X-Api-Key: abc", "X-Api-Key: ***"},
           {"X-Auth-Token: abc", "X-Auth-Token: ***"},
           {"X-Client-Secret: abc", "X-Client-Secret: ***"},
           {"X-Key:", "X-Key:"},
           {"Accept: text/plain", "Accept: text/plain"},
           {"no field", "no field"},
       }) {
    EXPECT_EQ(masked_header(typed), shown);
  }
}

TEST(MaskedCommandLine, HidesThemHoweverTheyAreTyped) {
  EXPECT_EQ(
      masked_command_line({"run", "-H", "Cookie: a", "-HX-Api-Key: b", "--header=Cookie: c",
                           "--header", "Accept: d", "--url=http://u:p@h/?token=t", "-n", "5"}),
      "run -H 'Cookie: ***' '-HX-Api-Key: ***' '--header=Cookie: ***' --header 'Accept: d' "
      "'--url=http://***@h/?token=***' -n 5");
  EXPECT_EQ(masked_command_line({"run", "--url", "u:p@h/?key=k", "--url=u:p@h", "--urls", "a@b"}),
            "run --url '***@h/?key=***' '--url=***@h' --urls a@b");
  EXPECT_EQ(masked_command_line({"run", "--key", "client.pem", "--key=client.pem", "--cert", "c"}),
            "run --key client.pem --key=client.pem --cert c");
  EXPECT_EQ(masked_command_line({"run", "--keep-secrets", "--body", R"({"password": "x"})"}),
            "run --keep-secrets --body '***'");
  EXPECT_EQ(masked_command_line({"run", "--body=a=1", "--body", "@token.json"}),
            "run --body=a=1 --body @token.json");
  EXPECT_EQ(masked_command_line({"run", "--external", "mine=./mine --token abc -v --secret=d"}),
            "run --external 'mine=./mine --token *** -v --secret=***'");
}

TEST(MaskedCommand, HidesWhatProgramsAreTold) {
  EXPECT_THAT(masked_command({"env", "API_KEY=a", "./mine", "--password", "b", "http://u:c@h/"}),
              ElementsAre("env", "API_KEY=***", "./mine", "--password", "***", "http://***@h/"));
}

}  // namespace
}  // namespace fanout

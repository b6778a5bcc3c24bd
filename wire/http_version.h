// The version of HTTP that a client speaks and that a server offers besides HTTP/1.1.
#pragma once

#include <cstdint>

#include "base/enum_names.h"

namespace fanout {

enum class HttpVersion : std::uint8_t { http1, http2 };
inline constexpr EnumNames<HttpVersion, 2> kHttpVersionNames{
    {{"1.1", HttpVersion::http1}, {"2", HttpVersion::http2}}};

}  // namespace fanout

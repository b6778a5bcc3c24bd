#include "local_server/engine.h"

#include <utility>

namespace fanout {

std::unique_ptr<Engine> make_engine(ServerConfig config) {
  switch (config.engine) {
    case EngineKind::httplib:
      return make_httplib_engine(std::move(config));
    case EngineKind::asio:
      break;
  }
  return make_asio_engine(std::move(config));
}

}  // namespace fanout

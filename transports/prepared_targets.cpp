#include "transports/prepared_targets.h"

namespace fanout {

PreparedTargets::PreparedTargets(const ClientConfig& client_config)
    : config(client_config), form(default_form(config)), tls(config) {
  targets.reserve(config.targets.size());
  for (const Target& target : config.targets) {
    targets.push_back({socket_address(target), RequestText(config, target, form.view())});
  }
}

}  // namespace fanout

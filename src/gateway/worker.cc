#include "gateway/worker.h"

#include <utility>

namespace ooe::gateway {

WorkerShare::WorkerShare(std::shared_ptr<InForce> generation, http::Loop& loop,
                         const std::shared_ptr<http::Client>& http)
    : in_force(std::move(generation)),
      client(loop, http, in_force->serving.endpoints),
      gates(in_force->health.size()) {}

Worker::Worker(const std::string& expert_ca_file, const std::shared_ptr<InForce>& in_force)
    : http(std::make_shared<http::Client>(loop, http::ClientOptions{.ca_file = expert_ca_file})),
      share(std::make_shared<WorkerShare>(in_force, loop, http)) {}

void change_over(Worker& worker, const std::shared_ptr<InForce>& next) {
  auto share = std::make_shared<WorkerShare>(next, worker.loop, worker.http);
  const WorkerShare& last = *worker.share;
  const auto before =
      positions_before(*last.in_force->serving.orchestrator, *next->serving.orchestrator);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (!before[i]) continue;
    share->gates[i] = last.gates[*before[i]].without_calls();
  }
  worker.share = std::move(share);
}

}  // namespace ooe::gateway

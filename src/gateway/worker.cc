#include "gateway/worker.h"

#include <utility>

namespace ooe::gateway {

WorkerShare::WorkerShare(std::shared_ptr<InForce> generation, http::Loop& loop, const Clock& clock,
                         Metrics& metrics, const std::shared_ptr<http::Client>& http,
                         const WorkerShare* last)
    : in_force(std::move(generation)),
      client(loop, clock, http, in_force->serving.endpoints,
             last != nullptr ? &last->client : nullptr),
      gates(in_force->health.size()),
      tools{.loop = loop,
            .clock = clock,
            .client = client,
            .gates = gates,
            .llm_gate = llm_gate,
            .health = in_force->health,
            .pace = in_force->pace,
            .hedges = hedges,
            .metrics = metrics,
            .scratch = scratch,
            .event_room = event_room,
            .deadlines = in_force->serving.rules.experts} {
  if (last != nullptr) {
    const auto before = positions_before(last->in_force->serving, in_force->serving);
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (before[i]) {
        gates[i] = last->gates[*before[i]].without_calls();
      } else {
        client.wake_replicas(in_force->serving.orchestrator->experts()[i].name);
      }
    }
    const auto& llm = in_force->serving.orchestrator->llm();
    const auto& last_llm = last->in_force->serving.orchestrator->llm();
    if (llm && last_llm && before[llm->expert.index()] == last_llm->expert.index()) {
      llm_gate = last->llm_gate.without_calls();
    }
  }
  for (std::size_t i = 0; i < gates.size(); ++i) {
    in_force->health.add_calls_max(i, gates[i].limit());
  }
}

Worker::Worker(const std::string& expert_ca_file, const Clock& with_clock, Metrics& with_metrics,
               const std::shared_ptr<InForce>& in_force)
    : clock(with_clock),
      metrics(with_metrics),
      http(std::make_shared<http::Client>(loop, http::ClientOptions{.ca_file = expert_ca_file})),
      share(std::make_shared<WorkerShare>(in_force, loop, clock, metrics, http)) {}

void change_over(Worker& worker, const std::shared_ptr<InForce>& next) {
  worker.share = std::make_shared<WorkerShare>(next, worker.loop, worker.clock, worker.metrics,
                                               worker.http, worker.share.get());
}

}  // namespace ooe::gateway

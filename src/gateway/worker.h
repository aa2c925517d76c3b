// What one core works with. In: what is in force. Out: what a chat needs of its core. Knows:
// in_force, live_chat, experts, http.
//
// Threads: everything in a Worker belongs to its loop's thread, but what InForce shares.
#pragma once

#include <memory>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "experts/expert_gate.h"
#include "experts/hedge_budget.h"
#include "experts/http_chat_client.h"
#include "gateway/chat_request.h"
#include "gateway/in_force.h"
#include "gateway/live_chat.h"
#include "http/client.h"
#include "http/loop.h"
#include "orchestrator/orchestrator.h"

namespace ooe::gateway {

// What one worker uses of one generation. Its running chats keep theirs.
struct WorkerShare {
  // `last`: of the generation before, if there was one. What the worker has learnt about experts
  // that stay, stays.
  WorkerShare(std::shared_ptr<InForce> generation, http::Loop& loop, const Clock& clock,
              Metrics& metrics, const std::shared_ptr<http::Client>& http,
              const WorkerShare* last = nullptr);
  WorkerShare(const WorkerShare&) = delete;
  WorkerShare& operator=(const WorkerShare&) = delete;

  std::shared_ptr<InForce> in_force;
  experts::HttpChatClient client;
  std::vector<experts::ExpertGate> gates;  // [n_experts]
  experts::ExpertGate llm_gate;            // of the LLM that predicts, as a predictor
  experts::HedgeBudget hedges;
  orchestrator::Orchestrator::Scratch scratch;
  EventRoom event_room;
  const ChatTools tools;  // for its chats, of all the above
};

struct Worker {
  // `expert_ca_file`: vouches for experts, beside the system's authorities; empty: none.
  // `clock` and `metrics` outlive it.
  Worker(const std::string& expert_ca_file, const Clock& with_clock, Metrics& with_metrics,
         const std::shared_ptr<InForce>& in_force);

  const Clock& clock;
  Metrics& metrics;
  http::Loop loop;
  std::shared_ptr<http::Client> http;
  std::shared_ptr<WorkerShare> share;
  ChatRequestParser parser;
  std::unordered_map<LiveChat*, std::shared_ptr<LiveChat>> chats;
  std::thread thread;
};

// From now on, `next` is in force there.
void change_over(Worker& worker, const std::shared_ptr<InForce>& next);

}  // namespace ooe::gateway

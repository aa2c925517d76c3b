// One simulated expert on its port: routes requests, throws the dice for faults, plays scripts.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "http/loop.h"
#include "http/server.h"
#include "simulate/question_bank.h"
#include "simulate/script.h"
#include "simulate/simulation.h"
#include "simulate/world.h"

namespace ooe::simulate {

class Player;

// Threads: each request on its connection's loop; the ledger on any.
class ExpertServer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<ExpertServer>> start(
      std::span<http::Loop* const> loops, const SimulationOptions& options, std::size_t expert,
      std::shared_ptr<const QuestionBank> bank);
  ~ExpertServer();
  ExpertServer(const ExpertServer&) = delete;
  ExpertServer& operator=(const ExpertServer&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] Ledger ledger() const;

 private:
  ExpertServer(std::span<http::Loop* const> loops, const SimulationOptions& options,
               std::size_t expert, std::shared_ptr<const QuestionBank> bank);

  void handle(std::size_t loop, std::shared_ptr<http::Exchange> exchange);
  void answer_chat(std::size_t loop, Dialect dialect, std::shared_ptr<http::Exchange> exchange);
  [[nodiscard]] Script chat_script(const ChatRequest& request, std::int64_t ordinal) const;
  [[nodiscard]] Result<std::optional<Fault>> fault_for(const ChatRequest& request,
                                                       std::int64_t ordinal) const;
  [[nodiscard]] std::string text_for(const ChatRequest& request) const;
  [[nodiscard]] std::string ledger_json() const;
  void settle(const Player& player);

  // Constant after construction.
  std::vector<http::Loop*> loops_;
  std::uint64_t seed_;
  SimulatedExpert expert_;
  std::vector<Question> to_write_;           // empty when it does not write
  std::vector<SimulatedExpert> colleagues_;  // whose answers it judges; empty when it does not
  std::shared_ptr<const QuestionBank> bank_;

  mutable std::mutex mutex_;
  Ledger ledger_;  // guarded by mutex_

  // [loop]: the answers under way, each set touched by its own loop only. It keeps the exchanges of
  // silent experts alive.
  std::vector<std::unordered_set<std::shared_ptr<Player>>> players_;
  // Last, so that it goes first: no request comes while the rest is taken down.
  std::unique_ptr<http::Server> server_;
};

}  // namespace ooe::simulate

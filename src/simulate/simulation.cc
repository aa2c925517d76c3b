#include "simulate/simulation.h"

#include <utility>

#include "base/check.h"
#include "simulate/expert_server.h"
#include "simulate/question_bank.h"

namespace ooe::simulate {

struct Simulation::Impl {
  std::vector<std::unique_ptr<ExpertServer>> experts;
};

Simulation::Simulation(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Simulation::~Simulation() = default;

std::vector<std::uint16_t> Simulation::ports() const {
  std::vector<std::uint16_t> ports;
  for (const auto& expert : impl_->experts) ports.push_back(expert->port());
  return ports;
}

Ledger Simulation::ledger(std::size_t expert) const {
  OOE_CHECK(expert < impl_->experts.size(), "one of options.experts");
  return impl_->experts[expert]->ledger();
}

Result<std::unique_ptr<Simulation>> start_simulation(std::span<http::Loop* const> loops,
                                                     const SimulationOptions& options,
                                                     std::vector<Question> questions) {
  if (auto fine = check(options); !fine) return fail(fine.error());
  const auto bank = std::make_shared<const QuestionBank>(std::move(questions));
  auto impl = std::make_unique<Simulation::Impl>();
  for (std::size_t i = 0; i < options.experts.size(); ++i) {
    auto expert = ExpertServer::start(loops, options, i, bank);
    if (!expert) return fail(expert.error());
    impl->experts.push_back(std::move(*expert));
  }
  return std::unique_ptr<Simulation>(new Simulation(std::move(impl)));
}

}  // namespace ooe::simulate

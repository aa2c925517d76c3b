#include "tests/gateway/gateway_fixture.h"

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "base/fast_hash.h"
#include "core/query.h"
#include "predictor/train.h"

namespace ooe::gateway {

std::string Answer::of_error(const char* member) const {
  const auto json = nlohmann::json::parse(body, nullptr, false);
  return json.is_object() && json.contains("error") ? json["error"].value(member, "") : "";
}

TimePoint SlowClock::now() const {
  if (delay.load().count() > 0) {
    std::this_thread::sleep_for(delay.load() * static_cast<int>(fast_hash("", reads_++) % 8) / 7);
  }
  return clock_.now();
}

GatewayTest::GatewayTest()
    : folder_(std::filesystem::temp_directory_path() /
              ("ooe-gateway-" + std::to_string(::getpid()) + "-" +
               ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
  std::filesystem::create_directories(folder_);
}
GatewayTest::~GatewayTest() = default;

void GatewayTest::TearDown() {
  stop();
  if (simulation_thread_.joinable()) {
    simulation_loop_.stop();
    simulation_thread_.join();
  }
  simulation_.reset();
  std::filesystem::remove_all(folder_);
}

void GatewayTest::start(const std::string& fault, GatewayOptions options, RequestRules rules) {
  start_experts();
  std::vector<Expert> experts(2);
  for (std::size_t i = 0; i < 2; ++i) {
    experts[i].name = kNames[i];
    experts[i].model = kNames[i];
    experts[i].base_url = "http://127.0.0.1:" + std::to_string(simulation_->ports()[i]) + "/v1";
    experts[i].prices = world_.experts[i].prices;
  }
  experts[0].model += fault;
  if (fault == "unreachable") experts[0].base_url = "http://127.0.0.1:1/v1";
  experts[1].clearance = PrivacyClass::confidential;
  experts[1].own = true;
  serve(std::move(experts), std::move(options), rules);
}

void GatewayTest::start_experts() {
  for (const char* name : kNames) {
    simulate::SimulatedExpert expert;
    expert.name = name;
    expert.prices = {{1'000'000}, {1'000'000}, {2'000'000}};
    expert.competence.otherwise = 1.0;
    world_.experts.push_back(expert);
  }
  Question question;
  question.id = "1";
  question.question = kQuestion;
  question.answer = "42";
  http::Loop* const loops[] = {&simulation_loop_};
  auto simulation = simulate::start_simulation(loops, world_, {question});
  ASSERT_TRUE(simulation.has_value()) << simulation.error().message;
  simulation_ = std::move(*simulation);
  simulation_thread_ = std::thread([this] { simulation_loop_.run(); });
}

predictor::Model GatewayTest::trained() {
  static const predictor::Model model = train();
  return predictor::Model(model.impl());
}

predictor::Model GatewayTest::train() {
  Dataset data;
  data.outcomes.experts = {kNames[0], kNames[1]};
  for (int i = 0; i < 40; ++i) {
    Question question;
    question.id = std::to_string(i);
    question.question = "What is number " + question.id + "?";
    data.questions.push_back(question);
    data.texts.push_back(question.question);
    data.query_ids.push_back(query_id(question.question));
    data.outcomes.question_ids.push_back(question.id);
    data.outcomes.score.push_back(1.0F);
    data.outcomes.score.push_back(i % 2 == 0 ? 1.0F : 0.0F);
  }
  data.prices.resize(2);
  return std::move(*predictor::train(data, {.rivals = false}));
}

Dataset GatewayTest::interviewed() {
  Dataset data;
  data.outcomes.experts = {kNames[1]};
  data.questions.emplace_back().id = "7";
  data.texts.emplace_back("What is the answer to everything?");
  data.outcomes.question_ids.emplace_back("7");
  data.outcomes.score.push_back(1.0F);
  return data;
}

Serving GatewayTest::serving_of(std::vector<Expert> experts, RequestRules rules,
                                std::optional<KeyRing> keys, const Goal& goal,
                                const policy::ExploreOptions& explore) {
  auto catalogue = experts::Catalogue::make(std::move(experts));
  EXPECT_TRUE(catalogue.has_value()) << catalogue.error().message;
  auto endpoints = experts::resolve_endpoints(*catalogue);
  auto orchestrator = orchestrator::Orchestrator::make(
      *catalogue, trained(), {{.name = "auto", .goal = goal, .explore = explore}});
  EXPECT_TRUE(orchestrator.has_value()) << orchestrator.error().message;
  if (!rules.privacy.default_class) rules.privacy.default_class = PrivacyClass::public_;
  return {
      .orchestrator = std::make_shared<const orchestrator::Orchestrator>(std::move(*orchestrator)),
      .endpoints = std::make_shared<const experts::Endpoints>(std::move(*endpoints)),
      .rules = rules,
      .nearest = std::make_shared<const orchestrator::NearestQuestions>(
          orchestrator::NearestQuestions::make(interviewed(), catalogue->experts())),
      .keys = std::move(keys)};
}

void GatewayTest::serve(std::vector<Expert> experts, GatewayOptions options, RequestRules rules) {
  experts_ = std::move(experts);
  auto store = store::open_store(store_url());
  ASSERT_TRUE(store.has_value()) << store.error().message;
  receipts_ = std::make_unique<store::ReceiptWriter>(std::move(*store));
  options.server.listen = "127.0.0.1:0";
  options.workers = 2;
  auto gateway = Gateway::start(options, serving_of(experts_, rules, keys_, goal_, explore_),
                                clock_, *receipts_);
  ASSERT_TRUE(gateway.has_value()) << gateway.error().message;
  gateway_ = std::move(*gateway);
}

void GatewayTest::stop() {
  if (gateway_) gateway_->stop(milliseconds(2'000));
  if (receipts_) receipts_->close();
}

std::vector<Receipt> GatewayTest::receipts() {
  stop();
  auto store = store::open_store(store_url());
  return *(*store)->receipts(1'000);
}

Answer GatewayTest::send(std::string method, std::string path, std::string body,
                         http::Headers headers, bool leave) {
  http::Loop loop;
  Answer answer;
  {
    http::Client client(loop);
    http::ClientRequest request;
    request.method = std::move(method);
    request.url = *http::parse_url("http://127.0.0.1:" + std::to_string(gateway_->port()) + path);
    request.headers = std::move(headers);
    request.body = std::move(body);
    std::unique_ptr<http::Call> call;
    http::CallHandlers handlers;
    handlers.on_head = [&](int status, const http::Headers& head) {
      answer.status = status;
      answer.headers = head;
    };
    handlers.on_body = [&](std::string_view bytes) {
      answer.body += bytes;
      if (leave) loop.stop();
    };
    handlers.on_end = [&] { loop.stop(); };
    handlers.on_fault = [&](http::Fault fault, const std::string&) {
      answer.fault = fault;
      loop.stop();
    };
    http::Timer timer(loop);
    timer.arm(milliseconds(10'000), [&] { loop.stop(); });
    call = client.start(std::move(request), std::move(handlers));
    loop.run();
  }
  return answer;
}

Answer GatewayTest::chat(bool stream, http::Headers headers, const std::string& model,
                         const std::string& more) {
  return send("POST", "/v1/chat/completions", chat_body(stream, model, more), std::move(headers));
}

std::string GatewayTest::chat_body(bool stream, const std::string& model, const std::string& more) {
  return R"({"model":")" + model + R"(","stream":)" + (stream ? "true" : "false") + more +
         R"(,"messages":[{"role":"user","content":")" + kQuestion + R"("}]})";
}

bool GatewayTest::eventually(const std::function<bool()>& holds) {
  for (int i = 0; i < 200; ++i) {
    if (holds()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return false;
}

}  // namespace ooe::gateway

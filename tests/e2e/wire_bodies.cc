// Prints the request bodies that ooe sends, as a TypeScript file in which the official clients'
// types judge them: a key they do not know or a value of another type is an error of `tsc`.
#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "experts/anthropic_dialect.h"
#include "experts/openai_dialect.h"
#include "interview/judge.h"
#include "interview/prompt.h"

namespace {

using namespace ooe;  // NOLINT(google-build-using-namespace): a program of its own

Question question_of(bool choices) {
  Question question;
  question.id = "q";
  question.benchmark = "b";
  question.question = "Which \"one\"?\nSay.";
  if (choices) question.choices = {"this", "that"};
  question.answer = choices ? "A" : "42";
  return question;
}

// Every kind of prompt of the interview, whole and streamed.
std::vector<std::string> bodies() {
  std::vector<std::string> made;
  for (const auto style : {interview::PromptStyle::free, interview::PromptStyle::direct,
                           interview::PromptStyle::cot}) {
    for (const int shots : {0, 1}) {
      interview::PromptOptions options;
      options.style = style;
      options.shots = shots;
      options.temperature = 0.5;
      WorkedExample example{question_of(true), "Because."};
      example.question.question = "Another?";
      options.examples = {example};
      const auto prompter = interview::Prompter::make(options);
      for (const auto grader : {interview::GraderKind::choice, interview::GraderKind::number,
                                interview::GraderKind::json, interview::GraderKind::judge}) {
        const bool choices = grader == interview::GraderKind::choice;
        const auto chat = prompter->render(question_of(choices), grader);
        for (const bool stream : {false, true}) {
          made.push_back(experts::chat_body(*chat, "model", stream));
        }
      }
    }
  }
  made.push_back(experts::chat_body(interview::judge_prompt(question_of(false), "42", {}, true),
                                    "judge", false));
  return made;
}

// What clients of the gateway send beyond that, to be translated.
constexpr const char* kRich[] = {
    R"({"model":"m","messages":[{"role":"developer","content":"Be brief."},{"role":"user","content":[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"https://x/y.png"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]}],"max_completion_tokens":7,"temperature":1.5,"top_p":0.5,"stop":["a","b"],"user":"u","stream":true})",
    R"({"model":"m","messages":[{"role":"user","content":"Sum"},{"role":"assistant","content":null,"tool_calls":[{"id":"t1","type":"function","function":{"name":"add","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"t1","content":"2"}],"tools":[{"type":"function","function":{"name":"add","description":"adds","parameters":{"type":"object","properties":{"a":{"type":"number"}}}}}],"tool_choice":"required","parallel_tool_calls":false})",
    R"({"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":{"type":"function","function":{"name":"f"}}})",
    R"({"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"f"}}],"tool_choice":"none"})"};

}  // namespace

int main() {
  fmt::print(
      "import type OpenAI from \"openai\";\n"
      "import type Anthropic from \"@anthropic-ai/sdk\";\n"
      "type Chat = OpenAI.ChatCompletionCreateParams;\n"
      "type Message = Anthropic.MessageCreateParams;\n"
      "// The types do judge: each of these must be an error.\n"
      "// @ts-expect-error\nexport const badChat: Chat = {{\"model\": 7, \"messages\": []}};\n"
      "// @ts-expect-error\nexport const oddChat: Chat = {{\"model\": \"m\", \"messages\": [], "
      "\"max_tokenz\": 1}};\n"
      "// @ts-expect-error\nexport const badMessage: Message = {{\"model\": \"m\", \"messages\": "
      "[]}};\n");
  int number = 0;
  for (const std::string& body : bodies()) {
    const auto translated = experts::anthropic_request(body);
    if (!translated) return std::fprintf(stderr, "%s\n", translated.error().message.c_str()), 1;
    fmt::print("export const chat{0}: Chat = {1};\nexport const message{0}: Message = {2};\n",
               number, body, *translated);
    ++number;
  }
  for (const char* body : kRich) {
    const auto translated = experts::anthropic_request(body);
    if (!translated) return std::fprintf(stderr, "%s\n", translated.error().message.c_str()), 1;
    fmt::print("export const chat{0}: Chat = {1};\nexport const message{0}: Message = {2};\n",
               number, body, *translated);
    ++number;
  }
  return 0;
}

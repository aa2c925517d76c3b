// What users' programs do with the official OpenAI client and the AI SDK, where experts are slow, full or broken:
//   node sdk_clients.mjs BASE_URL ADMIN_URL EXPERTS_JSON
// EXPERTS_JSON: {"name": "http://host:port"} of the simulated experts, whose /ledger says what reached them.
// The gateway's experts: quick; slow, who speaks for ten seconds; silent, who begins after twenty; busy, who says 429
// with Retry-After: 1 to some; broken, who says 500 to some. Run by run_sdk_clients.
import assert from "node:assert/strict";
import test from "node:test";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, jsonSchema, Output, stepCountIs, streamText, tool } from "ai";
import OpenAI from "openai";

const [baseURL, adminURL, experts] = process.argv.slice(2);
const ledgers = JSON.parse(experts);
const token = process.env.ADMIN_TOKEN;
const apiKey = "not-needed";
const question = "What is 17 + 25? Answer with the number.";
const messages = [{ role: "user", content: question }];
const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0, timeout: 20_000 });
const provider = createOpenAICompatible({ name: "ooe", baseURL, apiKey, includeUsage: true, supportsStructuredOutputs: true });

const ledger = async (expert) => (await fetch(`${ledgers[expert]}/ledger`)).json();
async function receipts() {
  const response = await fetch(`${adminURL}/receipts?count=1000`, { headers: { authorization: `Bearer ${token}` } });
  return (await response.json()).receipts;
}
// Comes to what `holds` returns once that is true; everything here must happen within three seconds.
async function soon(holds) {
  const until = Date.now() + 3_000;
  for (;;) {
    const value = await holds();
    if (value) return value;
    assert.ok(Date.now() < until, `not within three seconds: ${holds}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
}

const weather = {
  type: "object",
  properties: { city: { type: "string" }, days: { type: "integer" } },
  required: ["city", "days"],
  additionalProperties: false,
};

// --- what both can do

test("openai: a tool is called, whole and streamed, and its result taken", async () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: weather } }];
  const asked = await openai.chat.completions.create({ model: "quick", messages, tools });
  const [call] = asked.choices[0].message.tool_calls;
  assert.equal(asked.choices[0].finish_reason, "tool_calls");
  assert.deepEqual(JSON.parse(call.function.arguments), { city: "simulated", days: 1 });

  const streamed = await openai.chat.completions.stream({ model: "quick", messages, tools }).finalChatCompletion();
  assert.deepEqual(JSON.parse(streamed.choices[0].message.tool_calls[0].function.arguments), { city: "simulated", days: 1 });

  const answer = await openai.chat.completions.create({
    model: "quick", tools,
    messages: [...messages, asked.choices[0].message, { role: "tool", tool_call_id: call.id, content: "rain" }],
  });
  assert.equal(answer.choices[0].finish_reason, "stop");
});

test("openai: an answer fits the JSON schema", async () => {
  const response_format = { type: "json_schema", json_schema: { name: "weather", strict: true, schema: weather } };
  const answer = await openai.chat.completions.parse({ model: "quick", messages, response_format });
  assert.deepEqual(JSON.parse(answer.choices[0].message.content), { city: "simulated", days: 1 });
});

test("ai: a question is answered, and its tokens are counted", async () => {
  const { text, finishReason, usage, response } = await generateText({ model: provider("quick"), prompt: question });
  assert.ok(text.length > 0);
  assert.equal(finishReason, "stop");
  assert.ok(usage.inputTokens > 0 && usage.outputTokens > 0);
  assert.equal(response.headers["x-ooe-expert"], "quick");
});

test("ai: a question is answered as a stream", async () => {
  const result = streamText({ model: provider("quick"), prompt: question });
  let pieces = 0;
  for await (const piece of result.textStream) pieces += piece.length > 0;
  assert.ok(pieces > 1);
  assert.equal(await result.finishReason, "stop");
  assert.ok((await result.usage).outputTokens > 0);
});

for (const ask of [generateText, streamText]) {
  test(`ai: ${ask.name} calls a tool and takes its result`, async () => {
    const asked = [];
    const result = await ask({
      model: provider("quick"), prompt: question, stopWhen: stepCountIs(3),
      tools: {
        weather: tool({
          inputSchema: jsonSchema(weather),
          execute: async (input) => { asked.push(input); return "rain"; },
        }),
      },
    });
    assert.ok((await result.text).length > 0);
    assert.deepEqual(asked, [{ city: "simulated", days: 1 }]);
    assert.equal((await result.steps).length, 2);
  });
}

test("ai: an answer fits the JSON schema", async () => {
  const { output } = await generateText({
    model: provider("quick"), prompt: question, output: Output.object({ schema: jsonSchema(weather) }),
  });
  assert.deepEqual(output, { city: "simulated", days: 1 });
});

// --- leaving

const leavers = {
  openai: (signal) => openai.chat.completions.create({ model: "slow", messages, stream: true }, { signal }),
  ai: (signal) => streamText({ model: provider("slow"), prompt: question, abortSignal: signal, onError: () => {} }).textStream,
};
for (const [name, open] of Object.entries(leavers)) {
  test(`${name}: whoever aborts a stream cancels the expert at once`, async () => {
    const before = await ledger("slow");
    const gone = async () => (await receipts()).filter((receipt) => receipt.ending === "client_gone").length;
    const goneBefore = await gone();
    const leaving = new AbortController();
    try {
      for await (const _ of await open(leaving.signal)) leaving.abort();
    } catch (error) {
      assert.match(error.name, /Abort/);
    }
    const after = await soon(async () => {
      const now = await ledger("slow");
      return now.unfinished > before.unfinished && now;
    });
    assert.ok(after.output_tokens - before.output_tokens < 10, "most of it was never said, nor billed");
    await soon(async () => (await gone()) > goneBefore);
  });
}

const impatient = {
  openai: (timeout) => openai.chat.completions.create({ model: "silent", messages }, { timeout }),
  ai: (timeout) => generateText({ model: provider("silent"), prompt: question, maxRetries: 0, abortSignal: AbortSignal.timeout(timeout) }),
};
for (const [name, ask] of Object.entries(impatient)) {
  test(`${name}: a client's own timeout cancels the expert, too`, async () => {
    const before = await ledger("silent");
    await assert.rejects(ask(300), /time|abort/i);
    await soon(async () => (await ledger("silent")).unfinished > before.unfinished);
  });
}

// --- coming back

const patient = {
  openai: (model) => new OpenAI({ baseURL, apiKey, maxRetries: 8, timeout: 20_000 }).chat.completions.create({ model, messages }),
  ai: (model) => generateText({ model: provider(model), prompt: question, maxRetries: 8 }),
};
for (const [name, ask] of Object.entries(patient)) {
  test(`${name}: comes back after 429 when it was told to, and is answered`, async () => {
    // Others count this expert's requests, too: until one was turned away.
    for (let asked = 0, refused = 0; refused === 0; ++asked) {
      assert.ok(asked < 50, "nobody was turned away in fifty requests");
      const before = await ledger("busy");
      const began = Date.now();
      await ask("busy");
      refused = (await ledger("busy")).refused - before.refused;
      const waited = Date.now() - began;
      assert.ok(waited >= 950 * refused, `${refused} times Retry-After: 1, and back after ${waited} ms`);
      assert.ok(waited < 5_000 * (refused + 1), `back after ${waited} ms`);
    }
  });

  test(`${name}: comes back after 500 and is answered`, async () => {
    for (let asked = 0, refused = 0; refused === 0; ++asked) {
      assert.ok(asked < 50, "none failed in fifty requests");
      const before = await ledger("broken");
      await ask("broken");
      refused = (await ledger("broken")).refused - before.refused;
    }
  });
}

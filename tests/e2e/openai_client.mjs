// What a user's program does, with the official OpenAI client: node openai_client.mjs BASE_URL MODEL
// Run in a folder where `npm ci` has installed the locked client; run_openai_client does both ends.
import assert from "node:assert/strict";
import test from "node:test";
import OpenAI from "openai";

const [baseURL, model] = process.argv.slice(2);
// Retries would hide an error that should not happen.
const client = new OpenAI({ baseURL, apiKey: "not-needed", maxRetries: 0, timeout: 20_000 });
const messages = [{ role: "user", content: "What is 17 + 25? Answer with the number." }];

function assertUsage(usage) {
  for (const count of [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens]) {
    assert.ok(Number.isInteger(count) && count > 0, `${count} is a number of tokens`);
  }
  assert.equal(usage.prompt_tokens + usage.completion_tokens, usage.total_tokens);
}

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return chunks;
}

test("the model is listed", async () => {
  const listed = [];
  for await (const entry of client.models.list()) listed.push(entry);
  assert.ok(listed.every((entry) => entry.object === "model" && typeof entry.id === "string"));
  const ids = listed.map((entry) => entry.id);
  assert.ok(ids.includes(model), `${model} is among ${ids}`);
  assert.ok(ids.length > 1, "every expert can be asked for by its own name");
});

test("a question is answered whole, and the headers say by whom", async () => {
  const { data, response } = await client.chat.completions.create({ model, messages }).withResponse();
  assert.equal(data.object, "chat.completion");
  assert.equal(data.choices.length, 1);
  const [choice] = data.choices;
  assert.equal(choice.message.role, "assistant");
  assert.ok(choice.message.content.length > 0);
  assert.equal(choice.finish_reason, "stop");
  assertUsage(data.usage);
  assert.ok(response.headers.get("x-ooe-expert"));
  assert.match(response.headers.get("x-ooe-receipt"), /^[0-9a-f]{32}$/);
});

test("a question is answered as a stream, in order and with an end", async () => {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  const chunks = await collect(stream);
  assert.ok(chunks.length > 1, "more than one event");
  assert.equal(new Set(chunks.map((chunk) => chunk.id)).size, 1, "one answer has one id");
  assert.ok(chunks.every((chunk) => chunk.object === "chat.completion.chunk"));
  const text = chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? "").join("");
  assert.ok(text.length > 0);
  const endings = chunks.map((chunk) => chunk.choices[0]?.finish_reason).filter(Boolean);
  assert.deepEqual(endings, ["stop"]);
});

test("a stream counts its tokens in a last chunk when asked to", async () => {
  const stream = await client.chat.completions.create({
    model, messages, stream: true, stream_options: { include_usage: true },
  });
  const last = (await collect(stream)).at(-1);
  assert.deepEqual(last.choices, []);
  assertUsage(last.usage);
});

test("whoever leaves in the middle of a stream leaves a gateway that works", async () => {
  const stream = await client.chat.completions.create({ model, messages, stream: true });
  for await (const chunk of stream) {
    assert.equal(chunk.object, "chat.completion.chunk");
    stream.controller.abort();
  }
  assert.ok(stream.controller.signal.aborted);
  const after = await client.chat.completions.create({ model, messages });
  assert.ok(after.choices[0].message.content.length > 0);
});

test("many ask at once and each gets an answer of its own", async () => {
  const asked = Array.from({ length: 8 }, () => client.chat.completions.create({ model, messages }).withResponse());
  const receipts = (await Promise.all(asked)).map(({ response }) => response.headers.get("x-ooe-receipt"));
  assert.equal(new Set(receipts).size, asked.length);
});

test("an unknown model is the client's own NotFoundError, with a code and the name", async () => {
  const name = "no-such-model";
  for (const stream of [false, true]) {
    await assert.rejects(client.chat.completions.create({ model: name, messages, stream }), (error) => {
      assert.ok(error instanceof OpenAI.NotFoundError, `${error}`);
      assert.equal(error.status, 404);
      assert.equal(error.code, "model_not_found");
      assert.ok(error.message.includes(name));
      return true;
    });
  }
});

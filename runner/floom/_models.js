"use strict";
// What a worker asks models.
const { askCommand } = require("./_command.js");

/** No model answered: `code` and `retryable` say why. */
class ModelFailed extends Error {
  constructor({ message, code, retryable = false }) {
    super(message);
    Object.assign(this, { name: "ModelFailed", code, retryable });
  }
}

async function run(word, request) {
  const how = { Failed: ModelFailed, unable: "models can be asked" };
  const answer = await askCommand([word], JSON.stringify(request), how);
  if (answer.error) throw new ModelFailed(answer.error);
  return answer;
}

function toRequest(asked, { system, model, maxTokens, temperature } = {}) {
  const said = typeof asked === "string" ? [{ role: "user", content: asked }] : asked;
  const messages = system === undefined ? said : [{ role: "system", content: system }, ...said];
  return { messages, model, max_tokens: maxTokens, temperature };
}

/** Asks a model: a text, or a conversation of `{role, content}`. Answers `content`, `model`, `finish_reason` and `usage`. */
const llm = (asked, options) => run("llm", toRequest(asked, options));

/** Asks several at a time, in the order of `requests`; where one failed, its ModelFailed stands in its place. */
async function llmBatch(requests, { maxParallel = 8 } = {}) {
  const answers = [];
  const waiting = requests.entries();
  const work = async () => {
    for (const [at, one] of waiting) answers[at] = await llm(one).catch((error) => error);
  };
  await Promise.all(Array.from({ length: maxParallel }, work));
  return answers;
}

/** The vector of a text, or of each text of a list. */
async function embed(input, { model } = {}) {
  const { embeddings } = await run("embed", { input, model });
  return typeof input === "string" ? embeddings[0] : embeddings;
}

module.exports = { llm, llmBatch, embed, ModelFailed };

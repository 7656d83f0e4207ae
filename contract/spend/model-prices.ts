/** Dollars for a million tokens: what is read, what is read from the provider's cache, what is written. */
interface ModelPrice {
  input: number;
  cached: number;
  output: number;
}

/**
 * What some models ask, by how their names begin, the longer name first. What is not in it has no known price: then a run says
 * that its cost is not the whole.
 */
const prices: readonly [prefix: string, price: ModelPrice][] = [
  ["anthropic/claude-opus-4", { input: 15, cached: 1.5, output: 75 }],
  ["anthropic/claude-sonnet-4", { input: 3, cached: 0.3, output: 15 }],
  ["anthropic/claude-haiku-4", { input: 1, cached: 0.1, output: 5 }],
  ["openai/gpt-5-mini", { input: 0.25, cached: 0.025, output: 2 }],
  ["openai/gpt-5-nano", { input: 0.05, cached: 0.005, output: 0.4 }],
  ["google/gemini-2.5-pro", { input: 1.25, cached: 0.31, output: 10 }],
  ["google/gemini-2.5-flash", { input: 0.3, cached: 0.075, output: 2.5 }],
];

/** Tokens of one answer of a model; `cached` are among those of the input. */
export interface TokenUsage {
  input_tokens: number;
  cached_tokens: number;
  output_tokens: number;
}

/** What an answer has cost, in dollars; null where nobody knows the model's price. The scripted model costs nothing. Pure. */
export function costOf(model: string, usage: TokenUsage): number | null {
  if (model === "scripted") return 0;
  const found = prices.find(([prefix]) => model.startsWith(prefix));
  if (found === undefined) return null;
  const [, price] = found;
  const fresh = Math.max(0, usage.input_tokens - usage.cached_tokens);
  const sum = fresh * price.input + usage.cached_tokens * price.cached + usage.output_tokens * price.output;
  return sum / 1_000_000;
}

// Owns how a running script asks models: in whose name, within which caps, and how it is told what became of it.
// Never hands on a key, and asks nothing before what it may cost is set aside of what the caps leave.
// Writes what was spent, through the run's object.
import type { RunPrincipal } from "#contract/access/access";
import { costOf } from "#contract/spend/model-prices";
import type { TokenUsage } from "#contract/spend/model-prices";
import type {
  EmbeddingAnswer,
  EmbeddingRequest,
  LlmAnswer,
  LlmBatch,
  LlmRequest,
} from "#contract/script-models/script-model";
import type { AgentModel, EmbeddingModel, EmbeddingReply, ModelReply } from "../agents/models/model-api.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import { buildRequest, failWith, NO_USAGE, textOf, toAnswer } from "./build-request.ts";

/** The run whose script asks, as far as models are concerned. */
export interface AskingRun {
  workspace_id: string;
  dry: boolean;
  permit: "granted" | "stale" | "ended";
  /** What the caps leave for all of this run, in billionths of a dollar; null where there are none. Asked when it is wanted. */
  findLeft: () => Promise<number | null>;
  /** The models that may be asked, the first one first; in a sentence why there is none. */
  openModels: (model: string | null) => Promise<readonly AgentModel[] | string>;
  openEmbedding: (model: string | null) => Promise<EmbeddingModel | string>;
  /** Counts an amount to the run, or takes some of it back. False where that would be more than `most`, or the run is over. */
  charge: (nanoUsd: number, most: number | null) => Promise<boolean>;
}

export interface ScriptModelDeps {
  findRun: (principal: RunPrincipal) => Promise<AskingRun | null>;
  /** Ends a request that takes too long. */
  newSignal: () => AbortSignal;
}

/** Nothing came of a request, at a model or before it. */
type Failure = Omit<ModelReply & { kind: "failed" }, "code"> & { code: string };

const NANO_USD = 1_000_000_000;
/** So many bytes of text are a token at least, whatever the language. */
const BYTES_PER_TOKEN = 2;

/** Throws `not_found`, `run_finished`, `stale_attempt` and `dry_run`. */
async function requireRun(deps: ScriptModelDeps, principal: RunPrincipal): Promise<AskingRun> {
  const run = await deps.findRun(principal);
  if (run === null || run.workspace_id !== principal.workspace_id) throw notFound("run");
  if (run.permit === "ended")
    throw new AppError("run_finished", "The script that this token was made for has ended.");
  if (run.permit === "stale")
    throw new AppError("stale_attempt", "A later attempt of this run has taken over.");
  if (run.dry) throw new AppError("dry_run", "This is a dry run: it asks no model.");
  return run;
}

/** Asks one question. */
export async function askModel(
  deps: ScriptModelDeps,
  principal: RunPrincipal,
  request: LlmRequest,
): Promise<LlmAnswer> {
  return ask(deps, await requireRun(deps, principal), request);
}

/** Asks several, so many at a time; the answers come in the order of the questions. */
export async function askModels(
  deps: ScriptModelDeps,
  principal: RunPrincipal,
  { requests, max_parallel }: LlmBatch,
): Promise<{ results: LlmAnswer[] }> {
  const run = await requireRun(deps, principal);
  const results: LlmAnswer[] = [];
  const waiting = requests.entries();
  const work = async () => {
    // All of them take from the one list.
    for (const [at, request] of waiting) results[at] = await ask(deps, run, request);
  };
  await Promise.all(Array.from({ length: max_parallel }, work));
  return { results };
}

async function ask(deps: ScriptModelDeps, run: AskingRun, request: LlmRequest): Promise<LlmAnswer> {
  const models = await run.openModels(request.model ?? null);
  if (typeof models === "string") return failWith(notConfigured(models));
  const tokens = {
    input_tokens: tokensOf(request.messages.map(textOf)),
    cached_tokens: 0,
    output_tokens: request.max_tokens,
  };
  let last: Failure = notConfigured("There is no model.");
  for (const model of models) {
    const reply = await paid(run, { model: model.name, tokens }, () =>
      model.ask(buildRequest(request, deps.newSignal())),
    );
    if (reply.kind === "answered") return toAnswer(model.name, reply);
    last = reply;
    // What another model would be refused for as well.
    if (reply.code === "spend_cap_exceeded") break;
  }
  return failWith(last);
}

/** Has texts made into vectors. */
export async function embedTexts(
  deps: ScriptModelDeps,
  principal: RunPrincipal,
  { input, model }: EmbeddingRequest,
): Promise<EmbeddingAnswer> {
  const run = await requireRun(deps, principal);
  const texts = typeof input === "string" ? [input] : input;
  const opened = await run.openEmbedding(model ?? null);
  if (typeof opened === "string") return noVectors(notConfigured(opened));
  const tokens = { input_tokens: tokensOf(texts), cached_tokens: 0, output_tokens: 0 };
  const reply = await paid(run, { model: opened.name, tokens }, () => opened.embed(texts, deps.newSignal()));
  if (reply.kind === "failed") return noVectors(reply);
  const usage = { ...reply.usage, cost_usd: costOf(opened.name, reply.usage) };
  return { embeddings: reply.embeddings, model: opened.name, usage, error: null };
}

const noVectors = (failure: Failure): EmbeddingAnswer => ({
  embeddings: [],
  model: null,
  usage: NO_USAGE,
  error: failWith(failure).error,
});

/**
 * Asks within the caps: what an answer may cost is the run's before it is asked, and what it has not cost is given back. A script
 * that ends meanwhile has paid for what it has begun.
 */
async function paid<Reply extends ModelReply | EmbeddingReply>(
  run: AskingRun,
  of: { model: string; tokens: TokenUsage },
  act: () => Promise<Reply>,
): Promise<Reply | Failure> {
  const most = toNano(of.model, of.tokens);
  if (most > 0 && !(await run.charge(most, await run.findLeft()))) return fail("spend_cap_exceeded", CAPPED);
  const reply = await act();
  const cost = reply.kind === "answered" ? toNano(of.model, reply.usage) : 0;
  if (cost !== most) await run.charge(cost - most, null);
  return reply;
}

const CAPPED =
  "What the answer may cost is more than the spend caps leave for this run. Ask for fewer max_tokens, or raise the cap.";

const fail = (code: string, message: string): Failure => ({
  kind: "failed",
  code,
  message,
  retryable: false,
  retry_after_ms: null,
});

const notConfigured = (message: string) => fail("llm_model_not_configured", message);

function toNano(model: string, usage: TokenUsage): number {
  return Math.round((costOf(model, usage) ?? 0) * NANO_USD);
}

function tokensOf(texts: readonly string[]): number {
  const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).byteLength, 0);
  return Math.ceil(bytes / BYTES_PER_TOKEN);
}

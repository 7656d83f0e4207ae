import { limits } from "#contract/limits";
import { costOf } from "#contract/spend/model-prices";
import type { AgentModel } from "../../agents/models/model-api.ts";
import { openProviderModel } from "../../agents/models/provider-driver.ts";
import { openScriptedModel, readScript } from "../../agents/models/scripted-model.ts";
import type { EvaluationOrder } from "../../evaluations/evaluation-api.ts";
import type { JudgeAnswer, JudgeQuestion } from "../../evaluations/evaluation-engine.ts";
import type { Unit } from "../../evaluations/expand-order.ts";
import { buildJudgePrompt, JUDGE_SYSTEM, readVerdict } from "../../evaluations/judge-prompt.ts";
import { findWorkerVersion } from "../../catalog/store.ts";
import { attempt } from "../../platform/attempt.ts";
import { unpackBundle } from "../../registry/unpack-bundle.ts";
import { findStoredSettings } from "../../retention/store.ts";
import { payerOf } from "../../runs/spec/spender.ts";
import { requireAffordable } from "../../spend/service.ts";
import type { Host } from "../host.ts";
import { chooseModels } from "../programs/open-models.ts";
import { spendDeps } from "../run-deps.ts";

/** The file of a bundle that says what the judge answers where no model is asked. */
const JUDGE_SCRIPT_PATH = "evals/scripted-judge.json";
const JUDGE_TOKENS = 500;

async function openJudge(
  host: Host,
  order: EvaluationOrder,
  { scorer, of }: JudgeQuestion,
): Promise<AgentModel | string> {
  const set = await findStoredSettings(host.db, order.workspace_id);
  const wish = { model: scorer.model ?? set.default_model ?? null, fallback_model: null };
  const { choice, dial } = await chooseModels(host, order.workspace_id, wish);
  if (choice.kind === "none") return choice.message;
  if (choice.kind === "scripted")
    return openScriptedJudge(host, order, { inputs: of.inputs, reason: choice.reason });
  const [place] = choice.places;
  return openProviderModel(place, { clock: host.clock, dial });
}

async function openScriptedJudge(
  { files }: Host,
  order: EvaluationOrder,
  told: { inputs: Unit["of"]["inputs"]; reason: string },
): Promise<AgentModel | string> {
  const bundle = await files.getBundle(order.bundle_digest);
  const all = bundle === null ? [] : (await unpackBundle(await bundle.bytes())).files;
  const file = all.find(({ path }) => path === JUDGE_SCRIPT_PATH);
  if (file === undefined)
    return `No model is there to judge (${told.reason}), and the bundle has no ${JUDGE_SCRIPT_PATH}.`;
  try {
    return openScriptedModel(readScript(new TextDecoder().decode(await file.read())), told);
  } catch (error) {
    return error instanceof Error ? error.message : `${JUDGE_SCRIPT_PATH} cannot be read.`;
  }
}

/** One judgement. It fails closed: whatever goes wrong lets no sample pass. */
export async function askJudge(
  host: Host,
  order: EvaluationOrder,
  question: JudgeQuestion,
): Promise<JudgeAnswer> {
  const failed = (message: string, cost_usd = 0): JudgeAnswer => ({
    kind: "failed",
    message: `The judge has not judged: ${message}`.slice(0, 500),
    cost_usd,
  });
  const model = await openJudge(host, order, question);
  if (typeof model === "string") return failed(model);
  const { scorer, of, value } = question;
  const { workspace_id: workspaceId, worker_id: workerId, requested_by: requester } = order;
  const userId = payerOf({ requester, co_requesters: [] });
  const found = await findWorkerVersion(host.db, { workerId }, order.version);
  const workerCapUsd = found?.version.manifest.limits.max_monthly_cost_usd ?? null;
  const spender = { workspaceId, workerId, userId, workerCapUsd };
  // What this evaluation's judges have cost is counted at its end: it is held against the caps before.
  const affordable = await attempt(() => requireAffordable(spendDeps(host), spender, question.spent_usd));
  if (!affordable.ok) return failed(affordable.refusal.message);
  const prompt = buildJudgePrompt(
    { rubric: scorer.rubric, inputs: of.inputs, expected: of.expected, value },
    crypto.randomUUID(),
  );
  const reply = await model.ask({
    system: JUDGE_SYSTEM,
    messages: [{ role: "user", text: prompt }],
    tools: [],
    forced: null,
    max_output_tokens: JUDGE_TOKENS,
    temperature: 0,
    asked: 0,
    signal: AbortSignal.timeout(limits.script_model_seconds.value * 1000),
  });
  if (reply.kind === "failed") return failed(reply.message);
  const cost_usd = costOf(model.name, reply.usage) ?? 0;
  const verdict = readVerdict(
    reply.parts.flatMap((part) => (part.type === "text" ? [part.text] : [])).join(""),
  );
  return verdict === null
    ? failed("its answer is no verdict.", cost_usd)
    : { kind: "scored", ...verdict, cost_usd };
}

// Owns how a running script asks for the tools of its worker: whose call it is, and how it is told what became of it.
// Never makes a call: the gate in the attempt's object does, and has each one on record.
// Writes nothing.
import type { RunPrincipal } from "#contract/access/access";
import type { ComposioAnswer, ScriptAnswer, ScriptConnection } from "#contract/script-tools/script-call";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import type { AttemptApi, ScriptOf, ScriptReply, ToolPlace } from "../attempts/attempt-api.ts";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Clock } from "../platform/clock.ts";
import { buildAnswer, buildComposioAnswer } from "./build-answer.ts";

export interface ScriptToolDeps {
  clock: Clock;
  sleep: (ms: number) => Promise<void>;
  attempt: (runId: string, attempt: number) => Pick<AttemptApi, "callForScript" | "listForScript">;
  /** Whether who holds the token of a launch is the script that the run has now; null where there is no such run. */
  findWriter: (
    runId: string,
    from: { attempt: number; launch: number },
  ) => Promise<{ workspace_id: string; permit: "granted" | "stale" | "ended" } | null>;
}

/** A call as it came in. */
export interface AskedCall {
  /** The Idempotency-Key; null for a call that names itself in no way. */
  key: string | null;
  place: ToolPlace;
  arguments: Json;
}

/** How often a call that people are asked about is looked at while its answer waits. */
const LOOK_MS = 1000;
/** Names longer than this are no connection's and no tool's. */
const MOST_NAME_CHARACTERS = 128;

/** Throws `not_found`, `run_finished` and `stale_attempt` for whoever is not the run's script now. */
async function requireScript(
  deps: ScriptToolDeps,
  { id, workspace_id, attempt, launch }: RunPrincipal,
): Promise<ScriptOf> {
  const script = await deps.findWriter(id, { attempt, launch });
  if (script === null || script.workspace_id !== workspace_id) throw notFound("run");
  if (script.permit === "ended")
    throw new AppError("run_finished", "The script that this token was made for has ended.");
  if (script.permit === "stale")
    throw new AppError("stale_attempt", "A later attempt of this run has taken over.");
  return { run_id: id, attempt, launch };
}

/** What the script may call. */
export async function listForScript(
  deps: ScriptToolDeps,
  principal: RunPrincipal,
): Promise<{ connections: ScriptConnection[] }> {
  const of = await requireScript(deps, principal);
  return { connections: (await deps.attempt(of.run_id, of.attempt).listForScript(of)) ?? [] };
}

async function call(deps: ScriptToolDeps, principal: RunPrincipal, asked: AskedCall): Promise<ScriptReply> {
  const names = Object.values(asked.place).map((name) => name ?? "");
  if (names.some((name) => name.length > MOST_NAME_CHARACTERS)) throw notFound("connection");
  const of = await requireScript(deps, principal);
  const wish = { call_id: asked.key, place: asked.place, arguments: asked.arguments };
  const made = await deps.attempt(of.run_id, of.attempt).callForScript(of, wish);
  if (made === null)
    throw new AppError("not_found", "The worker of this run declares no connections in its worker.yml.");
  if (made.reply.kind === "denied" && made.reply.code === "call_id_reused")
    throw new AppError("idempotency_conflict", "The Idempotency-Key was used for another call of this run.");
  return made;
}

/** Makes a call for the run's script, or says how it stands. */
export async function callForScript(
  deps: ScriptToolDeps,
  principal: RunPrincipal,
  asked: AskedCall,
): Promise<ScriptAnswer> {
  return buildAnswer(await call(deps, principal, asked));
}

/** The same for scripts of the first Floom, which know of no call that is held: it is waited for as long as they wait. */
export async function executeForScript(
  deps: ScriptToolDeps,
  principal: RunPrincipal,
  asked: AskedCall,
): Promise<ComposioAnswer> {
  const until = deps.clock() + limits.composio_hold_seconds.value * 1000;
  let made = await call(deps, principal, asked);
  while ((made.reply.kind === "held" || made.reply.kind === "later") && deps.clock() + LOOK_MS < until) {
    await deps.sleep(LOOK_MS);
    made = await call(deps, principal, { ...asked, key: made.call_id });
  }
  return buildComposioAnswer(made);
}

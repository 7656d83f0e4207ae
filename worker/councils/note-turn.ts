import { limits } from "#contract/limits";
import type { StoredCouncil } from "#contract/councils/council";
import type { CalledRun } from "#contract/calls/call";
import type { Json } from "#contract/json";
import { runIdSchema } from "#contract/ids";
import type { GateReply } from "../tools/gate-api.ts";
import { isObject } from "../registry/actions/compile-schema.ts";
import type { Turn } from "./council-state.ts";

/** A run that takes a turn, and the contexts that it had, as name@version. */
export interface TurnRun extends CalledRun {
  contexts: readonly { name: string; version: number }[];
}

type Change = Partial<Turn>;

const over = (now: number) => ({ given: null, ended_at: now });

function clip(text: string): string {
  const most = limits.council_statement_characters.value;
  return text.length <= most ? text : `${text.slice(0, most)} (cut: its run has all of it)`;
}

/** What the gate's answer makes of a turn. Pure. */
export function noteReply(
  turn: Turn,
  reply: GateReply,
  { isPerson, now }: { isPerson: boolean; now: number },
): Change {
  switch (reply.kind) {
    case "held":
      return { status: "waiting", approval_id: reply.approval_id };
    case "later":
      return { status: "waiting" };
    case "denied":
      // A person who does not want to, or does not answer in time, holds nobody up.
      return isPerson && (reply.code === "rejected" || reply.code === "expired")
        ? { ...over(now), status: "passed", error: reply.message }
        : { ...over(now), status: "failed", error: reply.message };
    case "answered": {
      const { answer } = reply;
      if (!answer.ok) return { ...over(now), status: "failed", error: answer.message };
      return isPerson ? noteAnswer(answer.content, now) : noteStart(answer.content, now);
    }
  }
}

function noteAnswer(content: Json, now: number): Change {
  const { statement, position } = isObject(content) ? content : {};
  const said = typeof statement === "string" ? statement.trim() : "";
  if (said === "") return { ...over(now), status: "passed", error: "Nothing was said." };
  const stand = typeof position === "string" ? position.trim() : "";
  return {
    ...over(now),
    status: "spoken",
    statement: clip(said),
    position: stand === "" ? null : clip(stand),
  };
}

function noteStart(content: Json, now: number): Change {
  const { run_id: id } = isObject(content) ? content : {};
  const runId = runIdSchema.safeParse(id);
  if (!runId.success) return { ...over(now), status: "failed", error: "The worker's run was not told." };
  return { status: "running", given: null, run_id: runId.data };
}

/** What has become of the run that takes a turn; null while it goes on. Pure. */
export function noteRun(
  council: StoredCouncil,
  { turn, run, now }: { turn: Turn; run: TurnRun; now: number },
): Change | null {
  const { status, outputs, failure } = run;
  if (status !== "completed" && status !== "failed" && status !== "cancelled") return null;
  const contexts = run.contexts.map(({ name, version }) => `${name}@${version}`);
  const ended = { ...over(now), contexts };
  const failed = (error: string): Change => ({ ...ended, status: "failed", error });
  if (status !== "completed") return failed(failure?.message ?? "It was cancelled.");
  const allowed = council.members.find(
    ({ name }) => turn.kind === "statement" && name === turn.speaker,
  )?.contexts;
  const extra = run.contexts.find(({ name }) => allowed?.includes(name) === false);
  if (extra !== undefined) {
    const who = `which ${turn.speaker} is not granted: what it said does not count.`;
    return failed(`It had the context ${extra.name}, ${who}`);
  }
  if (turn.kind === "judge") {
    const agreement = outputs["agreement"];
    return typeof agreement === "number" && agreement >= 0 && agreement <= 1
      ? {
          ...ended,
          status: "spoken",
          agreement,
          statement: clip(textOf(outputs, ["reason", "statement"]) ?? ""),
        }
      : failed("It gave no agreement from 0 to 1.");
  }
  const said =
    textOf(outputs, turn.kind === "synthesis" ? ["synthesis", "statement"] : ["statement"])?.trim() ?? "";
  if (said === "") return failed("It gave no statement.");
  const position = textOf({ position: outputs["position"] ?? null }, ["position"]);
  return {
    ...ended,
    status: "spoken",
    statement: clip(said),
    position: position === null ? null : clip(position),
  };
}

/** The first of the named outputs that is a text; else the only text there is. */
function textOf(outputs: Readonly<Record<string, Json>>, names: readonly string[]): string | null {
  for (const name of names) {
    const value = outputs[name];
    if (typeof value === "string") return value;
  }
  const texts = Object.values(outputs).filter((value) => typeof value === "string");
  return texts.length === 1 ? (texts[0] ?? null) : null;
}

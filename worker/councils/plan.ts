import type { StoredCouncil, StoredMember } from "#contract/councils/council";
import { roundOf } from "./council-state.ts";
import type { CouncilState, Turn } from "./council-state.ts";
import { hasConverged } from "./measure-agreement.ts";

/*
 * What a council does next, as pure decisions. What must stay true:
 *  - a member takes one turn a round, and what was begun is never begun again;
 *  - a round is over when every member's turn is, whatever became of it; one in which nobody spoke ends the council;
 *  - after a stop nothing is begun but the synthesis, and nobody is waited for but runs.
 */

/** A turn that is to begin. */
export type TurnDraft = Pick<Turn, "round" | "kind" | "phase" | "speaker">;

export type NextMove =
  /** Who its workers are is to be looked up. */
  | { kind: "open" }
  | { kind: "begin"; turns: TurnDraft[] }
  /** Whoever takes this turn is to be called. */
  | { kind: "call"; turn: Turn }
  /** It was stopped: these turns will not be taken. */
  | { kind: "drop"; turns: Turn[] }
  | { kind: "wait" }
  | { kind: "end"; by: "converged" | "rounds" | "stopped" | "silence" };

const isOver = ({ status }: Turn): boolean =>
  status === "spoken" || status === "passed" || status === "failed";

/** Whether the members of a round speak without having heard each other in it. Pure. */
export function isAtOnce({ protocol }: Pick<StoredCouncil, "protocol">, round: number): boolean {
  return protocol === "delphi" || (protocol === "debate" && round === 1);
}

/** What a round of a protocol is called. Pure. */
export function phaseOf(
  { protocol, rounds }: Pick<StoredCouncil, "protocol" | "rounds">,
  round: number,
): string {
  if (protocol === "round_robin") return "discussion";
  if (protocol === "delphi") return round === 1 ? "estimate" : "revision";
  if (round === 1) return "opening";
  return round === rounds && rounds > 2 ? "closing" : "rebuttal";
}

/** What is to be done now. Pure. */
export function nextMove(council: StoredCouncil, state: CouncilState, isStopped: boolean): NextMove {
  if (state.workers === null) return { kind: "open" };
  const open = state.turns.filter((turn) => !isOver(turn));
  const dropped = isStopped
    ? open.filter((turn) => turn.kind !== "synthesis" && turn.status !== "running")
    : [];
  if (dropped.length > 0) return { kind: "drop", turns: dropped };
  const due = open.find(({ status }) => status === "begun");
  if (due !== undefined) return { kind: "call", turn: due };
  if (open.length > 0) return { kind: "wait" };
  const missing = isStopped ? [] : membersToCome(council, state);
  if (missing.length > 0) return beginStatements(council, { round: roundOf(state), missing });
  return afterRound(council, state, isStopped);
}

/** Members who have not had their turn in the round that was begun. */
function membersToCome(council: StoredCouncil, state: CouncilState): StoredMember[] {
  const round = roundOf(state);
  if (round === 0) return [];
  const had = new Set(ofRound(state, round).map(({ speaker }) => speaker));
  return council.members.filter(({ name }) => !had.has(name));
}

const ofRound = ({ turns }: CouncilState, round: number): Turn[] =>
  turns.filter((turn) => turn.kind === "statement" && turn.round === round);

function beginStatements(
  council: StoredCouncil,
  { round, missing }: { round: number; missing: readonly StoredMember[] },
): NextMove {
  const now = isAtOnce(council, round) ? missing : missing.slice(0, 1);
  const phase = phaseOf(council, round);
  return {
    kind: "begin",
    turns: now.map(({ name }) => ({ round, kind: "statement", phase, speaker: name })),
  };
}

/** Every turn that was begun is over. */
function afterRound(council: StoredCouncil, state: CouncilState, isStopped: boolean): NextMove {
  const round = roundOf(state);
  const { members, convergence, rounds } = council;
  const hasSpoken = (turns: readonly Turn[]) => turns.some(({ status }) => status === "spoken");
  const statements = ofRound(state, round);
  const isSilent = round > 0 && !isStopped && !hasSpoken(statements);
  const isJudged = state.turns.some((turn) => turn.kind === "judge" && turn.round === round);
  if (!isStopped && !isSilent && round > 0 && convergence.method === "judge" && !isJudged)
    return { kind: "begin", turns: [{ round, kind: "judge", phase: "judgement", speaker: "judge" }] };
  const isAgreed = round > 0 && hasConverged(council, state);
  if (!isStopped && !isSilent && !isAgreed && round < rounds && !isConcluded(state))
    return beginStatements(council, { round: round + 1, missing: members });
  const said = state.turns.filter(({ kind }) => kind === "statement");
  if (council.synthesis !== undefined && !isConcluded(state) && hasSpoken(said))
    return { kind: "begin", turns: [{ round, kind: "synthesis", phase: "synthesis", speaker: "synthesis" }] };
  if (isAgreed) return { kind: "end", by: "converged" };
  if (isStopped) return { kind: "end", by: "stopped" };
  return { kind: "end", by: isSilent ? "silence" : "rounds" };
}

const isConcluded = ({ turns }: CouncilState): boolean => turns.some(({ kind }) => kind === "synthesis");

const FIRST_LOOK_MS = 100;
const MOST_LOOK_MS = 30_000;
/** So long a person is waited for before it looks by itself: it is called when they have answered, and at a stop. */
const PATIENT_LOOK_MS = 300_000;

/** When a council that only waits looks again, epoch milliseconds: a fifth of the time that it has waited. Pure. */
export function nextLook({ changed_at, turns }: CouncilState, now: number): number {
  const most = turns.some(({ status }) => status === "running") ? MOST_LOOK_MS : PATIENT_LOOK_MS;
  const waited = Math.max(0, now - changed_at);
  return now + Math.min(most, Math.max(FIRST_LOOK_MS, Math.ceil(waited / 5)));
}

import * as z from "zod";
import {
  endedBySchema,
  memberNameSchema,
  turnKindSchema,
  turnStatusSchema,
} from "#contract/councils/council";
import type { CouncilRecord, CouncilTurn, StoredCouncil } from "#contract/councils/council";
import { runIdSchema } from "#contract/ids";
import { storedJsonSchema } from "../platform/objects/stored-document.ts";
import { toIso, toIsoOrNull } from "../platform/clock.ts";

const turnStateSchema = z.object({
  number: z.int(),
  round: z.int(),
  kind: turnKindSchema,
  phase: z.string(),
  speaker: z.string(),
  status: turnStatusSchema,
  /** How the gate knows the call that takes the turn. */
  call_id: z.string(),
  /** What it is called with; null once it has been, and for a person once they have answered. */
  given: storedJsonSchema.nullable(),
  run_id: runIdSchema.nullable(),
  approval_id: z.string().nullable(),
  statement: z.string(),
  position: z.string().nullable(),
  agreement: z.number().nullable(),
  contexts: z.array(z.string()).nullable(),
  messages_seen: z.int(),
  error: z.string().nullable(),
  began_at: z.number(),
  ended_at: z.number().nullable(),
});
export type Turn = z.infer<typeof turnStateSchema>;

/** What a worker is that takes turns, as the council began. */
const speakerFactsSchema = z.object({
  /** Names of the inputs that it declares: it is given no others. */
  inputs: z.array(z.string()),
  /** Names of the contexts that it mounts. */
  contexts: z.array(z.string()),
});
export type SpeakerFacts = z.infer<typeof speakerFactsSchema>;

export const councilStateSchema = z.object({
  /** By the worker's name; null before they were looked up. */
  workers: z.record(z.string(), speakerFactsSchema).nullable(),
  turns: z.array(turnStateSchema),
  ended: z.object({ by: endedBySchema, synthesis: z.string(), error: z.string().nullable() }).nullable(),
  started_at: z.number(),
  /** When something of it changed last, epoch milliseconds: the longer nothing does, the more seldom it looks. */
  changed_at: z.number(),
});
export type CouncilState = z.infer<typeof councilStateSchema>;

/** A council of which nothing has begun. Pure. */
export function openCouncil(now: number): CouncilState {
  return { workers: null, turns: [], ended: null, started_at: now, changed_at: now };
}

/** The state with one turn changed. Pure. */
export function changeTurn(state: CouncilState, number: number, change: Partial<Turn>): CouncilState {
  return {
    ...state,
    turns: state.turns.map((turn) => (turn.number === number ? { ...turn, ...change } : turn)),
  };
}

/** Statements of one member, in their order: those that were made. Pure. */
export function statementsOf({ turns }: CouncilState, name: string): Turn[] {
  return turns.filter(
    (turn) => turn.kind === "statement" && turn.status === "spoken" && turn.speaker === name,
  );
}

/** The round that a council is in; 0 before the first. Pure. */
export function roundOf({ turns }: CouncilState): number {
  return Math.max(0, ...turns.map(({ round }) => round));
}

/** Whoever is asked by the inbox, and no worker. Pure. */
export function isHuman(council: StoredCouncil, { kind, speaker }: Pick<Turn, "kind" | "speaker">): boolean {
  const member = council.members.find(({ name }) => name === speaker);
  return kind === "statement" && member?.worker === undefined;
}

/** The council as people are told of it. `agreement`: of each round that it is known of, newest last. Pure. */
export function viewCouncil(
  council: StoredCouncil,
  { state, agreement }: { state: CouncilState; agreement: number | null },
): CouncilRecord {
  return {
    protocol: council.protocol,
    round: roundOf(state),
    rounds: council.rounds,
    agreement,
    ended_by: state.ended?.by ?? null,
    synthesis: state.ended?.synthesis ?? null,
    members: council.members.map(({ name, worker, role, sees, contexts }) => ({
      name: memberNameSchema.parse(name),
      worker: worker ?? null,
      role,
      sees,
      contexts: worker === undefined ? null : (state.workers?.[worker]?.contexts ?? null),
      contexts_allowed: contexts ?? null,
    })),
    turns: state.turns.map(viewTurn),
  };
}

function viewTurn({ call_id: _call, given: _given, began_at, ended_at, ...turn }: Turn): CouncilTurn {
  return { ...turn, began_at: toIso(began_at), ended_at: toIsoOrNull(ended_at) };
}

import { limits } from "#contract/limits";
import type { StoredCouncil } from "#contract/councils/council";
import type { Json } from "#contract/json";
import { canonicalJson } from "../platform/canonical-json.ts";
import { sha256Hex } from "../platform/crypto.ts";
import { isAtOnce } from "./plan.ts";
import type { TurnDraft } from "./plan.ts";
import type { CouncilState, Turn } from "./council-state.ts";
import { newestAgreement } from "./measure-agreement.ts";

const MARK_CHARACTERS = 16;

/** Something that was said to the council from outside. */
export interface Message {
  number: number;
  kind: "message" | "stop";
  speaker: string;
  message: string;
}

/** All that a turn may be told of. */
export interface Brief {
  council: StoredCouncil;
  state: CouncilState;
  /** The council's own inputs. */
  inputs: Readonly<Record<string, Json>>;
  messages: readonly Message[];
}

/** Who says what, as one member is told: itself as You, and in a delphi the others by letters alone. */
function nameFor({ council }: Brief, viewer: string, speaker: string): string {
  if (speaker === viewer) return "You";
  if (council.protocol !== "delphi" || viewer === "") return speaker;
  const others = council.members.map(({ name }) => name).filter((name) => name !== viewer);
  return `Participant ${String.fromCharCode(65 + others.indexOf(speaker))}`;
}

/** The statements that a turn is told: a member those that it sees, of earlier rounds alone where all speak at once. */
function statementsFor({ council, state }: Brief, { kind, speaker, round }: TurnDraft): Turn[] {
  const member = council.members.find(({ name }) => name === speaker);
  const all = state.turns.filter((turn) => turn.kind === "statement" && turn.status === "spoken");
  if (kind !== "statement" || member === undefined) return all;
  const last = isAtOnce(council, round) ? round - 1 : round;
  return all.filter(
    (turn) => turn.round <= last && (turn.speaker === speaker || member.sees.includes(turn.speaker)),
  );
}

/** What was said, as text; the oldest is left out where it is too much, and that is said. Pure. */
export function tellTranscript(brief: Brief, draft: TurnDraft): string {
  const viewer = draft.kind === "statement" ? draft.speaker : "";
  const lines = statementsFor(brief, draft).map(
    ({ round, speaker, statement }) => `[round ${round}] ${nameFor(brief, viewer, speaker)}:\n${statement}`,
  );
  const most = limits.council_transcript_characters.value;
  let [size, first] = [0, lines.length];
  while (first > 0 && size + (lines[first - 1]?.length ?? 0) <= most) size += lines[--first]?.length ?? 0;
  const left = first === 0 ? [] : [`(${first} earlier statements are left out: there is no room for them.)`];
  return [...left, ...lines.slice(first)].join("\n\n");
}

/** What was said from outside, as text. Pure. */
export function tellMessages(messages: readonly Message[]): string {
  return messages
    .filter(({ message }) => message !== "")
    .map(
      ({ kind, speaker, message }) =>
        `${speaker}${kind === "stop" ? " (and ended the council)" : ""}: ${message}`,
    )
    .join("\n\n");
}

/** The inputs of a worker's turn: those of these that it declares. Pure. */
function inputsFor(brief: Brief, draft: TurnDraft): Record<string, Json> {
  const { council, state, inputs, messages } = brief;
  const member = council.members.find(({ name }) => name === draft.speaker);
  const agreement = newestAgreement(council, state);
  return {
    ...inputs,
    role: member?.role ?? "",
    speaker: draft.speaker,
    protocol: council.protocol,
    phase: draft.phase,
    round: draft.round,
    rounds: council.rounds,
    participants: council.members
      .map(({ name, role }) => (role === "" ? name : `${name}: ${role}`))
      .join("\n"),
    transcript: tellTranscript(brief, draft),
    interventions: tellMessages(messages),
    ...(agreement === null ? {} : { agreement: Math.round(agreement * 100) / 100 }),
  };
}

/** The worker that takes a turn; undefined for a person. Pure. */
export function workerFor(
  council: StoredCouncil,
  { kind, speaker }: Pick<Turn, "kind" | "speaker">,
): string | undefined {
  if (kind === "judge") return council.convergence.worker;
  if (kind === "synthesis") return council.synthesis;
  return council.members.find(({ name }) => name === speaker)?.worker;
}

/** What whoever takes a turn is called with. Throws for a worker that was not looked up. Pure. */
export function buildGiven(brief: Brief, draft: TurnDraft): Json {
  const { council, state, inputs, messages } = brief;
  const worker = workerFor(council, draft);
  if (worker === undefined) {
    const topic =
      typeof inputs["topic"] === "string" ? inputs["topic"] : JSON.stringify(inputs["topic"] ?? "");
    const said = tellMessages(messages);
    const parts = [
      `Topic: ${topic}`,
      tellTranscript(brief, draft),
      ...(said === "" ? [] : [`From outside:\n${said}`]),
    ];
    return {
      title: `${draft.speaker}, it is your turn: round ${draft.round} of ${council.rounds}`,
      description: parts.filter((part) => part !== "").join("\n\n"),
      statement: "",
    };
  }
  const facts = state.workers?.[worker];
  if (facts === undefined) throw new Error(`The worker ${worker} of the council was not looked up.`);
  const all = Object.entries(inputsFor(brief, draft));
  return { id: worker, inputs: Object.fromEntries(all.filter(([name]) => facts.inputs.includes(name))) };
}

/** A turn that begins. Its call's id says what it is told: told anything else, in a later attempt, it is another call. Pure. */
export async function buildTurn(
  brief: Brief,
  draft: TurnDraft,
  { number, now }: { number: number; now: number },
): Promise<Turn> {
  const given = buildGiven(brief, draft);
  const mark = (await sha256Hex(canonicalJson(given))).slice(0, MARK_CHARACTERS);
  return {
    ...draft,
    number,
    status: "begun",
    call_id: `turn:${draft.round}:${draft.speaker}:${mark}`,
    given,
    run_id: null,
    approval_id: null,
    statement: "",
    position: null,
    agreement: null,
    contexts: null,
    messages_seen: brief.messages.length,
    error: null,
    began_at: now,
    ended_at: null,
  };
}

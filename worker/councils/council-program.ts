import type { StoredCouncil } from "#contract/councils/council";
import type { Json } from "#contract/json";
import type { JournalEntry } from "#contract/runner/runner";
import { buildEdgeResult } from "../attempts/program.ts";
import type { Program, StepReport } from "../attempts/program.ts";
import type { Clock } from "../platform/clock.ts";
import type { GateReply, ToolWish } from "../tools/gate-api.ts";
import { buildTurn, workerFor } from "./build-brief.ts";
import type { Message } from "./build-brief.ts";
import { changeTurn, isHuman, openCouncil } from "./council-state.ts";
import type { CouncilState, SpeakerFacts, Turn } from "./council-state.ts";
import { concludeCouncil } from "./conclude.ts";
import { noteReply, noteRun } from "./note-turn.ts";
import type { TurnRun } from "./note-turn.ts";
import { TAKE_TURN } from "./person-driver.ts";
import { nextLook, nextMove } from "./plan.ts";
import type { NextMove, TurnDraft } from "./plan.ts";

export interface CouncilDeps {
  council: StoredCouncil;
  inputs: Readonly<Record<string, Json>>;
  /** The tool that starts a run of another worker. */
  tool: string;
  call: (wish: ToolWish, signal: AbortSignal) => Promise<GateReply>;
  /** Puts on the record of changes what it has not heard. */
  tellRest: () => Promise<void>;
  /** What workers of the workspace declare, by name; those that are not there are left out. */
  findWorkers: (names: readonly string[]) => Promise<Record<string, SpeakerFacts>>;
  /** A run that takes a turn, as it is now. */
  readRun: (runId: string) => Promise<TurnRun>;
  /** What was said to it from outside, in its order. */
  listMessages: () => Promise<Message[]>;
  load: () => CouncilState | null;
  save: (state: CouncilState) => void;
  clock: Clock;
}

const AGAIN = { kind: "again" } as const;
/** So long it waits before it asks once more for what came too early. */
const LATER_MS = 5000;

/**
 * A council: each step does one thing, and where nothing is to be done it looks at what is under way. A turn is written down
 * with all that it is told before anybody is called, so that a crash changes neither who is asked nor what.
 */
export class CouncilProgram implements Program {
  readonly #deps: CouncilDeps;

  constructor(deps: CouncilDeps) {
    this.#deps = deps;
  }

  async step(signal: AbortSignal): Promise<StepReport> {
    const { council, clock } = this.#deps;
    const before = this.#deps.load() ?? openCouncil(clock());
    const messages = await this.#deps.listMessages();
    const move = nextMove(
      council,
      before,
      messages.some(({ kind }) => kind === "stop"),
    );
    switch (move.kind) {
      case "open":
        return this.#open(before);
      case "begin":
        return this.#report(before, await this.#begin(before, move.turns, messages));
      case "call":
        return this.#report(before, await this.#callFor(before, move.turn, signal));
      case "drop":
        return this.#report(before, this.#drop(before, move.turns));
      case "wait":
        return this.#wait(before, signal);
      case "end":
        return this.#end(before, { by: move.by });
    }
  }

  /** Looks up who takes turns. A council that could not be held ends before anybody has spoken. */
  async #open(before: CouncilState): Promise<StepReport> {
    const { council, findWorkers } = this.#deps;
    const drafts: Pick<Turn, "kind" | "speaker">[] = [
      ...council.members.map(({ name }) => ({ kind: "statement" as const, speaker: name })),
      { kind: "judge", speaker: "judge" },
      { kind: "synthesis", speaker: "synthesis" },
    ];
    const names = [...new Set(drafts.flatMap((draft) => workerFor(council, draft) ?? []))];
    const workers = await findWorkers(names);
    const error = findFault(council, { names, workers });
    if (error !== null) return this.#end(before, { by: "silence", error });
    return this.#report(before, { ...before, workers });
  }

  async #begin(
    before: CouncilState,
    drafts: readonly TurnDraft[],
    messages: readonly Message[],
  ): Promise<CouncilState> {
    const { council, inputs, clock } = this.#deps;
    const brief = { council, state: before, inputs, messages };
    const first = before.turns.length + 1;
    const turns = await Promise.all(
      drafts.map((draft, at) => buildTurn(brief, draft, { number: first + at, now: clock() })),
    );
    return { ...before, turns: [...before.turns, ...turns] };
  }

  async #callFor(before: CouncilState, turn: Turn, signal: AbortSignal): Promise<CouncilState> {
    const { council, tool, call, clock } = this.#deps;
    const isPerson = isHuman(council, turn);
    const wish = { call_id: turn.call_id, tool: isPerson ? TAKE_TURN : tool, arguments: turn.given };
    const reply = await call(wish, signal);
    return changeTurn(before, turn.number, noteReply(turn, reply, { isPerson, now: clock() }));
  }

  #drop(before: CouncilState, turns: readonly Turn[]): CouncilState {
    const passed = {
      status: "passed",
      given: null,
      error: "The council was stopped.",
      ended_at: this.#deps.clock(),
    } as const;
    return turns.reduce((state, { number }) => changeTurn(state, number, passed), before);
  }

  /** Asks after each run that is under way, and for each call that waits. */
  async #wait(before: CouncilState, signal: AbortSignal): Promise<StepReport> {
    const { council, readRun, clock } = this.#deps;
    let state = before;
    for (const turn of before.turns) {
      if (turn.status === "waiting") state = await this.#callFor(state, turn, signal);
      if (turn.status !== "running" || turn.run_id === null) continue;
      const change = noteRun(council, { turn, run: await readRun(turn.run_id), now: clock() });
      if (change !== null) state = changeTurn(state, turn.number, change);
    }
    return this.#report(before, state);
  }

  #report(before: CouncilState, after: CouncilState): StepReport {
    const now = this.#deps.clock();
    if (JSON.stringify(before) === JSON.stringify(after)) {
      const isEarly = after.turns.some(
        ({ status, approval_id }) => status === "waiting" && approval_id === null,
      );
      const look = nextLook(after, now);
      return { entries: [], next: { kind: "at", at: isEarly ? Math.min(look, now + LATER_MS) : look } };
    }
    const state = { ...after, changed_at: now };
    const entries = tellChange(this.#deps.council, { before, after, now });
    // Whatever it was to wait for, something may be due by now.
    return { entries, next: AGAIN, save: () => this.#deps.save(state) };
  }

  async #end(
    before: CouncilState,
    how: { by: Extract<NextMove, { kind: "end" }>["by"]; error?: string },
  ): Promise<StepReport> {
    const { council, tellRest, clock, save } = this.#deps;
    await tellRest();
    const now = clock();
    const { state, told } = concludeCouncil(council, before, how);
    const result = buildEdgeResult({ now, wallMs: now - state.started_at }, { outputs: {}, ...told });
    return { entries: [result], next: { kind: "ended" }, save: () => save(state) };
  }
}

/** Why a council cannot be held with the workers that are there; null where it can. */
function findFault(
  council: StoredCouncil,
  { names, workers }: { names: readonly string[]; workers: Readonly<Record<string, SpeakerFacts>> },
): string | null {
  const missing = names.find((name) => workers[name] === undefined);
  if (missing !== undefined) return `There is no worker ${missing} in this workspace.`;
  const deaf = names.find((name) => workers[name]?.inputs.includes("topic") === false);
  if (deaf !== undefined)
    return `The worker ${deaf} does not declare the input topic: it would not know of what to speak.`;
  for (const { name, worker, contexts: allowed } of council.members) {
    const extra = workers[worker ?? ""]?.contexts.find((context) => allowed?.includes(context) === false);
    if (extra !== undefined)
      return `${name} is not granted the context ${extra}, and its worker ${worker ?? ""} mounts it.`;
  }
  return null;
}

const LINE_CHARACTERS = 500;

/** A line for each turn that has begun to run, waits or is over, and how far it is. */
function tellChange(
  council: StoredCouncil,
  { before, after, now }: { before: CouncilState; after: CouncilState; now: number },
): JournalEntry[] {
  const lines = after.turns
    .filter(({ number, status }) => status !== "begun" && before.turns[number - 1]?.status !== status)
    .map((turn): JournalEntry => {
      const level = turn.status === "failed" ? "warning" : "info";
      return { type: "log", at: now, stream: "system", level, text: describeTurn(turn) };
    });
  const last = after.turns.at(-1);
  if (last === undefined) return lines;
  const all = council.rounds * council.members.length;
  const over = after.turns.filter(({ kind, ended_at }) => kind === "statement" && ended_at !== null).length;
  const percent = Math.min(99, Math.floor((100 * over) / all));
  return [
    ...lines,
    { type: "progress", at: now, percent, message: `Round ${last.round} of ${council.rounds}` },
  ];
}

function describeTurn({ round, speaker, status, statement, error, agreement, kind }: Turn): string {
  const place = `round ${round}, ${speaker}`;
  if (status === "running") return `${place} begins.`;
  if (status === "waiting") return `${place} is asked.`;
  if (status !== "spoken")
    return `${place} ${status === "failed" ? "failed" : "says nothing"}: ${error ?? ""}`;
  if (kind === "judge") return `${place}: they agree by ${agreement ?? 0}.`;
  return `${place}: ${statement.slice(0, LINE_CHARACTERS)}`;
}

// Owns the calls of tools that the script of one attempt makes by its run's token: one gate, and how many calls there were.
// Never has a tool act itself, and keeps no record of its own but of when the record of changes is told the rest.
// Writes that time, and the attempt's order, which says by whose rules the gate judges.
import * as z from "zod";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import type { ScriptConnection } from "#contract/script-tools/script-call";
import type { Clock } from "../platform/clock.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { defineUnmarked } from "../platform/objects/stored-document.ts";
import type { RunSpec } from "../runs/spec/run-spec.ts";
import type { Gate, GateReply } from "../tools/gate-api.ts";
import type { ScriptOf, ScriptReply, ScriptWish, ToolPlace } from "./attempt-api.ts";
import type { AttemptEntries, AttemptStorage } from "./attempt-storage.ts";

/** A call on record, as far as whoever asks for it again is concerned. */
interface KnownCall {
  call_id: string;
  tool: string;
  arguments: Json;
  state: string;
  ended_at: number | null;
  told: boolean;
}

/** What a script may call, as it is now. */
export interface OpenedTools {
  gate: Gate & { tellRest: () => Promise<void> };
  /** Looks again at what there is: a person may have changed it while the script runs. */
  refresh: () => Promise<void>;
  /** The full name of the tool that is meant; one of the same form where there is none, which the gate knows nothing of. */
  nameOf: (place: ToolPlace) => string;
  describe: () => ScriptConnection[];
}

export interface DeskDeps {
  storage: AttemptStorage;
  entries: AttemptEntries;
  /** The gate's own, which are only read here. */
  records: { find: (callId: string) => KnownCall | null; list: () => KnownCall[]; lastNumber: () => number };
  clock: Clock;
  armWake: (at: number) => void;
  newCallId: () => string;
  readSpec: (runId: string) => Promise<RunSpec | null>;
  open: (order: { spec: RunSpec; attempt: number; launch: number }) => OpenedTools;
}

/** When the record of changes is told again what it has not heard. */
const TELL_AGAIN_MS = 60_000;
/** So often it is told again; whatever it has not heard then, the attempt's own record still has. */
const MOST_TELLINGS = 100;

const tellingSchema = z.object({ at: z.number(), tries: z.int() });
const tellingForm = defineUnmarked("time to tell the calls of a script", tellingSchema);
const TELLING_KEY = "script:telling";

const FULL: GateReply = {
  kind: "denied",
  code: "too_many_calls",
  message: `A script may make at most ${limits.script_calls.value} calls of tools in one attempt.`,
};

/** Where the script of an attempt asks for what its worker declares. */
export class ScriptDesk {
  readonly #deps: DeskDeps;
  #opened: { launch: number; tools: OpenedTools } | null = null;
  #made: number | null = null;

  constructor(deps: DeskDeps) {
    this.#deps = deps;
  }

  /** When it has something to tell, epoch milliseconds; null when it has not. */
  wakeAt(): number | null {
    return this.#telling()?.at ?? null;
  }

  /** Makes a call, or says how it stands. Null for a run that may make none. */
  async call(of: ScriptOf, wish: ScriptWish): Promise<ScriptReply | null> {
    const tools = await this.#open(of);
    if (tools === null) return null;
    await tools.refresh();
    const tool = tools.nameOf(wish.place);
    const callId = wish.call_id ?? this.#findHeld(tool, wish.arguments) ?? this.#deps.newCallId();
    const reply = this.#mayMake(callId)
      ? await tools.gate.call({ call_id: callId, tool, arguments: wish.arguments })
      : FULL;
    this.#owe(callId);
    return { call_id: callId, tool, reply };
  }

  /** What the script may call. Null for a run that may make no calls. */
  async list(of: ScriptOf): Promise<ScriptConnection[] | null> {
    const tools = await this.#open(of);
    if (tools === null) return null;
    await tools.refresh();
    return tools.describe();
  }

  /** Tells the record of changes what it has not heard. */
  async wake(): Promise<void> {
    const { storage, records, clock, entries, armWake } = this.#deps;
    const telling = this.#telling();
    const order = storage.order();
    if (telling === null || order === null || telling.at > clock()) return;
    const tools = this.#opened?.tools ?? this.#openFor(order.spec, { attempt: order.attempt, launch: 1 });
    await tools.gate.tellRest();
    const isLeft = records.list().some(({ ended_at, told }) => ended_at !== null && !told);
    const tries = telling.tries + 1;
    if (!isLeft || tries >= MOST_TELLINGS) return entries.put(TELLING_KEY, null);
    const at = clock() + TELL_AGAIN_MS;
    entries.put(TELLING_KEY, { at, tries });
    armWake(at);
  }

  async #open(of: ScriptOf): Promise<OpenedTools | null> {
    const { storage, readSpec } = this.#deps;
    const known = storage.order();
    const spec = known?.spec ?? (await readSpec(of.run_id));
    if (spec === null || spec.gate === null || spec.connections.length === 0) return null;
    if (known === null) storage.keepOrder({ spec, attempt: of.attempt, contexts: [] });
    return this.#openFor(spec, of);
  }

  /** One gate for all calls of this life: of two under one id one is made. */
  #openFor(spec: RunSpec, { attempt, launch }: { attempt: number; launch: number }): OpenedTools {
    if (this.#opened?.launch !== launch)
      this.#opened = { launch, tools: this.#deps.open({ spec, attempt, launch }) };
    return this.#opened.tools;
  }

  /** Whoever names no call of its own and asks for the same while people are asked about it means that one. */
  #findHeld(tool: string, given: Json): string | null {
    const text = canonicalJson(given);
    const same = this.#deps.records
      .list()
      .findLast(
        (record) =>
          record.state === "held" && record.tool === tool && canonicalJson(record.arguments) === text,
      );
    return same?.call_id ?? null;
  }

  #mayMake(callId: string): boolean {
    const { records } = this.#deps;
    if (records.find(callId) !== null) return true;
    this.#made ??= records.lastNumber();
    if (this.#made >= limits.script_calls.value) return false;
    this.#made += 1;
    return true;
  }

  #telling(): z.infer<typeof tellingSchema> | null {
    const stored = this.#deps.entries.get(TELLING_KEY) ?? null;
    return stored === null ? null : tellingForm.read(stored);
  }

  /** What the record of changes has not heard of a call that is over is told later. */
  #owe(callId: string): void {
    const { records, entries, clock, armWake } = this.#deps;
    const record = records.find(callId);
    if (record === null || record.ended_at === null || record.told || this.#telling() !== null) return;
    const at = clock() + TELL_AGAIN_MS;
    entries.put(TELLING_KEY, { at, tries: 0 });
    armWake(at);
  }
}

import * as z from "zod";
import { runEventSchema } from "#contract/runs/run-event";
import type { RunEvent } from "#contract/runs/run-event";
import { defineDocument } from "../../platform/objects/stored-document.ts";
import type { DocumentStep } from "../../platform/objects/stored-document.ts";
import { runStateSchema } from "../lifecycle/run-state.ts";
import { runSpecDocument } from "../spec/run-spec.ts";
import type { RunSpec } from "../spec/run-spec.ts";
import { weighEvent } from "./build-events.ts";
import { attemptTallyDocument, emptyTally } from "./attempt-tally.ts";
import type { AttemptTally } from "./attempt-tally.ts";

const runRecordSchema = z.object({
  spec: z.unknown().transform((stored): RunSpec => runSpecDocument.read(stored)),
  state: runStateSchema,
  milestones: z.array(runEventSchema),
  archived: z.boolean().default(false),
});

/** A run's head: the frozen spec, the lifecycle's state, the events we made ourselves. */
export type RunRecord = z.output<typeof runRecordSchema>;

/** Version 1 let each refusal wind back the clock of the other kind; version 2 adds both up. */
const addUpLaunching: DocumentStep = ({ state, ...rest }) => {
  const { no_room_since = null, phase_since, ...known } = launchingSchema.parse(state);
  const launching = {
    launching_since: no_room_since ?? phase_since,
    failing_since: no_room_since === null ? phase_since : null,
  };
  return { ...rest, state: { ...known, phase_since, ...(known.phase === "launching" ? launching : {}) } };
};

const launchingSchema = z.looseObject({
  phase: z.string(),
  phase_since: z.number(),
  no_room_since: z.number().nullable().optional(),
});

const runRecordDocument = defineDocument<RunRecord>("run record", runRecordSchema, [addUpLaunching]);

/** One accepted part of the runner's journal. */
export interface JournalPart {
  attempt: number;
  seq_from: number;
  seq_to: number;
  events: RunEvent[];
}

const keptPartSchema = z.object({
  attempt: z.int(),
  seq_to: z.int(),
  /** As they were taken in; they are not judged again each time they are read. */
  events: z.custom<RunEvent[]>((value) => Array.isArray(value)),
  /** What is known after it, so that only the newest part has to be read for that; it is read where it is asked for. */
  summary: z.unknown(),
});
type KeptPart = z.output<typeof keptPartSchema>;

/** A part as it is kept. */
const keptPartDocument = defineDocument<KeptPart>("part of a run's journal", keptPartSchema);

const uploadsSchema = z.object({ attempt: z.int(), files: z.number(), bytes: z.number() });
/** How many files and bytes an attempt has been let upload. */
export type Uploads = z.infer<typeof uploadsSchema>;
const uploadsDocument = defineDocument("uploads of an attempt", uploadsSchema);

const HEAD_KEY = "run";
const UPLOADS_KEY = "uploads";
const PART_PREFIX = "part:";
/** A page travels as one message, and those have a limit of 1 MiB; the part that passes this mark is still whole. */
const PAGE_BYTES = 256 * 1024;
/** Parts that answer for the end of the log. */
const TAIL_PARTS = 3;
/** An agent tells one part a step: so many of them answer for what it has said lately, while they are a page at most. */
const AGENT_TAIL_PARTS = 200;

function partKey(seqFrom: number): string {
  return `${PART_PREFIX}${String(seqFrom).padStart(12, "0")}`;
}

/** Counts what the object writes: the row budget is tested with it and reported when a run ends. */
export interface RowMeter {
  rows: number;
}

/**
 * A run's memory: entries of its Durable Object's storage.
 *   run            the head
 *   part:<seq>     one accepted part of the runner's journal, by its first event number
 *   uploads        what the current attempt has been let upload; not there before its first file
 * Each entry written is a row billed. A table of our own would cost rows before it holds any: a short run has one head,
 * written three times, and one or two parts.
 */
export class RunStorage {
  readonly #kv: SyncKvStorage;
  readonly #meter: RowMeter;
  #isClosed = false;

  constructor(kv: SyncKvStorage, meter: RowMeter) {
    this.#kv = kv;
    this.#meter = meter;
  }

  /** From now on nothing is written: the run is forgotten, and who still holds this must not bring it back. */
  close(): void {
    this.#isClosed = true;
  }

  #put(key: string, value: RunRecord | KeptPart | Uploads): void {
    if (this.#isClosed) return;
    this.#kv.put(key, value);
    this.#meter.rows += 1;
  }

  *#parts(range: Omit<SyncKvListOptions, "prefix"> = {}): Iterable<[key: string, part: KeptPart]> {
    for (const [key, stored] of this.#kv.list({ prefix: PART_PREFIX, ...range }))
      yield [key, keptPartDocument.read(stored)];
  }

  /** The newest parts, newest first. */
  #newest(count: number): [string, KeptPart][] {
    return [...this.#parts({ reverse: true, limit: count })];
  }

  load(): RunRecord | null {
    const stored = this.#kv.get(HEAD_KEY);
    return stored === undefined ? null : runRecordDocument.read(stored);
  }

  save(record: RunRecord): void {
    const spec = runSpecDocument.write(record.spec);
    // The result lies in the journal's last part; twice it would not fit.
    const state = { ...record.state, result: null };
    this.#put(HEAD_KEY, runRecordDocument.write({ ...record, spec, state }));
  }

  /** Keeps a part; `summary` is what is known with it. */
  append({ seq_from, attempt, seq_to, events }: JournalPart, summary: AttemptTally): void {
    const part = { attempt, seq_to, events, summary: attemptTallyDocument.write(summary) };
    this.#put(partKey(seq_from), keptPartDocument.write(part));
  }

  /** What an attempt has been let upload; null before the first file of a run. */
  uploads(): Uploads | null {
    const stored = this.#kv.get(UPLOADS_KEY);
    return stored === undefined ? null : uploadsDocument.read(stored);
  }

  saveUploads(uploads: Uploads): void {
    this.#put(UPLOADS_KEY, uploadsDocument.write(uploads));
  }

  /** What the parts of `attempt` say, and the last event number of all parts. */
  tally(attempt: number): AttemptTally {
    const [newest] = this.#newest(1);
    if (newest?.[1].attempt === attempt) return attemptTallyDocument.read(newest[1].summary);
    return emptyTally(newest?.[1].seq_to ?? 0);
  }

  /** Events after `after` in order, from whole parts, until a page of them is there: `limit` events, or its bytes. */
  eventsAfter(after: number, limit: number): { events: RunEvent[]; more: boolean } {
    const events: RunEvent[] = [];
    let bytes = 0;
    for (const [, part] of this.#parts({ start: this.#keyAt(after + 1) })) {
      if (events.length >= limit || bytes >= PAGE_BYTES) return { events, more: true };
      const fresh = part.events.filter((event) => event.seq > after);
      for (const event of fresh) bytes += weighEvent(event);
      events.push(...fresh);
    }
    return { events, more: false };
  }

  /** The key of the part that holds event `seq`, or of the first one after it. */
  #keyAt(seq: number): string {
    const options = { prefix: PART_PREFIX, end: partKey(seq + 1), reverse: true, limit: 1 };
    const [holder] = this.#kv.list(options);
    return holder?.[0] ?? PART_PREFIX;
  }

  /** The newest parts, newest first, that stay here when the rest is archived. */
  #tailParts({ agent }: Pick<RunSpec, "agent">): [string, KeptPart][] {
    if (agent === null) return this.#newest(TAIL_PARTS);
    const kept: [string, KeptPart][] = [];
    let bytes = 0;
    for (const [key, part] of this.#parts({ reverse: true, limit: AGENT_TAIL_PARTS })) {
      for (const event of part.events) bytes += weighEvent(event);
      if (kept.length >= TAIL_PARTS && bytes > PAGE_BYTES) break;
      kept.push([key, part]);
    }
    return kept;
  }

  /** The newest events: some hundred lines of a script, the last turns of an agent. */
  tail(spec: Pick<RunSpec, "agent">): RunEvent[] {
    return this.#tailParts(spec)
      .toReversed()
      .flatMap(([, part]) => part.events);
  }

  /** Lets go of archived events but the newest; what they amount to (artifacts, result) stays. */
  dropEvents(spec: Pick<RunSpec, "agent">): void {
    const kept = new Set(this.#tailParts(spec).map(([key]) => key));
    const dropped: string[] = [];
    for (const [key] of this.#kv.list({ prefix: PART_PREFIX })) if (!kept.has(key)) dropped.push(key);
    for (const key of dropped) this.#kv.delete(key);
    this.#meter.rows += dropped.length;
  }
}

import { isAgentPart } from "#contract/agents/agent-part";
import type { AgentPart } from "#contract/agents/agent-part";
import { toWirePath } from "#contract/floom-wire";
import type { ArtifactId, RunId } from "#contract/ids";
import { formatLimit, limits } from "#contract/limits";
import type { Artifact } from "#contract/runs/run";
import { foldPartial } from "#contract/runs/fold-partial";
import type { PartialOutput } from "#contract/runs/partial";
import type { RunEvent } from "#contract/runs/run-event";
import type { JournalEntry, RunnerResult } from "#contract/runner/runner";
import { storedBytes } from "../../platform/objects/stored-size.ts";
import type { LeftContextFile } from "./attempt-tally.ts";
import { boundEntry } from "./bound-entry.ts";

/** What an event costs beside its text. */
const EVENT_BYTES = 160;
/** What a part of a journal costs at least: it is a row of its own. */
const PART_BYTES = 512;
/** A stored entry has a limit of 2 MB, a message one of 1 MiB, and what is read page by page passes its mark by a part. */
const SPLIT_BYTES = 512 * 1024;
/** What a part may hold of events and of what is known after them; the rest of what fits is for its frame. */
const LAST_PART_BYTES = 1_900_000;

/** Where a batch of entries stands when it is turned into events. */
export interface IntakePlace {
  run_id: RunId;
  /** The last event number given out. */
  seq: number;
  /** What the attempt's journal has cost before this batch. */
  taken_bytes: number;
  /** The batch as it came, in bytes, with what was no entry. */
  part_bytes: number;
  /** The files on the record before this batch. */
  artifacts: readonly Artifact[];
  contextFiles?: readonly LeftContextFile[];
  /** What was known before this batch of what its function hands back. */
  partial?: PartialOutput | null;
  now: number;
  newArtifactId: () => ArtifactId;
}

export interface BuiltEvents {
  events: RunEvent[];
  /** The files on the record after this batch, each path once. */
  artifacts: Artifact[];
  /** What it has changed in its contexts after this batch, each file once. Nobody who follows is told of it. */
  contextFiles: LeftContextFile[];
  result: RunnerResult | null;
  progress: { percent: number | null; message: string | null } | null;
  /** The newest of what its function has handed back piece by piece. */
  partial: PartialOutput | null;
  /** What the attempt's journal has cost after this batch. */
  bytes: number;
}

/** How much room an event takes, about, in bytes. */
export function weighEvent(event: RunEvent): number {
  switch (event.type) {
    case "log":
    case "progress":
      return EVENT_BYTES + (event.message?.length ?? 0);
    case "partial":
      return EVENT_BYTES + JSON.stringify(event.pieces).length;
    case "text":
    case "reasoning":
      return EVENT_BYTES + event.text.length;
    case "tool-call":
    case "tool-result":
    case "stages":
      return EVENT_BYTES + JSON.stringify(event).length;
    case "artifact": {
      const { path, name, type } = event.artifact;
      return 3 * EVENT_BYTES + 2 * path.length + name.length + type.length;
    }
    default:
      return EVENT_BYTES;
  }
}

/** The sandbox's clock is the script's to set: times outside the run's own day are replaced by ours. */
function timestamp(at: number, now: number): string {
  const plausible = Math.abs(at - now) < 86_400_000;
  return new Date(plausible ? at : now).toISOString();
}

function clampPercent(percent: number | null): number | null {
  return percent === null ? null : Math.min(100, Math.max(0, percent));
}

/** The file that an entry names; `known` is what the record has under its path so far, and lends it its id. */
function buildArtifact(
  entry: JournalEntry & { type: "file" },
  place: IntakePlace,
  known: Artifact | undefined,
): Artifact {
  return {
    id: known?.id ?? place.newArtifactId(),
    run_id: place.run_id,
    name: entry.name,
    type: entry.media_type,
    kind: entry.kind,
    ...toWirePath(entry.path),
    size_bytes: entry.size_bytes,
    sha256: entry.sha256,
    created_at: timestamp(entry.at, place.now),
  };
}

/** The files with one more; null when that is more than a run may leave. A path named again stands for the newer file. */
function addArtifact(artifacts: readonly Artifact[], artifact: Artifact): Artifact[] | null {
  const others = artifacts.filter(({ path }) => path !== artifact.path);
  const bytes = others.reduce((sum, { size_bytes }) => sum + size_bytes, artifact.size_bytes);
  const isTooMuch =
    others.length >= limits.artifacts_per_run.value || bytes > limits.artifacts_total_bytes.value;
  return isTooMuch ? null : [...others, artifact];
}

/** The files with one more, while a run may change that many. */
function addContextFile(
  files: readonly LeftContextFile[],
  { context, path, size_bytes, sha256 }: JournalEntry & { type: "context_file" },
): LeftContextFile[] {
  const others = files.filter((file) => file.context !== context || file.path !== path);
  const isTooMuch = others.length >= limits.context_written_files.value;
  return isTooMuch ? [...files] : [...others, { context, path, size_bytes, sha256 }];
}

type Telling = Extract<RunEvent, { type: "log" | "progress" | "partial" | "stages" | AgentPart["type"] }>;
/** An event that has no number yet. */
type Unnumbered = Telling extends infer Event ? (Event extends Telling ? Omit<Event, "seq"> : never) : never;

/** What an entry tells of the script while it works; undefined for what it leaves. */
function buildTelling(entry: JournalEntry, now: number): Unnumbered | undefined {
  const at = timestamp(entry.at, now);
  if (isAgentPart(entry)) {
    const { at: _told, ...part } = entry;
    return { timestamp: at, ...part };
  }
  switch (entry.type) {
    case "stages":
      return { timestamp: at, type: "stages", stages: entry.stages };
    case "log": {
      const { level, stream, text } = entry;
      return { timestamp: at, type: "log", level, stream, message: text };
    }
    case "progress":
      return {
        timestamp: at,
        type: "progress",
        percent: clampPercent(entry.percent),
        message: entry.message,
      };
    case "partial": {
      const { count, follows, pieces } = entry;
      return { timestamp: at, type: "partial", count, follows, pieces };
    }
    case "phase": {
      const message = entry.detail ?? "Installing dependencies";
      return entry.phase === "install"
        ? { timestamp: at, type: "log", level: "info", stream: "system", message }
        : undefined;
    }
    default:
      return undefined;
  }
}

const fullMessage = `The log of this attempt has reached its limit of ${formatLimit("journal_bytes")}: what else it tells is left out, its files and its end are not.`;

/**
 * Turns journal entries into events, numbering them from `place.seq + 1`. What an attempt tells is counted as it came or
 * as it is kept, whichever is more; beyond the limit it is left out, and one line says so. Files and the result have
 * limits of their own; once the limit is passed, a file that is on the record stays the one it is. Pure but for the artifact ids it is given.
 */
export function buildEvents(entries: readonly JournalEntry[], place: IntakePlace): BuiltEvents {
  const most = limits.journal_bytes.value;
  const built: BuiltEvents = {
    events: [],
    artifacts: [...place.artifacts],
    contextFiles: [...(place.contextFiles ?? [])],
    result: null,
    progress: null,
    partial: place.partial ?? null,
    bytes: 0,
  };
  let seq = place.seq;
  let told = 0;
  for (const entry of entries.map(boundEntry)) {
    if (built.result) break;
    const isFull = place.taken_bytes + told > most;
    const telling = buildTelling(entry, place.now);
    if (telling && !isFull) {
      const event: RunEvent = { ...telling, seq: ++seq };
      told += weighEvent(event);
      built.events.push(event);
      if (event.type === "progress") built.progress = { percent: event.percent, message: event.message };
      if (event.type === "partial") built.partial = foldPartial(built.partial, event);
    } else if (entry.type === "file") {
      const known = built.artifacts.find(({ path }) => path === entry.path);
      if (isFull && known) continue;
      const artifact = buildArtifact(entry, place, known);
      const artifacts = addArtifact(built.artifacts, artifact);
      if (artifacts === null) continue;
      const event: RunEvent = { seq: ++seq, timestamp: artifact.created_at, type: "artifact", artifact };
      told += weighEvent(event);
      built.events.push(event);
      built.artifacts = artifacts;
    } else if (entry.type === "context_file") built.contextFiles = addContextFile(built.contextFiles, entry);
    else if (entry.type === "result") built.result = entry;
  }
  built.bytes = place.taken_bytes + Math.max(place.part_bytes, told, PART_BYTES);
  if (place.taken_bytes <= most && built.bytes > most) {
    const line = { type: "log", level: "warning", stream: "system", message: fullMessage } as const;
    built.events.push({ seq: ++seq, timestamp: new Date(place.now).toISOString(), ...line });
  }
  return built;
}

/**
 * Events in parts that can be kept and sent as one: a part is no larger than this, or one event. The last one also
 * holds what is known after it, and holds nothing else where both together do not fit. There is always one part, be it
 * empty. Pure.
 */
export function splitEvents(
  events: readonly RunEvent[],
  known: unknown = null,
  mostBytes = SPLIT_BYTES,
): RunEvent[][] {
  const parts: RunEvent[][] = [];
  let last: RunEvent[] = [];
  let bytes = 0;
  for (const event of events) {
    const weight = storedBytes(event);
    if (last.length > 0 && bytes + weight > mostBytes) {
      parts.push(last);
      last = [];
      bytes = 0;
    }
    last.push(event);
    bytes += weight;
  }
  const fits = last.length === 0 || bytes + storedBytes(known) <= LAST_PART_BYTES;
  return fits ? [...parts, last] : [...parts, last, []];
}

import { toWirePath } from "#contract/floom-wire";
import type { ArtifactId, RunId } from "#contract/ids";
import { limits } from "#contract/limits";
import { whyUnsafePath } from "#contract/safe-path";
import type { Artifact } from "#contract/runs/run";
import type { RunEvent } from "#contract/runs/run-event";
import type { JournalEntry, RunnerResult } from "#contract/runner/runner";

const TOLD_PATH_CHARACTERS = 200;

/** Where a batch of entries stands when it is turned into events. */
export interface IntakePlace {
  run_id: RunId;
  /** The last event number given out. */
  seq: number;
  /** Bytes of journal taken before this batch; beyond the limit, log lines are no longer kept. */
  taken_bytes: number;
  artifacts: number;
  artifact_bytes: number;
  now: number;
  newArtifactId: () => ArtifactId;
}

export interface BuiltEvents {
  events: RunEvent[];
  artifacts: Artifact[];
  result: RunnerResult | null;
  progress: { percent: number | null; message: string | null } | null;
}

/** The sandbox's clock is the script's to set: times outside the run's own day are replaced by ours. */
function timestamp(at: number, now: number): string {
  const plausible = Math.abs(at - now) < 86_400_000;
  return new Date(plausible ? at : now).toISOString();
}

function clampPercent(percent: number | null): number | null {
  return percent === null ? null : Math.min(100, Math.max(0, percent));
}

/** What the runner writes is short; the journal lies in the script's reach, and what is too long is cut. */
const FILE_NAME_CHARACTERS = 255;
const DIGEST_CHARACTERS = 64;

/** The message as people are told it. */
export function cutMessage(message: string): string {
  const most = limits.told_characters.value;
  return message.length <= most ? message : `${message.slice(0, most - 1)}…`;
}

function buildArtifact(entry: JournalEntry & { type: "file" }, place: IntakePlace): Artifact {
  return {
    id: place.newArtifactId(),
    run_id: place.run_id,
    name: entry.name.slice(0, FILE_NAME_CHARACTERS),
    type: mediaTypeForm.test(entry.media_type) ? entry.media_type : "application/octet-stream",
    kind: entry.kind,
    ...toWirePath(entry.path),
    size_bytes: entry.size_bytes,
    sha256: entry.sha256.slice(0, DIGEST_CHARACTERS),
    created_at: timestamp(entry.at, place.now),
  };
}

/** The entry, or, for a file whose path could harm where it is saved, a line for the log that says why it is not kept. */
function refuseUnsafeFile(entry: JournalEntry): JournalEntry {
  const reason = entry.type === "file" ? whyUnsafePath(entry.path) : null;
  if (entry.type !== "file" || reason === null) return entry;
  const shown = JSON.stringify(entry.path.slice(0, TOLD_PATH_CHARACTERS));
  const text = `The file ${shown} was not kept: its path ${reason}.`;
  return { type: "log", at: entry.at, stream: "system", level: "warning", text };
}

const mediaTypeForm = /^[\w.+-]{1,100}\/[\w.+-]{1,100}(;[ \w.=+-]{0,100})?$/;

/** Turns journal entries into events, numbering them from `place.seq + 1`. Pure but for the artifact ids it is given. */
export function buildEvents(entries: readonly JournalEntry[], place: IntakePlace): BuiltEvents {
  const built: BuiltEvents = { events: [], artifacts: [], result: null, progress: null };
  let seq = place.seq;
  let files = place.artifacts;
  let fileBytes = place.artifact_bytes;
  const base = (at: number) => ({ seq: ++seq, timestamp: timestamp(at, place.now) });
  for (const entry of entries.map(refuseUnsafeFile)) {
    if (built.result) break;
    if (entry.type === "log" && place.taken_bytes <= limits.journal_bytes.value) {
      const { level, stream, text } = entry;
      built.events.push({ ...base(entry.at), type: "log", level, stream, message: text });
    } else if (entry.type === "phase" && entry.phase === "install") {
      const message = entry.detail ?? "Installing dependencies";
      built.events.push({ ...base(entry.at), type: "log", level: "info", stream: "system", message });
    } else if (entry.type === "progress") {
      const message = entry.message === null ? null : cutMessage(entry.message);
      built.progress = { percent: clampPercent(entry.percent), message };
      built.events.push({ ...base(entry.at), type: "progress", ...built.progress });
    } else if (entry.type === "file") {
      files += 1;
      fileBytes += entry.size_bytes;
      if (files > limits.artifacts_per_run.value || fileBytes > limits.artifacts_total_bytes.value) continue;
      const artifact = buildArtifact(entry, place);
      built.artifacts.push(artifact);
      built.events.push({ ...base(entry.at), type: "artifact", artifact });
    } else if (entry.type === "result") built.result = entry;
  }
  return built;
}

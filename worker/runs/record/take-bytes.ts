import { JsonTooDeep, parseJson } from "#contract/json";
import { limits } from "#contract/limits";
import { storedBytes } from "../../platform/objects/stored-size.ts";
import { journalEntrySchema } from "#contract/runner/runner";
import type { JournalEntry, RunnerResult } from "#contract/runner/runner";

const NEWLINE = 10;
/** Room for a result beside the files of its run, in bytes as it is kept. The runner hands a fraction of it over in its journal, the rest as a file. */
const RESULT_BYTES = 1_200_000;
/** How a result begins as the runner writes it. */
const RESULT_START = /^\{"type": ?"result"/;
/** No entry is shorter: looking closely at hundreds of thousands of crumbs in a post would take seconds. */
const SHORTEST_ENTRY = '{"type":"result"'.length;

/** What of a posted part of the journal is new: whole lines from `have` on, and where the journal stands after them. */
export interface Intake {
  lines: string[];
  next_offset: number;
}

/**
 * Takes the bytes that are not known yet. `have` is how many bytes of the journal have been taken, `offset` where
 * `body` starts. A repeat, an overlap and a gap are all harmless: known bytes are skipped, a gap takes nothing, and a
 * line that is not whole yet waits for the next post. A line that fills a whole post and does not end there never will
 * be whole for us: its part is taken as a line, so that the journal goes on behind it. Pure.
 */
export function takeBytes(have: number, offset: number, body: Uint8Array): Intake {
  const skip = have - offset;
  if (skip < 0 || skip >= body.byteLength) return { lines: [], next_offset: have };
  const fresh = body.subarray(skip);
  const end = fresh.lastIndexOf(NEWLINE) + 1;
  if (end === 0 && fresh.byteLength >= limits.journal_post_bytes.value)
    return { lines: [new TextDecoder().decode(fresh)], next_offset: have + fresh.byteLength };

  if (end === 0) return { lines: [], next_offset: have };
  const text = new TextDecoder().decode(fresh.subarray(0, end));
  return { lines: text.split("\n").filter((line) => line !== ""), next_offset: have + end };
}

/**
 * Reads one journal line; undefined for a line that is not an entry (the journal lies in the script's reach). A result
 * is never dropped: a script whose result nobody hears of would be run again, with all that it does to others. One
 * that cannot be read ends the attempt as the script's own failure.
 */
export function parseEntry(line: string): JournalEntry | undefined {
  const read = readEntry(line);
  if (read.entry) return fitEntry(read.entry);
  if (!read.isResult) return undefined;
  if (line.length >= limits.journal_post_bytes.value / 4 && read.fault === null) {
    return buildRefusal(
      "output_too_large",
      "What the script hands over is larger than one post of the journal.",
    );
  }
  return buildRefusal("invalid_result_json", `The result cannot be read: ${read.fault ?? "it is not JSON"}.`);
}

/** Numbers and texts may take several times the room that their JSON does. */
function fitEntry(entry: JournalEntry): JournalEntry {
  if (entry.type !== "result" || storedBytes(entry) <= RESULT_BYTES) return entry;
  return buildRefusal(
    "output_too_large",
    "What the script hands over takes more room than a run has for it.",
  );
}

interface Reading {
  entry?: JournalEntry | undefined;
  isResult: boolean;
  /** Where and why a document is no entry; null when the line is no document. */
  fault: string | null;
}

function readEntry(line: string): Reading {
  if (line.length < SHORTEST_ENTRY || !line.startsWith("{")) return { isResult: false, fault: null };
  let document: unknown;
  try {
    document = parseJson(line);
  } catch (error) {
    const fault = error instanceof JsonTooDeep ? error.message : null;
    return { isResult: RESULT_START.test(line), fault };
  }
  const isResult =
    typeof document === "object" && document !== null && "type" in document && document.type === "result";
  const { data, error } = journalEntrySchema.safeParse(document);
  const issue = error?.issues[0];
  return { entry: data, isResult, fault: issue ? `${issue.path.join(".")}: ${issue.message}` : null };
}

/** A result in the place of one that never came or cannot be read. */
export function buildRefusal(code: string, error: string): RunnerResult {
  return {
    type: "result",
    at: 0,
    outcome: "failure",
    error_code: code,
    error,
    error_raw: null,
    exit_code: null,
    outputs: null,
    usage: { wall_ms: 0, cpu_ms: 0, max_memory_bytes: 0, log_bytes: 0 },
  };
}

import { limits } from "#contract/limits";
import type { JournalEntry } from "#contract/runner/runner";
import type { Executor } from "../runs/ports/executor.ts";
import { parseEntry } from "../runs/record/take-bytes.ts";
import type { BuildLook } from "./build-lifecycle.ts";
import type { BuiltArchive } from "./build-state.ts";

/** More than the runner writes into a build's journal, however its lines are spelled; what is longer was not written by it. */
const MOST_BYTES = 2 * limits.build_log_bytes.value;

/**
 * What the journal of a build says. `lines` are those that belong into a run's log, and the result of a build that
 * failed; the journal lies in the reach of what was installed, so nothing else of it is passed on. Pure.
 */
export function readBuildJournal(text: string): { look: BuildLook | null; lines: string[] } {
  const lines: string[] = [];
  let archive: BuiltArchive | null = null;
  for (const line of text.slice(0, text.lastIndexOf("\n") + 1).split("\n")) {
    const entry = parseEntry(line);
    if (entry === undefined) continue;
    if (entry.type === "log" || entry.type === "phase") lines.push(JSON.stringify(entry));
    else if (entry.type === "file") archive = takeArchive(entry);
    else if (entry.type === "result") {
      const failed = entry.outcome === "failure";
      const kept = failed ? [...lines, JSON.stringify(entry)] : lines;
      return { look: { kind: "done", lines: kept, failed, archive }, lines };
    }
  }
  return { look: null, lines };
}

function takeArchive({ size_bytes, sha256, pins }: JournalEntry & { type: "file" }): BuiltArchive | null {
  const isGood = /^[0-9a-f]{64}$/.test(sha256) && size_bytes <= limits.dependencies_bytes.value;
  return isGood ? { size_bytes, sha256, ...(pins === undefined ? {} : { pins }) } : null;
}

/** Looks how far the build in a sandbox is. Null when nobody can say now. */
export async function lookAtBuild(
  executor: Pick<Executor, "readJournal">,
  sandboxId: string,
): Promise<BuildLook | null> {
  // Twice where the runner is gone without a result: it may have ended between the two halves of a look.
  const first = await lookOnce(executor, sandboxId);
  return first?.kind === "silent" ? lookOnce(executor, sandboxId) : first;
}

async function lookOnce(
  executor: Pick<Executor, "readJournal">,
  sandboxId: string,
): Promise<BuildLook | null> {
  const read = await executor.readJournal(sandboxId, 0, MOST_BYTES);
  if (read.kind === "gone") return { kind: "gone" };
  if (read.kind === "unavailable") return null;
  const { look, lines } = readBuildJournal(new TextDecoder().decode(read.bytes));
  if (look) return look;
  return read.runnerAlive ? { kind: "going" } : { kind: "silent", lines };
}

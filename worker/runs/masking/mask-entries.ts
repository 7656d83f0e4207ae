import { isAgentPart } from "#contract/agents/agent-part";
import type { AgentPart } from "#contract/agents/agent-part";
import type { JournalEntry } from "#contract/runner/runner";
import { whyUnsafePath } from "#contract/safe-path";
import type { Masker } from "../../platform/redaction/masker.ts";

/** The last that each stream of a script has told, for what goes on behind it. */
export type StreamTails = Map<string, string>;

/**
 * The entries of one post without what gives a secret away. Lines of one stream are looked at as one text, also over the
 * posts that `tails` remembers; it is changed. A file whose path holds a secret is left out, and the log says so.
 */
export function maskEntries(
  entries: readonly JournalEntry[],
  masker: Masker,
  tails: StreamTails,
): JournalEntry[] {
  const masked = entries.map((entry) => maskEntry(entry, masker));
  for (const stream of ["stdout", "stderr", "system"]) {
    const at = entries.flatMap((entry, index) =>
      entry.type === "log" && entry.stream === stream ? [{ entry, index }] : [],
    );
    if (at.length === 0) continue;
    const told = masker.texts(
      at.map(({ entry }) => entry.text),
      tails.get(stream),
    );
    tails.set(stream, told.carry);
    for (const [position, { entry, index }] of at.entries())
      masked[index] = { ...entry, text: told.masked[position] ?? "" };
  }
  maskPieces(entries, masked, { masker, tails });
  return masked;
}

/** What the parts of a text are called beside the streams of a log. */
export const PIECES = "pieces";

/** Parts of a text are looked at as one text, also over the posts that `tails` remembers. */
function maskPieces(
  entries: readonly JournalEntry[],
  masked: JournalEntry[],
  { masker, tails }: { masker: Masker; tails: StreamTails },
): void {
  for (const [index, entry] of entries.entries()) {
    if (entry.type !== "partial" || typeof entry.pieces !== "string") continue;
    const told = masker.texts([entry.pieces], entry.follows ? tails.get(PIECES) : "");
    tails.set(PIECES, told.carry);
    masked[index] = { ...entry, pieces: told.masked[0] ?? "" };
  }
}

/** A part of an agent's turn; each is whole, so that no secret goes on in the next one. */
function maskPart<Told extends AgentPart>(part: Told, masker: Masker): Told {
  switch (part.type) {
    case "text":
    case "reasoning":
      return { ...part, text: masker.text(part.text) };
    case "tool-call":
      return { ...part, args: masker.json(part.args), args_preview: masker.text(part.args_preview) };
    case "tool-result": {
      const { result, result_preview: preview } = part;
      return { ...part, result: masker.text(result), result_preview: masker.text(preview) };
    }
    case "tool-approval-pending":
      return { ...part, label: masker.text(part.label) };
    default:
      return part;
  }
}

function maskEntry(entry: JournalEntry, masker: Masker): JournalEntry {
  if (isAgentPart(entry)) return maskPart(entry, masker);
  switch (entry.type) {
    case "log":
      return entry;
    case "stages":
      return maskStages(entry, masker);
    case "phase":
      return entry.detail === undefined ? entry : { ...entry, detail: masker.text(entry.detail) };
    case "progress":
      return { ...entry, message: entry.message && masker.text(entry.message) };
    case "partial":
      return typeof entry.pieces === "string" ? entry : { ...entry, pieces: masker.json(entry.pieces) };
    case "file":
      return maskFile(entry, masker);
    case "context_file": {
      if (masker.text(entry.path) === entry.path) return entry;
      const text = "A file of a context was not kept: its path holds a secret.";
      return { type: "log", at: entry.at, stream: "system", level: "warning", text };
    }
    case "result":
      return maskResult(entry, masker);
  }
}

function maskFile(entry: JournalEntry & { type: "file" }, masker: Masker): JournalEntry {
  const { at, name, path, media_type } = entry;
  const shown = masker.text(path);
  if (shown === path) return { ...entry, name: masker.text(name), media_type: masker.text(media_type) };
  const told = whyUnsafePath(path) === null ? JSON.stringify(shown) : "with an unsafe path";
  const text = `The file ${told} was not kept: its path holds a secret.`;
  return { type: "log", at, stream: "system", level: "warning", text };
}

function maskStages(entry: JournalEntry & { type: "stages" }, masker: Masker): JournalEntry {
  const mask = (error: string | null) => error && masker.text(error);
  return { ...entry, stages: entry.stages.map((stage) => ({ ...stage, error: mask(stage.error) })) };
}

function maskResult(entry: JournalEntry & { type: "result" }, masker: Masker): JournalEntry {
  const { error_code: code, decision_required, await_external } = entry;
  return {
    ...entry,
    error_code: code !== null && masker.text(code) !== code ? null : code,
    error: entry.error && masker.text(entry.error),
    error_raw: entry.error_raw && masker.text(entry.error_raw),
    outputs: entry.outputs && masker.json(entry.outputs),
    ...(decision_required === undefined ? {} : { decision_required: masker.json(decision_required) }),
    ...(await_external === undefined ? {} : { await_external: masker.json(await_external) }),
  };
}

import { limits } from "#contract/limits";
import type { RunId } from "#contract/ids";
import type { RunSummary } from "#contract/runs/run";
import { attachmentDisposition } from "../http/attachment.ts";
import { describeError, log } from "../platform/log.ts";
import { csvHead, csvLines, csvNote } from "./to-csv.ts";

/** A part of the runs to write down, newest first; `rest` is where the next begins, null at the end of all. */
export interface ExportPart {
  runs: RunSummary[];
  rest: RunId | null;
}
export type ReadPart = (before: RunId | undefined) => Promise<ExportPart>;

const encoder = new TextEncoder();

/** Runs that are sought may be rare: after so many parts, however little was in them, it is enough. */
const MOST_PARTS = 50;

/**
 * Runs as a CSV file that is made while it is sent, part by part: no more of it is held than one part. It ends after as
 * many runs as one export holds, or when so many were looked through; its last line then says how to go on.
 */
export function exportRuns(readPart: ReadPart): Response {
  const writer = new ExportWriter(readPart);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(csvHead())),
    pull: async (controller) => {
      try {
        const { text, ended } = await writer.next();
        if (text !== "") controller.enqueue(encoder.encode(text));
        if (ended) controller.close();
      } catch (error) {
        log("error", "export.failed", { error: describeError(error) });
        controller.error(error);
      }
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": attachmentDisposition("runs.csv"),
    },
  });
}

/** Where an export stands. */
class ExportWriter {
  readonly #readPart: ReadPart;
  #before: RunId | undefined;
  #left = limits.export_runs.value;
  #parts = 0;

  constructor(readPart: ReadPart) {
    this.#readPart = readPart;
  }

  /** The next lines; none only at the end. */
  async next(): Promise<{ text: string; ended: boolean }> {
    for (;;) {
      const { runs, rest } = await this.#readPart(this.#before);
      const shown = runs.slice(0, this.#left);
      this.#left -= shown.length;
      this.#parts += 1;
      const text = csvLines(shown);
      if (rest === null && shown.length === runs.length) return { text, ended: true };
      const last = shown.length < runs.length ? shown.at(-1)?.id : rest;
      if (this.#left <= 0 || this.#parts >= MOST_PARTS)
        return { text: text + cutOff(last ?? ""), ended: true };
      this.#before = rest ?? undefined;
      if (text !== "") return { text, ended: false };
    }
  }
}

function cutOff(last: string): string {
  return csvNote(`Cut off: there may be more runs. Ask again with before_id=${last}`);
}

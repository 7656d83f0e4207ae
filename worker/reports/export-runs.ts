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

/**
 * Runs as a CSV file that is made while it is sent, part by part: no more of it is held than one part. It ends after as
 * many runs as one export holds, and its last line then says how to go on.
 */
export function exportRuns(readPart: ReadPart): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(csvHead())),
    pull: buildPull(readPart),
  });
  return new Response(body, {
    headers: {
      "content-type": "text/csv; charset=utf-8; header=present",
      "content-disposition": attachmentDisposition("runs.csv"),
    },
  });
}

function buildPull(readPart: ReadPart) {
  let before: RunId | undefined;
  let left = limits.export_runs.value;
  return async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    try {
      const part = await readPart(before);
      const runs = part.runs.slice(0, left);
      left -= runs.length;
      const isOver = part.rest !== null && left <= 0;
      const text = csvLines(runs) + (isOver ? csvNote(cutOff(runs)) : "");
      // An empty part would not be asked to be followed by the next.
      if (text !== "" || part.rest !== null) controller.enqueue(encoder.encode(text));
      if (isOver || part.rest === null) controller.close();
      else before = part.rest;
    } catch (error) {
      log("error", "export.failed", { error: describeError(error) });
      controller.error(error);
    }
  };
}

function cutOff(runs: readonly RunSummary[]): string {
  const most = limits.export_runs.value.toLocaleString("en-US");
  const until = runs.at(-1)?.created_at ?? "";
  return `Cut off after ${most} runs: there are more. Ask again with until=${until}`;
}

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { describePartial } from "#contract/outputs/describe-partial";
import { showText } from "#contract/outputs/show-text";
import { foldPartial } from "#contract/runs/fold-partial";
import type { PartialOutput } from "#contract/runs/partial";

interface Progress {
  percent: number | null;
  message: string | null;
}

const words: Record<string, string> = {
  queued: "Waiting for its turn",
  running: "Running",
  pending_approval: "Waiting for a person",
};

interface Told {
  type: string;
  status: string | null;
  progress: Progress;
  /** What has come of the result; null in what tells something else. */
  pieces: Parameters<typeof foldPartial>[1] | null;
}

function readPieces(told: object): Told["pieces"] {
  if (!("pieces" in told && "count" in told && "follows" in told)) return null;
  const { pieces, count } = told;
  if (typeof count !== "number" || (typeof pieces !== "string" && !Array.isArray(pieces))) return null;
  return { count, follows: told.follows === true, pieces };
}

/** What the page's own server tells; what is something else is not taken in. */
function readTold(text: string): Told | null {
  const told: unknown = JSON.parse(text);
  if (typeof told !== "object" || told === null || !("type" in told) || typeof told.type !== "string")
    return null;
  const status = "status" in told && typeof told.status === "string" ? told.status : null;
  const percent = "percent" in told && typeof told.percent === "number" ? told.percent : null;
  const message = "message" in told && typeof told.message === "string" ? told.message : null;
  return { type: told.type, status, progress: { percent, message }, pieces: readPieces(told) };
}

/** How far a run is, as it goes; calls `ended` when it has come to its end. */
export function Live({ events, ended }: { events: string; ended: () => void }) {
  const [progress, setProgress] = useState<Progress>({ percent: null, message: null });
  const [partial, setPartial] = useState<PartialOutput | null>(null);
  useEffect(() => {
    const source = new EventSource(events);
    source.addEventListener("message", (event: MessageEvent<string>) => {
      const told = readTold(event.data);
      if (told === null) return;
      if (told.type === "progress") setProgress(told.progress);
      const { pieces } = told;
      if (pieces !== null) setPartial((known) => foldPartial(known, pieces));
      if (told.type === "status" && told.status !== null) showStatus(told.status);
      if (told.type !== "close") return;
      source.close();
      ended();
    });
    return () => source.close();
  }, [events, ended]);
  const { percent, message } = progress;
  return [
    h("progress", { "aria-label": "Progress", max: 100, ...(percent === null ? {} : { value: percent }) }),
    h("p", { role: "status" }, message ?? ""),
    partial === null ? null : h(SoFar, { partial }),
  ];
}

/** What has come of the result: a text as it goes on, anything else one piece below the other. */
function SoFar({ partial }: { partial: PartialOutput }) {
  const { count, pieces } = partial;
  const first = count - pieces.length + 1;
  const shown =
    typeof pieces === "string"
      ? h("pre", { class: "text" }, showText(pieces).text)
      : h(
          "ol",
          { start: first },
          pieces.map((piece, at) => h("li", { key: first + at }, h("pre", { class: "text" }, lineOf(piece)))),
        );
  return h("section", { class: "card", "aria-label": "So far" }, [
    h("p", { class: "muted" }, describePartial(partial)),
    shown,
  ]);
}

function lineOf(piece: unknown): string {
  return showText(typeof piece === "string" ? piece : JSON.stringify(piece, null, 1)).text;
}

/** The line that says where the run stands is the page's own. */
function showStatus(status: string): void {
  const line = document.querySelector("#status strong");
  if (line !== null && words[status] !== undefined) line.textContent = words[status];
}

import { h } from "preact";
import { useEffect, useState } from "preact/hooks";

interface Progress {
  percent: number | null;
  message: string | null;
}

const words: Record<string, string> = {
  queued: "Waiting for its turn",
  running: "Running",
  pending_approval: "Waiting for a person",
};

/** What the page's own server tells; what is something else is not taken in. */
function readTold(text: string): { type: string; status: string | null; progress: Progress } | null {
  const told: unknown = JSON.parse(text);
  if (typeof told !== "object" || told === null || !("type" in told) || typeof told.type !== "string")
    return null;
  const status = "status" in told && typeof told.status === "string" ? told.status : null;
  const percent = "percent" in told && typeof told.percent === "number" ? told.percent : null;
  const message = "message" in told && typeof told.message === "string" ? told.message : null;
  return { type: told.type, status, progress: { percent, message } };
}

/** How far a run is, as it goes; calls `ended` when it has come to its end. */
export function Live({ events, ended }: { events: string; ended: () => void }) {
  const [progress, setProgress] = useState<Progress>({ percent: null, message: null });
  useEffect(() => {
    const source = new EventSource(events);
    source.addEventListener("message", (event: MessageEvent<string>) => {
      const told = readTold(event.data);
      if (told === null) return;
      if (told.type === "progress") setProgress(told.progress);
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
  ];
}

/** The line that says where the run stands is the page's own. */
function showStatus(status: string): void {
  const line = document.querySelector("#status strong");
  if (line !== null && words[status] !== undefined) line.textContent = words[status];
}

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

interface Told extends Partial<Progress> {
  type: string;
  status?: string;
}

/** How far a run is, as it goes; calls `ended` when it has come to its end. */
export function Live({ events, ended }: { events: string; ended: () => void }) {
  const [progress, setProgress] = useState<Progress>({ percent: null, message: null });
  useEffect(() => {
    const source = new EventSource(events);
    source.addEventListener("message", (event: MessageEvent<string>) => {
      const told = JSON.parse(event.data) as Told;
      if (told.type === "progress")
        setProgress({ percent: told.percent ?? null, message: told.message ?? null });
      if (told.type === "status" && told.status !== undefined) showStatus(told.status);
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

import type { WorkerSummary } from "#contract/workers/worker";
import type { Tone } from "../../parts/pill.tsx";

interface Health {
  tone: Tone;
  words: string;
}

const healthWords: Record<WorkerSummary["status"], Health | null> = {
  ready: null,
  healthy: { tone: "good", words: "Goes well" },
  needs_attention: { tone: "bad", words: "Fails" },
  missing_secret: { tone: "wait", words: "Needs a secret" },
  error: { tone: "bad", words: "Broken" },
};

/** How a worker is, in a word, the same in every place; null for one of which there is nothing to say yet. Pure. */
export function workerHealth({
  archived,
  paused,
  status,
}: Pick<WorkerSummary, "archived" | "paused" | "status">): Health | null {
  if (archived) return { tone: "plain", words: "Archived" };
  if (paused) return { tone: "wait", words: "Paused" };
  return healthWords[status];
}

/** What a worker is, by how it is executed. */
export const modeWords: Record<WorkerSummary["mode"], string> = {
  script: "Script",
  agent: "Agent",
  functions: "Typed functions",
  http: "HTTP tools",
  pipeline: "Pipeline",
  query: "Query",
  council: "Council",
};

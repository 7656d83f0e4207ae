import type { Requirement } from "../requirements.ts";

export const requirements: Requirement[] = [
  {
    id: "examples:all:run-and-match",
    promise: "Every example is pushed, runs in a sandbox and gives exactly the outputs that it says.",
    source: "issue A, point 10",
  },
  {
    id: "examples:broken:exact-code-and-hint",
    promise: "Every broken example fails with exactly its code, and the failure says what to do next.",
    source: "issue A, point 10",
  },
  {
    id: "examples:broken:refused-with-all-findings",
    promise: "A bad manifest is refused with every finding at once, each with line, column, code and fix.",
    source: "issue A, bad input",
  },
  {
    id: "examples:apps:run-and-match",
    promise: "Every app of typed Python deploys from its folder, and gives what its example says.",
    source: "issue I, point 6",
  },
  {
    id: "examples:orchestrator:grants-outlive-runs",
    promise: "The VRAM orchestrator's grants outlive its runs, are given once, and pass to whoever waits.",
    source: "issue M, point 8",
  },
  {
    id: "examples:daily-ops:a-gap-is-told",
    promise: "Daily operations write their briefing though a probe fails.",
    source: "issue M, point 8",
  },
  {
    id: "examples:tutorial:runs",
    promise: "The app of the tutorial deploys and answers what the tutorial shows.",
    source: "issue I, point 6",
  },
];

import type { RunEvent } from "#contract/runs/run-event";

/** What a visitor is told while a run goes on: where it stands and how far it is, and nothing of its log. Pure. */
export function tellEvent(event: RunEvent): object | null {
  switch (event.type) {
    case "status":
      return { type: "status", status: event.status };
    case "progress":
      return { type: "progress", percent: event.percent, message: event.message };
    case "partial": {
      const { count, follows, pieces } = event;
      return { type: "partial", count, follows, pieces };
    }
    case "close":
      return { type: "close", status: event.status };
    default:
      return null;
  }
}

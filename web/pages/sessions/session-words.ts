import type { WorkSessionStatus } from "#contract/work-sessions/work-session";
import type { Tone } from "../../parts/pill.tsx";

/** How a session stands, in words and by tone. */
export const sessionLooks: Record<WorkSessionStatus, { words: string; tone: Tone }> = {
  active: { words: "At work", tone: "good" },
  lapsed: { words: "Not heard of", tone: "wait" },
  ended: { words: "Ended", tone: "plain" },
};

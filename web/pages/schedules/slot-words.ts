import type { CalendarSlot } from "#contract/triggers/calendar";
import { formatDuration } from "#contract/words";
import type { Tone } from "../../parts/pill.tsx";
import { statusWords } from "../../run-parts/status-pill.tsx";

/** How a time of a schedule is shown: a sign and a colour, which repeat the words. */
interface SlotLook {
  sign: string;
  tone: Tone;
  words: string;
}

const looks = {
  completed: { sign: "✓", tone: "good", words: statusWords.completed },
  failed: { sign: "✕", tone: "bad", words: statusWords.failed },
  cancelled: { sign: "–", tone: "plain", words: statusWords.cancelled },
  queued: { sign: "…", tone: "wait", words: statusWords.queued },
  running: { sign: "…", tone: "wait", words: statusWords.running },
  pending_approval: { sign: "?", tone: "wait", words: statusWords.pending_approval },
  started: { sign: "▸", tone: "plain", words: "Started; its run is not on record any more" },
  expected: { sign: "○", tone: "plain", words: "Expected" },
  waiting: { sign: "…", tone: "wait", words: "Is being started" },
  skipped: { sign: "–", tone: "plain", words: "Left out" },
  missed: { sign: "!", tone: "bad", words: "Missed" },
  refused: { sign: "!", tone: "bad", words: "Was refused" },
} as const satisfies Record<string, SlotLook>;

/** Signs that have the same meaning for whoever reads the calendar, each once. */
export const legend: readonly SlotLook[] = [
  looks.expected,
  looks.waiting,
  looks.completed,
  looks.failed,
  looks.missed,
  looks.refused,
  looks.skipped,
];

/** How a time is shown: by how its run ended, or else by what became of the time itself. Pure. */
export function lookOf({ state, run_status: status }: CalendarSlot): SlotLook {
  return looks[state === "started" && status !== null ? status : state];
}

/** `Completed, 2 min late`. Pure. */
export function tellSlot(slot: CalendarSlot): string {
  const { words } = lookOf(slot);
  return slot.is_late && slot.late_ms !== null ? `${words}, ${formatDuration(slot.late_ms)} late` : words;
}

/** What many times of one schedule came to: `20 completed, 1 missed`. Pure. */
export function tellMany(slots: readonly CalendarSlot[]): string {
  const counts = Map.groupBy(slots, (slot) => lookOf(slot).words);
  const parts = [...counts].map(([words, same]) => `${same.length} ${words.toLowerCase()}`);
  const late = slots.filter(({ is_late: isLate }) => isLate).length;
  return [...parts, ...(late === 0 ? [] : [`${late} late`])].join(", ");
}

const weight = { bad: 0, wait: 1, good: 2, plain: 3 } as const;

/** Of many times, the one that somebody should know of first. Pure. */
export function worstOf(slots: readonly CalendarSlot[]): CalendarSlot | undefined {
  const rank = (slot: CalendarSlot) => weight[lookOf(slot).tone] - (slot.is_late ? 0.5 : 0);
  return slots.toSorted((a, b) => rank(a) - rank(b))[0];
}

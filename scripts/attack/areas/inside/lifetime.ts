import { setTimeout as sleep } from "node:timers/promises";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { pushPrograms, fillIn } from "../../stage/inside.ts";
import { endSandboxOf, findMarked } from "../../stage/process-list.ts";
import type { Stage } from "../../stage/stage.ts";

const AREA = "lifetime";
const SEEN_WITHIN_MS = 20_000;
const GONE_WITHIN_MS = 12_000;
const POLL_MS = 150;

/** How a run ends: by itself, or cancelled once its process was seen. */
type End = "by itself" | "cancelled";

const rows: readonly (readonly [id: string, wants: string, way: string, how: string, end: End])[] = [
  ["session", "Leave a process in a session of its own.", "leave_behind", "session", "by itself"],
  ["double-fork", "Leave a process that nobody's child is.", "leave_behind", "double-fork", "by itself"],
  ["deaf", "Leave a process that hears no signal.", "leave_behind", "deaf", "by itself"],
  ["stopped", "Leave a process that is asleep.", "leave_behind", "stopped", "by itself"],
  ["cancelled", "Go on after the run was cancelled.", "leave_and_kill_agent", "nothing", "cancelled"],
  ["agent-killed", "Go on after killing the agent.", "leave_and_kill_agent", "kill", "cancelled"],
  ["first-killed", "Go on after killing the first process.", "leave_and_kill_agent", "first", "cancelled"],
  [
    "agent-out-of-descriptors",
    "Go on after the agent has run out of descriptors.",
    "leave_and_kill_agent",
    "descriptors",
    "cancelled",
  ],
];

/** Processes that outlive their run are seen in the machine's own process table: no part of the system is asked. */
export const lifetimeArea: Area<Stage> = {
  name: AREA,
  isSlow: true,
  controls: [{ id: `${AREA}:control-seen`, works: ["seen while it ran"] }],
  attempts: buildAttempts(
    {
      area: AREA,
      kind: "inside",
      control: `${AREA}:control-seen`,
      needs: "process_table",
      refusals: ["gone"],
    },
    rows.map(([id, wants]) => ({ id, wants })),
  ),
  look: async (stage) => {
    const seen = new Map<string, string>();
    if (!stage.has.has("process_table")) return seen;
    const worker = await pushPrograms(stage, AREA);
    const saw = await Promise.all(rows.map((row) => watch(stage, worker, row)));
    const ran = saw.filter(({ ran: wasSeen }) => wasSeen).length;
    for (const { id, saw: end } of saw) seen.set(`${AREA}:${id}`, end);
    seen.set(
      `${AREA}:control-seen`,
      ran === rows.length ? "seen while it ran" : `${ran} of ${rows.length} seen`,
    );
    return seen;
  },
};

async function watch(
  stage: Stage,
  worker: string,
  [id, , way, how, end]: (typeof rows)[number],
): Promise<{ id: string; ran: boolean; saw: string }> {
  const marker = stage.yard.name(id);
  const thing = { id: `${AREA}:${id}`, way, with: { marker, way: how } };
  const run = await stage.yard.start(worker, { things: fillIn(stage, [thing]) });
  const ran = await waitFor(SEEN_WITHIN_MS, () => findMarked(marker).length > 0);
  try {
    if (end === "cancelled") {
      // The script needs three seconds for what it does after the process was left.
      await sleep(4000);
      await stage.yard.cancel(run);
    } else await stage.yard.end(run);
    const gone = await waitFor(GONE_WITHIN_MS, () => findMarked(marker).length === 0);
    return { id, ran, saw: gone ? "gone" : `${findMarked(marker).length} processes after the run's end` };
  } finally {
    // Whatever is left is this suite's own doing.
    endSandboxOf(marker);
  }
}

async function waitFor(mostMs: number, holds: () => boolean): Promise<boolean> {
  const deadline = performance.now() + mostMs;
  while (!holds()) {
    if (performance.now() > deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

import type { EngineDeps } from "../runs/engine/run-handle.ts";

/** What a run's engine writes with: the run's memory, its row for lists, its alarm. */
export type RunPen = Pick<EngineDeps, "storage" | "project" | "armWake" | "disarmWake">;

/**
 * A pen for one engine. A run may be forgotten while something that its engine began still hangs; once the pen is laid
 * down, what comes back of it writes nothing any more, and so cannot bring the run back.
 */
export function takePen({ storage, project, armWake, disarmWake }: RunPen): {
  pen: RunPen;
  layDown: () => void;
} {
  let isDown = false;
  return {
    pen: {
      storage,
      project: async (...row) => (isDown ? 0 : project(...row)),
      armWake: (at) => {
        if (!isDown) armWake(at);
      },
      disarmWake: () => {
        if (!isDown) disarmWake();
      },
    },
    layDown: () => {
      isDown = true;
      storage.close();
    },
  };
}

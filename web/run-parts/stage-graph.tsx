import type { ReactNode } from "react";
import { levelsOf } from "./stage-levels.ts";

/** A stage as the graph shows it; `tone` colours its edge. */
export interface GraphStage {
  name: string;
  worker: string;
  needs: readonly string[];
  tone: "pending" | "running" | "completed" | "failed" | "skipped";
  /** What is said of it below its name. */
  note: ReactNode;
}

/** Stages from left to right: those below each other wait for none of each other, and each says whom it comes after. */
export function StageGraph({ stages }: { stages: readonly GraphStage[] }) {
  return (
    <ol className="stage-graph" aria-label="Stages, in the order in which they can run">
      {levelsOf(stages).map((level) => (
        <li key={level.map(({ name }) => name).join(" ")} className="stage-level">
          <ul>
            {level.map(({ name, worker, needs, tone, note }) => (
              <li key={name} className={`stage-node stage-${tone}`}>
                <strong>{name}</strong>
                <span className="muted">{worker}</span>
                <span>{note}</span>
                {needs.length > 0 && <span className="muted stage-after">after {needs.join(", ")}</span>}
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  );
}

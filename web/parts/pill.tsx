import type { ReactNode } from "react";

export type Tone = "good" | "bad" | "wait" | "plain";

/** A word in a pill; its colour repeats the word and never stands alone. */
export function Pill({ tone = "plain", children }: { tone?: Tone; children: ReactNode }) {
  return <span className={`pill tone-${tone}`}>{children}</span>;
}

import type { BenchFloom } from "./bench-floom.ts";

export type Unit = "ms" | "rows" | "alarms" | "/s";

/** One quantity as it was measured, before anybody judges it. */
export interface Measurement {
  /** Its name in budgets.json. */
  id: string;
  /** For the table: what was measured. */
  title: string;
  unit: Unit;
  samples: number[];
  /** What cannot be undercut, measured in the same rounds; null for a quantity that is judged as it is. */
  floor: { title: string; samples: number[] } | null;
  /** Anything else worth a word, such as a rate. */
  note?: string;
}

/** Measures one or several quantities on a Floom of its own. */
export type Measure = (floom: BenchFloom) => Promise<Measurement[]>;

import { isDeepStrictEqual } from "node:util";
import type { Behaviour, Value } from "./behaviour.ts";

/** What came of measuring: a value, or why there is none. */
export type Outcome = { value: Value } | { failure: string };

export interface Judged {
  area: string;
  behaviour: Behaviour;
  outcome: Outcome;
  verdict: "same" | "by_design" | "differs";
}

/**
 * Compares what was measured with what E2B gives. A difference that the docs name counts as such only where it is
 * exactly the one that they name, and never in the cloud, to which the table does not apply.
 */
export function judge(
  area: string,
  behaviour: Behaviour,
  seen: { outcome: Outcome; isCloud: boolean },
): Judged {
  const { outcome, isCloud } = seen;
  const is = (value: Value): boolean => "value" in outcome && isDeepStrictEqual(outcome.value, value);
  const isByDesign = !isCloud && behaviour.byDesign !== undefined && is(behaviour.byDesign.local);
  return {
    area,
    behaviour,
    outcome,
    verdict: is(behaviour.expected) ? "same" : isByDesign ? "by_design" : "differs",
  };
}

const WORDS = { same: "same", by_design: "differs by design", differs: "DIFFERS" };

/** One line a behaviour, with both values under each that differs against the table. */
export function renderTable(judged: readonly Judged[]): string[] {
  const width = Math.max(...judged.map(({ area }) => area.length));
  return judged.flatMap(({ area, behaviour, outcome, verdict }) => {
    const { row } = behaviour.byDesign ?? { row: "" };
    const where = verdict === "by_design" ? ` (${row})` : "";
    const line = `${area.padEnd(width)}  ${(WORDS[verdict] + where).padEnd(32)}  ${behaviour.name}`;
    if (verdict !== "differs") return [line];
    const found = "value" in outcome ? JSON.stringify(outcome.value) : outcome.failure;
    return [line, `  E2B:  ${JSON.stringify(behaviour.expected)}`, `  here: ${found}`];
  });
}

/** The last line, `N same, N differ by design, 0 differ`. */
export function renderVerdict(judged: readonly Judged[]): string {
  const count = (verdict: Judged["verdict"]): number =>
    judged.filter((one) => one.verdict === verdict).length;
  return `${count("same")} same, ${count("by_design")} differ by design, ${count("differs")} differ`;
}

/** Everything, for programs. */
export function buildJson(judged: readonly Judged[], place: string): Record<string, unknown> {
  return {
    place,
    verdict: renderVerdict(judged),
    behaviours: judged.map(({ area, behaviour, outcome, verdict }) => ({
      area,
      name: behaviour.name,
      verdict,
      expected: behaviour.expected,
      ...("value" in outcome ? { measured: outcome.value } : { failure: outcome.failure }),
      ...(behaviour.byDesign === undefined ? {} : { row: behaviour.byDesign.row }),
    })),
  };
}

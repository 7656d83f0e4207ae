import type { Judged } from "./judge.ts";

export interface AreaCount {
  area: string;
  tried: number;
  blocked: number;
  notTried: number;
}

/** Tried and blocked by area, in the order in which the areas came. */
export function countByArea(judged: readonly Judged[]): AreaCount[] {
  const counts = new Map<string, AreaCount>();
  for (const { attempt, verdict } of judged) {
    const count = counts.get(attempt.area) ?? { area: attempt.area, tried: 0, blocked: 0, notTried: 0 };
    counts.set(attempt.area, count);
    if (verdict === "not_tried") count.notTried += 1;
    else count.tried += 1;
    if (verdict === "blocked") count.blocked += 1;
  }
  return [...counts.values()];
}

export function isThrough({ verdict }: Judged): boolean {
  return verdict === "got_through" || verdict === "unproved";
}

/** The table of areas, one line each, in columns. */
export function renderTable(counts: readonly AreaCount[]): string[] {
  const rows = counts.map(({ area, tried, blocked }) => [area, String(tried), String(blocked)] as const);
  const width = Math.max(4, ...rows.map(([area]) => area.length));
  return [["area", "tried", "blocked"] as const, ...rows].map(
    ([area, tried, blocked]) => `${area.padEnd(width)}  ${tried.padStart(5)}  ${blocked.padStart(7)}`,
  );
}

/** What got through, one line each: known and open first, then what nobody knew of. */
export function renderThrough(judged: readonly Judged[]): string[] {
  const through = judged.filter(isThrough);
  const known = through.filter(({ open }) => open !== null);
  const unknown = through.filter(({ open }) => open === null);
  const saw = ({ attempt, verdict, proof }: Judged): string =>
    `${attempt.id} (${attempt.wants} ${verdict === "unproved" ? "Unproved" : "Seen"}: ${clean(proof)})`;
  return [
    ...known.map((item) => `known and open: ${item.attempt.id}: ${item.open} (seen: ${clean(item.proof)})`),
    ...unknown.map((item) => `got through: ${saw(item)}`),
    ...judged
      .filter(({ open, verdict }) => open !== null && verdict === "blocked")
      .map(({ attempt }) => `no longer open: ${attempt.id}; take it from the list of what is known`),
  ];
}

/** Nothing that a script or an answer said may steer the terminal that shows the report. */
function clean(text: string): string {
  return text
    .replaceAll(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "?")
    .slice(0, 160);
}

/** The last line. */
export function renderVerdict(judged: readonly Judged[]): string {
  const tried = judged.filter(({ verdict }) => verdict !== "not_tried");
  const blocked = tried.filter(({ verdict }) => verdict === "blocked").length;
  return `${tried.length} tried, ${blocked} blocked, ${tried.length - blocked} got through`;
}

/** Everything that was tried, for `--json`. */
export function buildJson(judged: readonly Judged[]): object {
  const through = judged.filter(isThrough).length;
  return {
    tried: judged.filter(({ verdict }) => verdict !== "not_tried").length,
    blocked: judged.filter(({ verdict }) => verdict === "blocked").length,
    got_through: through,
    areas: countByArea(judged).map(({ notTried, ...count }) => ({ ...count, not_tried: notTried })),
    attempts: judged.map(({ attempt, verdict, proof, open }) => ({
      id: attempt.id,
      area: attempt.area,
      kind: attempt.kind,
      wants: attempt.wants,
      verdict,
      proof: clean(proof),
      known_open: open,
    })),
  };
}

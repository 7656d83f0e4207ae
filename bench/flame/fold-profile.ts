import * as z from "zod";

const callFrameSchema = z.object({ functionName: z.string(), url: z.string(), lineNumber: z.number() });

/** A profile as V8 writes it, of which no more is read than a graph needs. Other fields are kept. */
export const cpuProfileSchema = z.looseObject({
  nodes: z.array(
    z.looseObject({
      id: z.number(),
      callFrame: z.looseObject(callFrameSchema.shape),
      children: z.array(z.number()).optional(),
    }),
  ),
  samples: z.array(z.number()),
  timeDeltas: z.array(z.number()).describe("Microseconds before each sample."),
});
export type CpuProfile = z.infer<typeof cpuProfileSchema>;

/** One box of a flame graph: what a call took, in microseconds, with the calls that it made. */
export interface Flame {
  name: string;
  value: number;
  children: Flame[];
}

/**
 * The most that one sample stands for, in microseconds, four times what lies between two. The runtime looks at an isolate
 * only while that runs: a sample after a pause would be told to have taken all of the pause.
 */
const LONGEST_SAMPLE_US = 2_000;

/** What V8 says of time in which nothing was done, or nothing of ours. */
const NOT_WORK = new Set(["(idle)", "(program)"]);

/**
 * The calls of a profile by who made them, each with the time of all below it; calls of one function by the same caller
 * are one. Time in which nothing ran is left out, and so is what took none. Pure.
 */
export function foldProfile(title: string, { nodes, samples, timeDeltas }: CpuProfile): Flame {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const own = new Map<number, number>();
  for (const [at, id] of samples.entries()) {
    const took = Math.min(LONGEST_SAMPLE_US, Math.max(0, timeDeltas[at] ?? 0));
    own.set(id, (own.get(id) ?? 0) + took);
  }
  const fold = (name: string, ids: readonly number[]): Flame => {
    const groups = new Map<string, number[]>();
    for (const id of ids) {
      for (const child of byId.get(id)?.children ?? []) {
        const called = nameOf(byId.get(child)?.callFrame);
        if (!NOT_WORK.has(called)) groups.set(called, (groups.get(called) ?? []).concat(child));
      }
    }
    const children = Array.from(groups, ([called, members]) => fold(called, members));
    const kept = children.filter(({ value }) => value > 0);
    const ownTime = ids.reduce((sum, id) => sum + (own.get(id) ?? 0), 0);
    return { name, value: kept.reduce((sum, child) => sum + child.value, ownTime), children: kept };
  };
  const called = new Set(nodes.flatMap(({ children }) => children ?? []));
  return fold(
    title,
    nodes.filter(({ id }) => !called.has(id)).map(({ id }) => id),
  );
}

function nameOf(frame: z.infer<typeof callFrameSchema> | undefined): string {
  if (frame === undefined) return "(unknown)";
  const name = frame.functionName === "" ? "(anonymous)" : frame.functionName;
  if (frame.url === "") return name;
  // V8 counts lines from 0.
  return `${name} ${frame.url.slice(frame.url.lastIndexOf("/") + 1)}:${frame.lineNumber + 1}`;
}

import type { StageInput, StoredPipeline, StoredStage } from "#contract/pipelines/stage";
import { storedPipelineSchema } from "#contract/pipelines/stage";
import type { Random } from "../support/random.ts";

/** What a stage of a drawn pipeline reads and does, in words that need no engine. */
export interface DrawnStage {
  name: string;
  /** Stages before it that its sum is made of; `default`: it counts as nothing where it gave nothing. */
  reads: { of: number; isDefault: boolean }[];
  /** Runs only where that stage gave more than so much. */
  when: { of: number; most: number } | null;
  /** How many items it has; null for a stage without for_each. */
  items: number | null;
  retries: number;
  optional: boolean;
  /** So often each of its items fails before it completes. */
  failures: number[];
}

/** What becomes of a stage when all are done one after the other, by the written rules. */
export interface Foreseen {
  status: "completed" | "failed" | "skipped";
  /** What each of its runs gives. */
  values: number[];
  /** Calls that are made for it, each once. */
  calls: string[];
}

export function drawStages(random: Random): DrawnStage[] {
  return Array.from({ length: 2 + random.below(7) }, (_, at): DrawnStage => {
    const before = Array.from({ length: at }, (_unused, of) => of);
    const reads = before
      .filter(() => random.chance(0.35))
      .map((of) => ({ of, isDefault: random.chance(0.3) }));
    const when = at > 0 && random.chance(0.25) ? { of: random.below(at), most: random.below(4) } : null;
    const items = random.chance(0.3) ? random.below(4) : null;
    return {
      name: `s${at}`,
      reads,
      when,
      items,
      retries: random.below(3),
      optional: random.chance(0.3),
      failures: Array.from({ length: items ?? 1 }, () => (random.chance(0.2) ? 1 + random.below(3) : 0)),
    };
  });
}

/** The sum of what a stage's runs gave, as an expression. */
const sumOf = (stage: DrawnStage): string =>
  stage.items === null ? `${stage.name}.outputs.n` : `sum(${stage.name}.outputs.items.map(x, x.n))`;

/** The pipeline that stages stand for, its stages in any order. */
export function buildDrawn(stages: readonly DrawnStage[], random: Random): StoredPipeline {
  const built = stages.map(({ name, reads, when, items, retries, optional }) => {
    const input: Record<string, StageInput> = Object.fromEntries(
      reads.map(({ of, isDefault }): [string, StageInput] => {
        const expression = sumOf(at(stages, of));
        return [`v${of}`, isDefault ? { expression, default: 0 } : { expression }];
      }),
    );
    const needs = [...reads, ...(when === null ? [] : [when])].map(({ of }) => at(stages, of).name);
    return {
      name,
      worker: "w-one",
      input: items === null ? input : { ...input, item: { expression: "item" } },
      needs: [...new Set(needs)],
      ...(when === null ? {} : { when: `${sumOf(at(stages, when.of))} > ${when.most}` }),
      ...(items === null ? {} : { for_each: JSON.stringify(Array.from({ length: items }, (_, one) => one)) }),
      retries,
      optional,
    };
  });
  const shuffled: StoredStage[] = [];
  for (const stage of storedPipelineSchema.parse({ stages: built }).stages)
    shuffled.splice(random.below(shuffled.length + 1), 0, stage);
  return { stages: shuffled };
}

/** What a run of a stage gives for its inputs. */
export function workOf(inputs: Readonly<Record<string, unknown>>): number {
  return 1 + Object.values(inputs).reduce<number>((sum, value) => sum + Number(value), 0);
}

/** All stages one after the other, in an order in which each comes after those that it reads. Pure. */
export function foresee(stages: readonly DrawnStage[]): Foreseen[] {
  const over: Foreseen[] = [];
  const sumGiven = (of: number) => {
    const { status, values } = at(over, of);
    return status === "completed" ? values.reduce((sum, one) => sum + one, 0) : null;
  };
  for (const stage of stages) over.push(foreseeStage(stage, sumGiven));
  return over;
}

function foreseeStage(
  { name, reads, when, items, retries, failures }: DrawnStage,
  sumGiven: (of: number) => number | null,
): Foreseen {
  const skipped: Foreseen = { status: "skipped", values: [], calls: [] };
  if (when !== null && !((sumGiven(when.of) ?? -1) > when.most)) return skipped;
  const given = reads.map(({ of, isDefault }) => sumGiven(of) ?? (isDefault ? 0 : null));
  const isWithout = given.some((one) => one === null);
  // Of an empty list nothing goes into any run.
  if (items === 0) return { status: "completed", values: [], calls: [] };
  if (isWithout) return skipped;
  const sum = given.reduce<number>((all, one) => all + (one ?? 0), 1);
  const calls = failures.flatMap((count, item) =>
    Array.from({ length: Math.min(count, retries) + 1 }, (_, tries) => {
      const of = items === null ? "" : `.${item}`;
      return `stage:${name}${of}${tries === 0 ? "" : `~${tries}`}`;
    }),
  );
  const isDone = failures.every((count) => count <= retries);
  const values = failures.map((_, item) => sum + (items === null ? 0 : item));
  return { status: isDone ? "completed" : "failed", values: isDone ? values : [], calls };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`There is no ${index}.`);
  return found;
}

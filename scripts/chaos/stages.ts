import type { RunDetail } from "#contract/runs/run";
import type { Order } from "./plan.ts";

/** Stages that wait for each other, the longest way through the pipeline below. */
export const PIPELINE_LEVELS = 4;

const EACH = [1, 2, 3];
const PAUSE_MS = 40;

/** What the pipeline's worker.yml says of its stages: one that fans out, three runs of one stage, one that reads them all. */
export const stagesYaml = `stages:
  - { name: first, worker: chaos-stage, input: { lines: inputs.lines, pause_ms: ${PAUSE_MS} } }
  - { name: left, worker: chaos-stage, input: { lines: first.outputs.lines + 1, pause_ms: ${PAUSE_MS} } }
  - { name: right, worker: chaos-stage, input: { lines: first.outputs.lines, pause_ms: ${PAUSE_MS} } }
  - name: each
    worker: chaos-stage
    for_each: "[${EACH.join(", ")}]"
    after: [left]
    input: { lines: item, pause_ms: ${PAUSE_MS} }
  - name: last
    worker: chaos-stage
    input:
      lines: sum(each.outputs.items.map(one, one.lines)) + right.outputs.lines
      pause_ms: ${PAUSE_MS}
`;

/** One run that the pipeline has to have. */
export interface StageOrder {
  stage: string;
  /** Of several runs of a stage. */
  index: number;
  order: Order;
}

/** The runs that the stages of an order have to have made, one after the other. Pure. */
export function planStages(order: Order): StageOrder[] {
  const { lines } = order.inputs;
  const sum = EACH.reduce((all, one) => all + one, 0);
  const wanted: [string, number[]][] = [
    ["first", [lines]],
    ["left", [lines + 1]],
    ["right", [lines]],
    ["each", EACH],
    ["last", [sum + lines]],
  ];
  return wanted.flatMap(([stage, each]) =>
    each.map((count, index): StageOrder => {
      const key = `${order.key}/${stage}.${index}`;
      const inputs = { lines: count, pause_ms: PAUSE_MS, failures: 0 };
      return { stage, index, order: { ...order, kind: "stage", key, inputs, copies: 1 } };
    }),
  );
}

/** The run that a pipeline names for one of its stages; undefined where it names none. Pure. */
export function runOfStage({ stages }: Pick<RunDetail, "stages">, { stage, index }: StageOrder) {
  const found = stages.find(({ name }) => name === stage);
  return found?.run_ids[index] ?? (index === 0 ? (found?.run_id ?? undefined) : undefined);
}

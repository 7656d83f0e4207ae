import type { ActionDefinition, JsonSchema } from "#contract/actions/action";
import type { StageInput, StoredPipeline, StoredStage } from "#contract/pipelines/stage";
import type { Finding, Report } from "../manifest/report.ts";
import type { Place } from "../manifest/yaml-node.ts";
import { itemOf, typesOf, whyUnfit } from "../pipeline/fits.ts";
import { either, inferShape, shapeOfValue } from "../pipeline/infer-shape.ts";
import type { Shapes } from "../pipeline/infer-shape.ts";
import { closed, outputsOf } from "../pipeline/outputs-of.ts";
import { plainSchema } from "../pipeline/plain-schema.ts";
import { isObject } from "../actions/compile-schema.ts";
import { didYouMean } from "../suggest.ts";

/** What is known of the worker of a stage. `absent`: there is none that whoever pushes may know of. */
export type StageTarget =
  { kind: "known"; actions: readonly ActionDefinition[] } | { kind: "absent"; names: readonly string[] };

export interface FlowRules {
  pipeline: StoredPipeline;
  /** The pipeline's own inputs. */
  input_schema: JsonSchema;
  /** By the name of the worker; of one that is not in it nothing is known, and nothing is said. */
  targets: ReadonlyMap<string, StageTarget>;
  /** Where something of the pipeline is written in worker.yml. */
  placeAt: (path: readonly (string | number)[]) => Place;
  report: Report;
}

/**
 * Holds what one stage gives and the next one takes against each other: workers and actions that are not there, inputs that
 * are missing, not known or of another type, and outputs that nobody gives. What is not known is not judged. Pure.
 */
export function checkFlow(given: FlowRules): void {
  const rules = writtenOut(given);
  const { pipeline, placeAt, report } = rules;
  const shapes = shapesOf(rules);
  pipeline.stages.forEach((stage, index) => checkStage(stage, { ...rules, shapes, at: ["stages", index] }));
  for (const [name, input] of Object.entries(pipeline.returns ?? {})) {
    const { faults } = shapeOf(input, shapes);
    faults.forEach((fault) => report.error(placeAt(["returns", name]), absent(fault)));
  }
}

/** The same with schemas that say by themselves what they mean. */
function writtenOut(rules: FlowRules): FlowRules {
  const targets = [...rules.targets].map(([name, target]): [string, StageTarget] => {
    if (target.kind === "absent") return [name, target];
    const actions = target.actions.map((action) => ({
      ...action,
      input_schema: plainSchema(action.input_schema),
      output_schema: plainSchema(action.output_schema),
    }));
    return [name, { kind: "known", actions }];
  });
  return { ...rules, input_schema: plainSchema(rules.input_schema), targets: new Map(targets) };
}

interface StageFlow extends FlowRules {
  shapes: Shapes;
  at: readonly (string | number)[];
}

function shapesOf({ pipeline, targets, input_schema: inputs }: FlowRules): Shapes {
  const entries = pipeline.stages.map((stage) => {
    const action = findAction(stage, targets);
    const given = action === null ? {} : outputsOf(action);
    const outputs: JsonSchema =
      stage.for_each === undefined ? given : closed({ items: { type: "array", items: given } });
    return [stage.name, closed({ status: { type: "string" }, outputs })] as const;
  });
  return { ...Object.fromEntries(entries), inputs };
}

function findAction(
  { worker, action }: Pick<StoredStage, "worker" | "action">,
  targets: FlowRules["targets"],
): ActionDefinition | null {
  const target = targets.get(worker);
  if (target?.kind !== "known") return null;
  const { actions } = target;
  return (
    (action === undefined && actions.length === 1
      ? actions[0]
      : actions.find(({ name }) => name === action)) ?? null
  );
}

function checkStage(stage: StoredStage, flow: StageFlow): void {
  checkTarget(stage, flow);
  const { shapes, placeAt, report, at } = flow;
  const say = (key: string, faults: readonly string[]) =>
    faults.forEach((fault) => report.error(placeAt([...at, key]), absent(fault)));
  if (stage.when !== undefined) say("when", inferShape(stage.when, shapes).faults);
  const list = stage.for_each === undefined ? null : inferShape(stage.for_each, shapes);
  if (list !== null) say("for_each", list.faults);
  const types = list === null ? null : typesOf(list.schema);
  if (types !== null && !types.includes("array")) {
    report.error(placeAt([...at, "for_each"]), {
      code: "type_mismatch",
      message: `for_each of ${stage.name} ${whyUnfit(list?.schema ?? {}, { type: "array" }) ?? "is no list"}.`,
      fix: "Name a list.",
    });
  }
  const scope = list === null ? shapes : { ...shapes, item: itemOf(list.schema) };
  checkInputs(stage, { ...flow, shapes: scope });
}

function checkTarget(stage: StoredStage, { targets, placeAt, report, at }: StageFlow): void {
  const target = targets.get(stage.worker);
  if (target === undefined) return;
  if (target.kind === "absent")
    return report.error(placeAt([...at, "worker"]), unknownWorker(stage.worker, target.names));
  const names = target.actions.map(({ name }) => name);
  if (stage.action === undefined ? names.length === 1 : names.includes(stage.action)) return;
  report.error(placeAt([...at, stage.action === undefined ? "worker" : "action"]), {
    code: "unknown_action",
    message:
      stage.action === undefined
        ? `${stage.worker} has several actions, and ${stage.name} names none of them.`
        : `${stage.worker} has no action ${stage.action}.${didYouMean(stage.action, names)}`,
    fix: `Write action: and one of ${names.slice(0, 20).join(", ")}.`,
  });
}

/** What is said of a worker that is not there. Pure. */
export function unknownWorker(name: string, names: readonly string[]): Finding {
  return {
    code: "unknown_worker",
    message: `There is no worker ${name}.${didYouMean(name, names)}`,
    fix: "Push it first, or name another one.",
  };
}

function checkInputs(stage: StoredStage, flow: StageFlow): void {
  const { placeAt, report, at, shapes, targets } = flow;
  const action = findAction(stage, targets);
  const { properties, required, additionalProperties } = action?.input_schema ?? {};
  const known = isObject(properties) ? properties : {};
  for (const [name, input] of Object.entries(stage.input)) {
    const place = placeOfInput(name, flow);
    const { schema, faults } = shapeOf(input, shapes);
    faults.forEach((fault) => report.error(place, absent(fault)));
    const wanted = Object.hasOwn(known, name) ? known[name] : undefined;
    if (wanted === undefined && additionalProperties === false) {
      report.error(place, {
        code: "unknown_input",
        message: `${stage.worker} takes no ${name}.${didYouMean(name, Object.keys(known))}`,
        fix: `Its inputs are ${Object.keys(known).join(", ") || "none"}.`,
      });
    }
    const fault = isObject(wanted) ? whyGivenUnfit(input, schema, wanted) : null;
    if (fault !== null) report.error(place, mismatch(`${name} of ${stage.worker}: what it gets ${fault}.`));
  }
  for (const name of Array.isArray(required) ? required : []) {
    if (typeof name !== "string" || Object.hasOwn(stage.input, name)) continue;
    report.error(placeAt(at), {
      code: "missing_input",
      message: `${stage.worker} needs ${name}, and ${stage.name} gives it none.`,
      fix: `Write ${name} into its input.`,
    });
  }
}

/** In whichever of the two mappings it stands. */
function placeOfInput(name: string, { placeAt, at }: StageFlow): Place {
  const [own, mapped] = ["input", "input_mapping"].map((key) => placeAt([...at, key, name]));
  const isMapped = mapped?.pointer.endsWith(`/input_mapping/${name}`) === true;
  return isMapped ? mapped : (own ?? placeAt(at));
}

/** A number that an author has written out is a text where a text is wanted, as it is in a form. */
function whyGivenUnfit(input: StageInput, schema: JsonSchema, wanted: JsonSchema): string | null {
  const isPlain = "value" in input && (typeof input.value === "number" || typeof input.value === "boolean");
  return isPlain && typesOf(wanted)?.includes("string") === true ? null : whyUnfit(schema, wanted);
}

function shapeOf(input: StageInput, shapes: Shapes): { schema: JsonSchema; faults: string[] } {
  if ("value" in input) return { schema: shapeOfValue(input.value), faults: [] };
  const { schema, faults } = inferShape(input.expression, shapes);
  if (input.default === undefined) return { schema, faults };
  return { schema: either([schema, shapeOfValue(input.default)]), faults };
}

const absent = (message: string) => ({
  code: "unknown_field",
  message,
  fix: "Name what is there, or ask for it first: has(a.outputs.b) ? a.outputs.b : 'none'.",
});

const mismatch = (message: string) => ({
  code: "type_mismatch",
  message,
  fix: "Give another value, or turn it into one: string(...), int(...), double(...).",
});

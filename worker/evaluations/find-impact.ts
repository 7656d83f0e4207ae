import { actionsOf } from "#contract/actions/actions-of";
import type { JsonSchema } from "#contract/actions/action";
import type { Dependent } from "#contract/evaluations/impact";
import type { Json } from "#contract/json";
import type { Manifest } from "#contract/manifest/manifest";
import type { StoredStage } from "#contract/pipelines/stage";
import { canonicalJson } from "../platform/canonical-json.ts";
import { isObject } from "../registry/actions/compile-schema.ts";

/** A worker that may depend on another one. */
export interface OtherWorker {
  name: string;
  manifest: Manifest;
}

/**
 * Who depends on a worker by what their active versions say, and what of it another version would break: an output that a
 * stage reads and that is gone or is of another type, an input that it gives and that is gone, and one that is newly
 * wanted and not given. What is not mapped may change as it likes. Pure.
 */
export function findDependents(
  of: { name: string; before: Manifest; after: Manifest },
  others: readonly OtherWorker[],
): Dependent[] {
  return others.flatMap(({ name, manifest }) => {
    const { pipeline } = manifest;
    const stages = (pipeline?.stages ?? []).filter(({ worker }) => worker === of.name);
    if (stages.length === 0 && !manifest.calls.includes(of.name)) return [];
    if (stages.length === 0 || pipeline === undefined)
      return [{ worker: name, how: "calls" as const, stage: null, reads: [], gives: [], breaks: [] }];
    const texts = [...pipeline.stages.flatMap(textsOf), ...textsOfInputs(pipeline.returns ?? {})];
    return stages.map((stage): Dependent => {
      const reads = readsOf(stage.name, texts);
      const gives = Object.keys(stage.input);
      const breaks = findBreaks(of, { action: stage.action, reads, gives });
      return { worker: name, how: "stage", stage: stage.name, reads, gives, breaks };
    });
  });
}

function textsOf({ input, when, for_each }: StoredStage): string[] {
  return [
    ...textsOfInputs(input),
    ...(when === undefined ? [] : [when]),
    ...(for_each === undefined ? [] : [for_each]),
  ];
}

function textsOfInputs(inputs: Readonly<Record<string, { expression: string } | { value: Json }>>): string[] {
  return Object.values(inputs).flatMap((one) => ("expression" in one ? [one.expression] : []));
}

/** Outputs of a stage that some expressions name. */
function readsOf(stage: string, texts: readonly string[]): string[] {
  const named = new RegExp(`(?<![\\w.])${stage}\\.outputs(?:\\.(\\w+)|\\[["']([^"']+)["']\\])`, "gu");
  const names = texts.flatMap((text) =>
    [...text.matchAll(named)].flatMap(([, dotted, quoted]) => dotted ?? quoted ?? []),
  );
  return [...new Set(names)].toSorted();
}

interface Mapped {
  action: string | undefined;
  reads: readonly string[];
  gives: readonly string[];
}

function findBreaks({ before, after }: { before: Manifest; after: Manifest }, mapped: Mapped): string[] {
  const [old, now] = [actionAt(before, mapped.action), actionAt(after, mapped.action)];
  if (old === undefined) return [];
  if (now === undefined) return [`The action ${mapped.action ?? ""} is not there any more.`];
  const [oldOut, newOut] = [propertiesOf(old.output_schema), propertiesOf(now.output_schema)];
  const [oldIn, newIn] = [propertiesOf(old.input_schema), propertiesOf(now.input_schema)];
  // Where no outputs are declared nothing is known of them.
  const outputs = oldOut === null ? [] : mapped.reads.filter((name) => oldOut[name] !== undefined);
  const wanted = requiredOf(now.input_schema).filter(
    (name) => !mapped.gives.includes(name) && !requiredOf(old.input_schema).includes(name),
  );
  return [
    ...outputs.flatMap((name) => changeOf(`output ${name}`, oldOut?.[name], newOut?.[name])),
    ...mapped.gives.flatMap((name) =>
      oldIn?.[name] === undefined ? [] : changeOf(`input ${name}`, oldIn[name], newIn?.[name]),
    ),
    ...wanted.map((name) => `The input ${name} is newly wanted, and not given.`),
  ];
}

function changeOf(what: string, old: Json | undefined, now: Json | undefined): string[] {
  if (now === undefined) return [`The ${what} is not there any more.`];
  return typeOf(old) === typeOf(now) ? [] : [`The ${what} is of another type.`];
}

function typeOf(schema: Json | undefined): string {
  if (!isObject(schema)) return "";
  const { type, format, enum: choices, $ref, anyOf, items } = schema;
  return canonicalJson([
    type ?? null,
    format ?? null,
    choices ?? null,
    $ref ?? null,
    anyOf ?? null,
    items ?? null,
  ]);
}

function actionAt(manifest: Manifest, name: string | undefined) {
  const all = actionsOf(manifest);
  return name === undefined ? all[0] : all.find((one) => one.name === name);
}

function propertiesOf(schema: JsonSchema): Record<string, Json> | null {
  const properties = schema["properties"];
  return isObject(properties) ? properties : null;
}

function requiredOf(schema: JsonSchema): string[] {
  const required = schema["required"];
  return Array.isArray(required) ? required.filter((one) => typeof one === "string") : [];
}

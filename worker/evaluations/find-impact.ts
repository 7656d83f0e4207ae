import { actionsOf } from "#contract/actions/actions-of";
import type { JsonSchema } from "#contract/actions/action";
import type { Dependent } from "#contract/evaluations/impact";
import type { Json } from "#contract/json";
import type { Manifest } from "#contract/manifest/manifest";
import type { StageInput, StoredStage } from "#contract/pipelines/stage";
import { canonicalJson } from "../platform/canonical-json.ts";
import { isObject } from "../registry/actions/compile-schema.ts";
import { typesOf } from "../registry/pipeline/fits.ts";
import { outputsOf } from "../registry/pipeline/outputs-of.ts";
import { describePath, isBelow, ITEM, readPaths } from "../registry/pipeline/read-paths.ts";
import type { Aliases, ReadPath } from "../registry/pipeline/read-paths.ts";

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
    const reads = [
      ...pipeline.stages.flatMap((stage) => readsOfStage(stage)),
      ...readsOf(pipeline.returns ?? {}),
    ];
    return stages.map((stage): Dependent => {
      const own = readsFrom(stage, reads);
      const gives = Object.keys(stage.input);
      const breaks = findBreaks(of, { action: stage.action, reads: own, gives });
      const named = [
        ...new Set(own.map((path) => (path.length === 0 ? ALL : describePath(path)))),
      ].toSorted();
      return { worker: name, how: "stage", stage: stage.name, reads: named, gives, breaks };
    });
  });
}

/** How a reading of all outputs is told. */
const ALL = "*";

/** All that a stage's expressions read; what is read of `item` is read of the list that for_each names. */
function readsOfStage({ input, when, for_each }: StoredStage): ReadPath[] {
  const condition = when === undefined ? [] : readWhole(when);
  if (for_each === undefined) return [...condition, ...readsOf(input)];
  const list = readPaths(for_each);
  const item = list.is === null ? null : [...list.is, ITEM];
  const ofItems = readsOf(input, { item });
  const isTold = list.is === null || ofItems.some((read) => list.is !== null && isBelow(read, list.is));
  return [...condition, ...list.reads, ...(list.is === null || isTold ? [] : [list.is]), ...ofItems];
}

function readsOf(inputs: Readonly<Record<string, StageInput>>, aliases: Aliases = {}): ReadPath[] {
  return Object.values(inputs).flatMap((one) =>
    "expression" in one ? readWhole(one.expression, aliases) : [],
  );
}

function readWhole(text: string, aliases: Aliases = {}): ReadPath[] {
  const { reads, is } = readPaths(text, aliases);
  return is === null ? reads : [...reads, is];
}

/** Which outputs of a stage's worker some paths read, from the outputs on: an empty path is all of them. */
function readsFrom({ name, for_each }: StoredStage, reads: readonly ReadPath[]): ReadPath[] {
  const outputs: ReadPath = [name, "outputs", ...(for_each === undefined ? [] : ["items", ITEM])];
  return reads.flatMap((read) => {
    if (isBelow(read, outputs)) return [read.slice(outputs.length)];
    return isBelow(outputs, read) ? [[]] : [];
  });
}

interface Mapped {
  action: string | undefined;
  reads: readonly ReadPath[];
  gives: readonly string[];
}

function findBreaks({ before, after }: { before: Manifest; after: Manifest }, mapped: Mapped): string[] {
  const [old, now] = [actionAt(before, mapped.action), actionAt(after, mapped.action)];
  if (old === undefined) return [];
  if (now === undefined) return [`The action ${mapped.action ?? ""} is not there any more.`];
  const [oldOut, newOut] = [outputsOf(old), outputsOf(now)];
  const [oldIn, newIn] = [propertiesOf(old.input_schema), propertiesOf(now.input_schema)];
  const all = Object.keys(propertiesOf(oldOut) ?? {}).map((name): ReadPath => [name]);
  const reads = mapped.reads.flatMap((path) => (path.length === 0 ? all : [path]));
  const wanted = requiredOf(now.input_schema).filter(
    (name) => !mapped.gives.includes(name) && !requiredOf(old.input_schema).includes(name),
  );
  return [
    ...new Set(reads.flatMap((path) => changeAlong(path, oldOut, newOut))),
    ...mapped.gives.flatMap((name) =>
      oldIn?.[name] === undefined ? [] : changeOf(`input ${name}`, oldIn[name], newIn?.[name]),
    ),
    ...wanted.map((name) => `The input ${name} is newly wanted, and not given.`),
  ];
}

/** What has become of an output, as far down as it is read. Where no outputs are declared nothing is known of them. */
function changeAlong(path: ReadPath, old: JsonSchema, now: JsonSchema): string[] {
  let [was, is]: [Json | undefined, Json | undefined] = [old, now];
  for (const [at, step] of path.entries()) {
    const before = stepInto(was, step);
    if (before === undefined) return [];
    // Of what declares no members below an output each may be there.
    if (at > 0 && !tellsOf(is, step)) return [];
    [was, is] = [before, stepInto(is, step)];
    const what = `output ${describePath(path.slice(0, at + 1))}`;
    const isLast = at === path.length - 1;
    if (is === undefined || isLast) return changeOf(what, was, is);
    if (isOtherKind(was, is)) return [`The ${what} is of another type.`];
  }
  return [];
}

function stepInto(schema: Json | undefined, step: ReadPath[number]): Json | undefined {
  if (!isObject(schema)) return undefined;
  if (step === ITEM) return schema["items"];
  const properties = propertiesOf(schema);
  return properties !== null && Object.hasOwn(properties, step) ? properties[step] : undefined;
}

function tellsOf(schema: Json | undefined, step: ReadPath[number]): boolean {
  if (!isObject(schema)) return false;
  return step === ITEM ? isObject(schema["items"]) : propertiesOf(schema) !== null;
}

function isOtherKind(old: Json, now: Json): boolean {
  if (!isObject(old) || !isObject(now)) return false;
  const [was, is] = [typesOf(old), typesOf(now)];
  return was !== null && is !== null && canonicalJson(was.toSorted()) !== canonicalJson(is.toSorted());
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

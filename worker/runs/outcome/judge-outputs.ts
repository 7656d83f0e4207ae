import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import { limits } from "#contract/limits";
import type { Artifact } from "#contract/runs/run";
import type { RunWarning } from "#contract/runs/run-warning";
import { compileSchema, depthOf, isObject } from "../../registry/actions/compile-schema.ts";
import type { CompiledSchema } from "../../registry/actions/compile-schema.ts";
import { explainErrors } from "../../registry/actions/explain-errors.ts";
import { schemaFormatProblem } from "../../registry/actions/schema-formats.ts";

/** Comparing every item with every other one takes too long for more than these. */
const MOST_COMPARED = 1000;
const MOST_CHARACTERS = 300;

interface Fault {
  pointer: string;
  detail: string;
}

/**
 * Where what a function returned is not what its schema says: one warning a place, `run_warnings` of them at most. Outputs
 * of more than `inline_outputs_bytes` are judged up to the first that does not fit. Patterns are not judged: an author's
 * own may take for ever, and nobody could stop it here. Pure.
 */
export function judgeOutputs(
  schema: JsonSchema | null,
  outputs: Readonly<Record<string, Json>>,
  artifacts: readonly Pick<Artifact, "path">[],
): RunWarning[] {
  if (schema === null || Object.keys(schema).every((key) => key === "$schema" || key === "$defs")) return [];
  const read = compileSchema(schema);
  const { value, pointer } = whatReturned(read, outputs);
  const isLarge = JSON.stringify(value).length > limits.inline_outputs_bytes.value;
  if (depthOf(value, read.deepest) > read.deepest) {
    const detail = `lies more than ${read.deepest} lists and objects deep, which is not judged`;
    return [warn({ pointer, detail })];
  }
  const judge = compileSchema(judgedPart(schema, value), { stopsAtFirst: isLarge });
  const faults = explainErrors(judge, judge.judge(value), { pointer: "", noun: "output" });
  const all = faults.length > 0 && isLarge ? faults : [...faults, ...formatFaults(read, value, artifacts)];
  const first = all.filter((fault, at) => all.findIndex((one) => one.pointer === fault.pointer) === at);
  return first
    .slice(0, limits.run_warnings.value)
    .map((fault) => warn({ ...fault, pointer: pointer + fault.pointer }));
}

/** An object's keys are the outputs; anything else is the output `result`. */
function whatReturned(
  { root, follow }: CompiledSchema,
  outputs: Readonly<Record<string, Json>>,
): { value: Json; pointer: string } {
  const meant = follow(root);
  if (meant["type"] === "object" || isObject(meant["properties"]))
    return { value: outputs, pointer: "/outputs" };
  return { value: outputs["result"] ?? null, pointer: "/outputs/result" };
}

function warn({ pointer, detail }: Fault): RunWarning {
  const cut = (text: string) => (text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text);
  return { code: "output_mismatch", pointer: cut(pointer), detail: cut(detail) };
}

/** The schema without what would take too long to judge. */
function judgedPart(schema: JsonSchema, value: Json): JsonSchema {
  const left = new Set(longestList(value) > MOST_COMPARED ? ["pattern", "uniqueItems"] : ["pattern"]);
  return without(schema, left);
}

function without<T extends Json>(value: T, left: ReadonlySet<string>): T;
function without(value: Json, left: ReadonlySet<string>): Json {
  if (Array.isArray(value)) return value.map((inner) => without(inner, left));
  if (!isObject(value)) return value;
  // A property may be called so, and is then described by an object.
  const kept = Object.entries(value).filter(([key, inner]) => !left.has(key) || isObject(inner));
  return Object.fromEntries(kept.map(([key, inner]) => [key, without(inner, left)]));
}

function longestList(value: Json): number {
  if (typeof value !== "object" || value === null) return 0;
  const inner = Object.values(value);
  return inner.reduce<number>(
    (most, item) => Math.max(most, longestList(item)),
    Array.isArray(value) ? value.length : 0,
  );
}

/** Texts that are not of their format, and names of files that are not there. */
function formatFaults(
  compiled: CompiledSchema,
  value: Json,
  artifacts: readonly Pick<Artifact, "path">[],
): Fault[] {
  const paths = new Set(artifacts.map(({ path }) => path));
  const faults: Fault[] = [];
  const waiting: { part: JsonSchema; value: Json; pointer: string }[] = [
    { part: compiled.root, value, pointer: "" },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const part = compiled.follow(next.part);
    const detail = typeof next.value === "string" ? formatFault(part, next.value, paths) : null;
    if (detail !== null) faults.push({ pointer: next.pointer, detail });
    if (faults.length >= limits.run_warnings.value) break;
    waiting.push(...partsOf(part, next.value, next.pointer).toReversed());
  }
  return faults;
}

function formatFault(part: JsonSchema, value: string, paths: ReadonlySet<string>): string | null {
  const { format } = part;
  if (format === "floom-file") return paths.has(value) ? null : "must be a file that the run left";
  return typeof format === "string" ? schemaFormatProblem(format, value) : null;
}

function partsOf(part: JsonSchema, value: Json, pointer: string) {
  if (Array.isArray(value)) {
    const first = Array.isArray(part["prefixItems"]) ? part["prefixItems"] : [];
    return value.flatMap((item, at) => {
      const own = first[at] ?? part["items"];
      return isObject(own) ? [{ part: own, value: item, pointer: `${pointer}/${at}` }] : [];
    });
  }
  if (!isObject(value)) return [];
  const properties = isObject(part["properties"]) ? part["properties"] : {};
  return Object.entries(value).flatMap(([name, item]) => {
    const own = Object.hasOwn(properties, name) ? properties[name] : part["additionalProperties"];
    const step = name.replaceAll("~", "~0").replaceAll("/", "~1");
    return isObject(own) ? [{ part: own, value: item, pointer: `${pointer}/${step}` }] : [];
  });
}

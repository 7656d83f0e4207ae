import type { OutputUnit } from "@cfworker/json-schema";
import type { JsonSchema } from "#contract/actions/action";
import type { Json } from "#contract/json";
import type { ProblemError } from "#contract/problem";
import { isObject } from "./compile-schema.ts";
import type { CompiledSchema } from "./compile-schema.ts";
import { didYouMean } from "../suggest.ts";

/** What only passes on that something below it is wrong. */
const OUTER: ReadonlySet<string> = new Set(
  "$ref properties items prefixItems additionalProperties patternProperties propertyNames allOf".split(" "),
);

/** Whose values are judged: where they stand in what was sent or kept, and what one of them is called. */
interface Judged {
  pointer: string;
  noun: "input" | "output";
}
const inputs: Judged = { pointer: "/inputs", noun: "input" };

/** The validator's findings as people read them, each at the field that is wrong. Pure. */
export function explainErrors(
  compiled: CompiledSchema,
  units: readonly OutputUnit[],
  judged = inputs,
): ProblemError[] {
  const errors = narrowUnions(compiled, placeRefusals(units)).filter(({ keyword }) => !OUTER.has(keyword));
  const said = errors.map((unit) => explain(compiled, unit, judged));
  return said.filter(
    ({ pointer, detail }, at) =>
      said.findIndex((one) => one.pointer === pointer && one.detail === detail) === at,
  );
}

/** A name that is not known is told without the place of the rule; the finding before it is the rule's. */
function placeRefusals(units: readonly OutputUnit[]): OutputUnit[] {
  return units.map((unit, at) => {
    const rule = units[at - 1];
    const isPlaced = unit.keyword !== "false" || rule === undefined;
    return isPlaced ? unit : { ...unit, keywordLocation: `${rule.keywordLocation}/false` };
  });
}

/**
 * Of a value that is none of several types: what keeps it from the one that was meant, where that is plain; else that it
 * is none of them.
 */
function narrowUnions(compiled: CompiledSchema, units: readonly OutputUnit[]): OutputUnit[] {
  let left = [...units];
  for (const union of units.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf")) {
    if (!left.includes(union)) continue;
    const below = left.filter((unit) => isBelow(unit, union.keywordLocation));
    const meant = meantBranch(compiled, union, below);
    const kept = meant === null ? [] : below.filter((unit) => isBelow(unit, meant));
    left = left.filter((unit) => !below.includes(unit) || kept.includes(unit));
    if (kept.length > 0) left = left.filter((unit) => unit !== union);
  }
  return left;
}

function isBelow({ keywordLocation }: OutputUnit, location: string): boolean {
  return keywordLocation.startsWith(`${location}/`);
}

function meantBranch(
  compiled: CompiledSchema,
  { keywordLocation, instanceLocation }: OutputUnit,
  below: readonly OutputUnit[],
): string | null {
  const branches = partAt(compiled, keywordLocation);
  if (!Array.isArray(branches)) return null;
  const real = [...branches.entries()].filter(
    ([, branch]) => isObject(branch) && compiled.follow(branch)["type"] !== "null",
  );
  const places = real.map(([index]) => `${keywordLocation}/${index}`);
  if (places.length === 1) return places[0] ?? null;
  // Its type is right, and so is what tells it from the others, but something inside is not.
  const close = places.filter((place) => {
    const own = below.filter((unit) => isBelow(unit, place));
    return !own.some((unit) => isOther(compiled, unit, instanceLocation));
  });
  return close.length === 1 ? (close[0] ?? null) : null;
}

/** Whether a finding says that another branch was meant: another type, or another value of what tells them apart. */
function isOther(compiled: CompiledSchema, unit: OutputUnit, instanceLocation: string): boolean {
  if (unit.keyword === "const") return true;
  const options = unit.keyword === "enum" ? partAt(compiled, unit.keywordLocation) : null;
  if (Array.isArray(options) && options.length === 1) return true;
  return unit.instanceLocation === instanceLocation && ["type", "enum"].includes(unit.keyword);
}

/** What stands at a place that the validator names; references are followed as it follows them. */
function partAt(compiled: CompiledSchema, location: string): Json | undefined {
  let part: Json | undefined = compiled.root;
  for (const step of location.split("/").slice(1)) {
    const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
    if (name === "$ref" && isObject(part)) part = compiled.follow(part);
    else if (Array.isArray(part)) part = part[Number(name)];
    else part = isObject(part) ? part[name] : undefined;
  }
  return part;
}

function explain(compiled: CompiledSchema, unit: OutputUnit, judged: Judged): ProblemError {
  const pointer = `${judged.pointer}${unit.instanceLocation.slice(1)}`;
  const value = partAt(compiled, unit.keywordLocation);
  if (unit.keyword === "required") {
    const name = /"(.*)"\.$/s.exec(unit.error)?.[1] ?? "";
    const step = name.replaceAll("~", "~0").replaceAll("/", "~1");
    return { pointer: `${pointer}/${step}`, code: "missing", detail: "is required" };
  }
  if (unit.keyword === "false" && judged.noun === "output")
    return { pointer, code: "unknown", detail: "is not declared" };
  if (unit.keyword === "false") return unknownName(compiled, unit, pointer);
  return { pointer, code: "invalid", detail: sentenceOf(compiled, unit, value) };
}

function unknownName(compiled: CompiledSchema, unit: OutputUnit, pointer: string): ProblemError {
  const steps = unit.instanceLocation.split("/").slice(1);
  const names = Object.keys(isObject(compiled.root["properties"]) ? compiled.root["properties"] : {});
  if (steps.length > 1) return { pointer, code: "unknown", detail: "is not known here" };
  const known = names.length === 0 ? "it takes no inputs" : `it takes ${names.join(", ")}`;
  const detail = `is not an input of this action: ${known}.${didYouMean(steps[0] ?? "", names)}`;
  return { pointer, code: "unknown", detail };
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  integer: "a whole number",
  number: "a number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  null: "null",
};

function typeWords(type: Json | undefined): string {
  const types = Array.isArray(type) ? type : [type];
  return types.map((name) => (typeof name === "string" ? (TYPES[name] ?? name) : "")).join(" or ");
}

function sentenceOf(compiled: CompiledSchema, unit: OutputUnit, value: Json | undefined): string {
  const said = value === undefined ? "" : show(value);
  switch (unit.keyword) {
    case "type":
      return `must be ${typeWords(value)}`;
    case "enum":
      return `must be one of ${Array.isArray(value) ? value.map(show).join(", ") : said}`;
    case "const":
      return `must be ${said}`;
    case "anyOf":
    case "oneOf":
      return `must be ${unionWords(compiled, value)}`;
    case "pattern":
      return `must match ${said}`;
    case "uniqueItems":
      return "must not hold the same twice";
    default:
      return BOUNDS[unit.keyword]?.replace("%", said) ?? unit.error;
  }
}

const BOUNDS: Readonly<Record<string, string>> = {
  minimum: "must be at least %",
  maximum: "must be at most %",
  exclusiveMinimum: "must be more than %",
  exclusiveMaximum: "must be less than %",
  multipleOf: "must be a multiple of %",
  minLength: "must have at least % characters",
  maxLength: "must have at most % characters",
  minItems: "must have at least % items",
  maxItems: "must have at most % items",
  minProperties: "must have at least % entries",
  maxProperties: "must have at most % entries",
};

function unionWords(compiled: CompiledSchema, branches: Json | undefined): string {
  const schemas = (Array.isArray(branches) ? branches : []).filter(isObject).map(compiled.follow);
  const words = schemas.map((schema: JsonSchema) => {
    if (schema["const"] !== undefined) return show(schema["const"]);
    if (typeof schema["title"] === "string" && schema["type"] === "object") return schema["title"];
    return schema["type"] === undefined ? "another value" : typeWords(schema["type"]);
  });
  return [...new Set(words)].join(" or ");
}

function show(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

import type { Field } from "#contract/manifest/manifest";
import { isValueTypeName, valueTypes } from "#contract/manifest/value-types";
import type { Json } from "#contract/json";
import type { Artifact } from "#contract/runs/run";
import { buildFailure } from "#contract/runs/run-failure";
import type { RunFailure } from "#contract/runs/run-failure";
import { pointerStep } from "../../platform/json-pointer.ts";
import { boundsProblem, formatRuleProblem, optionValue } from "../../registry/inputs/check-value.ts";

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** So much of a value is shown in a sentence. */
const SHOWN_CHARACTERS = 80;

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  const characters = [...text];
  return characters.length <= SHOWN_CHARACTERS
    ? text
    : `${characters.slice(0, SHOWN_CHARACTERS).join("")}...`;
}

/** Why `value` is not of the declared scalar type; undefined when it is. Types nobody declared here pass as they are. */
function typeFault({ type, options }: Field, value: unknown): string | undefined {
  if (type === "select") {
    const isOption = options?.some((option) => optionValue(option) === value);
    return isOption ? undefined : `is ${show(value)}, which is none of the declared options`;
  }
  const expected = isValueTypeName(type) ? valueTypes[type].json : "any JSON";
  const actual = typeName(value);
  const isFit = expected === "any JSON" || (expected === "text" ? actual === "string" : actual === expected);
  if (isFit && (type !== "integer" || Number.isInteger(value))) return undefined;
  return `is ${actual} ${show(value)}, declared as ${type}`;
}

/** Bounds and formats hold for an output as they do for an input. */
function boundsFault(field: Field, value: Json): string | undefined {
  const problem = boundsProblem(field, value) ?? formatRuleProblem(field, value);
  return problem === null ? undefined : `is ${show(value)} and ${problem}`;
}

function fileFault(field: Field, value: unknown, artifacts: readonly Artifact[]): string | undefined {
  const found = artifacts.some((artifact) => artifact.path === value || artifact.path === field.path);
  if (found || (!field.required && value === undefined)) return undefined;
  return `was not written to ${field.path ?? "its path"}`;
}

function fieldFault(
  field: Field,
  value: Json | undefined,
  artifacts: readonly Artifact[],
): string | undefined {
  if (field.kind === "file") return fileFault(field, value, artifacts);
  if (value === undefined || value === null)
    return field.required ? "is missing, declared as required" : undefined;
  if (field.required && typeof value === "string" && value.trim() === "")
    return `is empty (${show(value)}), declared as required`;
  return typeFault(field, value) ?? boundsFault(field, value) ?? keysFault(field, value);
}

/** Which of `json_required_keys` a value lacks. */
function keysFault(field: Field, value: Json): string | undefined {
  const keys = field.json_required_keys ?? [];
  if (keys.length === 0) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `is ${typeName(value)} ${show(value)}, not an object with json_required_keys ${keys.join(", ")}`;

  const absent = keys.filter((key) => !Object.hasOwn(value, key));
  return absent.length > 0
    ? `lacks json_required_keys ${absent.join(", ")}; it is ${show(value)}`
    : undefined;
}

/** Which outputs are not what worker.yml declares, each at its place, and why. Undeclared ones are not judged. Pure. */
export function findOutputFaults(
  fields: readonly Field[],
  { outputs, artifacts }: { outputs: Readonly<Record<string, Json>>; artifacts: readonly Artifact[] },
): { name: string; pointer: string; detail: string }[] {
  return fields.flatMap((field) => {
    const { name } = field;
    const detail = fieldFault(field, outputs[name], artifacts);
    return detail === undefined ? [] : [{ name, pointer: `/outputs${pointerStep(name)}`, detail }];
  });
}

/**
 * Holds a run's outputs against what worker.yml declares. The first sentence names every output that does not fit.
 * Undeclared outputs are kept and not judged.
 */
export function checkOutputs(
  fields: readonly Field[],
  outputs: Readonly<Record<string, Json>>,
  artifacts: readonly Artifact[],
): RunFailure | null {
  const faults = findOutputFaults(fields, { outputs, artifacts }).map(
    ({ name, detail }) => `${name} ${detail}`,
  );
  if (faults.length === 0) return null;
  return buildFailure(
    "output_validation_failed",
    `The outputs do not match worker.yml: ${faults.join("; ")}.`,
  );
}

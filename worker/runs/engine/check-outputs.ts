import type { Field } from "#contract/manifest/manifest";
import type { Artifact } from "#contract/runs/run";
import { buildFailure } from "#contract/runs/run-failure";
import type { RunFailure } from "#contract/runs/run-failure";

function typeName(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Why `value` is not of the declared scalar type; undefined when it is. Types nobody declared here pass as they are. */
function scalarFault(field: Field, value: unknown): string | undefined {
  const wrong = (expected: string) => `is ${typeName(value)}, declared as ${expected}`;
  switch (field.type) {
    case "string":
    case "text":
    case "textarea":
    case "markdown":
    case "url":
      return typeof value === "string" ? undefined : wrong(field.type);
    case "number":
      return typeof value === "number" ? undefined : wrong("number");
    case "integer":
      return Number.isInteger(value) ? undefined : wrong("integer");
    case "boolean":
      return typeof value === "boolean" ? undefined : wrong("boolean");
    case "array":
      return Array.isArray(value) ? undefined : wrong("array");
    case "object":
      return typeName(value) === "object" ? undefined : wrong("object");
    case "select":
      return field.options?.some((option) => option === value)
        ? undefined
        : "is none of the declared options";
    default:
      return undefined;
  }
}

function fieldFault(field: Field, value: unknown, artifacts: readonly Artifact[]): string | undefined {
  if (field.kind === "file") {
    const found = artifacts.some((artifact) => artifact.path === value || artifact.path === field.path);
    if (found) return undefined;
    return field.required || value !== undefined
      ? `was not written to ${field.path ?? "its path"}`
      : undefined;
  }
  if (value === undefined || value === null) return field.required ? "is missing" : undefined;
  if (field.required && typeof value === "string" && value.trim() === "") return "is empty";
  return scalarFault(field, value) ?? keysFault(field, value);
}

/** Which of `json_required_keys` a value lacks. */
function keysFault(field: Field, value: unknown): string | undefined {
  const keys = field.json_required_keys ?? [];
  if (keys.length === 0) return undefined;
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return `is ${typeName(value)}, not an object with json_required_keys ${keys.join(", ")}`;

  const absent = keys.filter((key) => !Object.hasOwn(value, key));
  return absent.length > 0 ? `lacks json_required_keys ${absent.join(", ")}` : undefined;
}

/**
 * Holds a run's outputs against what worker.yml declares. The first sentence names every output that does not fit.
 * Undeclared outputs are kept and not judged.
 */
export function checkOutputs(
  fields: readonly Field[],
  outputs: Record<string, unknown>,
  artifacts: readonly Artifact[],
): RunFailure | null {
  const faults = fields.flatMap((field) => {
    const fault = fieldFault(field, outputs[field.name], artifacts);
    return fault ? [`${field.name} ${fault}`] : [];
  });
  if (faults.length === 0) return null;
  return buildFailure(
    "output_validation_failed",
    `The outputs do not match worker.yml: ${faults.join("; ")}.`,
  );
}

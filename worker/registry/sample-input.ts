import type { Json } from "#contract/json";
import type { Field, Manifest } from "#contract/manifest/manifest";
import type { Inputs } from "#contract/runs/run";
import { sampleValues } from "./actions/sample-values.ts";
import { optionValue } from "./inputs/check-value.ts";
import { valueType } from "./inputs/value-types.ts";

/**
 * Inputs to start from. For each input the first there is of: example_input, default, first example, first option, and
 * for a required one a value of its type. A file is there only when example_input has it, as its text: its real value
 * is the id of an upload, which nobody can make up. Of functions the first is meant.
 */
export function sampleInput(manifest: Pick<Manifest, "exec" | "example_input" | "actions">): Inputs {
  const example = manifest.example_input ?? {};
  const [action] = manifest.actions ?? [];
  if (action !== undefined) return { ...sampleValues(action.input_schema), ...example };
  const pairs = manifest.exec.inputs.flatMap((field): [string, Json][] => {
    const shown = Object.hasOwn(example, field.name) ? example[field.name] : undefined;
    const value = shown ?? sampleOf(field);
    return value === undefined ? [] : [[field.name, value]];
  });
  return Object.fromEntries(pairs);
}

function sampleOf(field: Field): Json | undefined {
  if (field.kind === "file") return undefined;
  const option = field.options?.[0];
  const shown =
    field.default ?? field.examples?.[0] ?? (option === undefined ? undefined : optionValue(option));
  return shown ?? (field.required ? withinBounds(field, valueType(field.type).sample) : undefined);
}

/** Moves the sample of a type to where the field's bounds allow it. */
function withinBounds(field: Field, sample: Json): Json {
  const { minimum, maximum, min_length: minLength, max_length: maxLength } = field.bounds ?? {};
  if (typeof sample === "number") return Math.min(Math.max(sample, minimum ?? sample), maximum ?? Infinity);
  if (typeof sample !== "string") return sample;
  return sample.padEnd(minLength ?? 0, "x").slice(0, maxLength);
}

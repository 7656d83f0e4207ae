import type { Json } from "#contract/json";
import type { Inputs } from "#contract/runs/run";
import { isObject } from "./compile-schema.ts";
import type { Steps } from "./read-values.ts";

/** The inputs with the path of each file in the place of its upload's id. Pure. */
export function replaceAt(inputs: Inputs, files: readonly { steps: Steps; path: string }[]): Inputs {
  return files.reduce<Inputs>((read, { steps, path }) => {
    const replaced = put(read, steps, path);
    return isObject(replaced) ? replaced : read;
  }, inputs);
}

function put(value: Json, [step, ...rest]: Steps, leaf: string): Json {
  if (step === undefined) return leaf;
  if (Array.isArray(value))
    return value.map((item, index) => (index === step ? put(item, rest, leaf) : item));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, name === step ? put(inner, rest, leaf) : inner]),
  );
}

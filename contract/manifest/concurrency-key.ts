import type { Inputs } from "../runs/run.ts";

const REFERENCE = /\$\{([^}]*)\}/g;

/**
 * The inputs a `concurrency.key` names. Two forms: the name of one input (`customer`, also `inputs.customer`), or a text
 * with `${inputs.<name>}` in it.
 */
export function keyInputs(key: string): string[] {
  if (!key.includes("${")) return [key.replace(/^inputs\./, "")];
  return [...key.matchAll(REFERENCE)].map(([, reference = ""]) => reference.trim().replace(/^inputs\./, ""));
}

function asText(value: Inputs[string] | undefined): string {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The group a run with these inputs belongs to; an input that is not given counts as empty text. */
export function buildConcurrencyKey(key: string, inputs: Inputs): string {
  if (!key.includes("${")) return asText(inputs[keyInputs(key)[0] ?? ""]);
  return key.replace(REFERENCE, (_, reference: string) =>
    asText(inputs[reference.trim().replace(/^inputs\./, "")]),
  );
}

import type { Json } from "#contract/json";
import type { ProblemError } from "#contract/problem";
import type { Inputs } from "#contract/runs/run";
import { inputsTooLarge } from "../check-inputs.ts";
import { depthOf, isObject } from "./compile-schema.ts";
import type { CompiledSchema } from "./compile-schema.ts";
import { explainErrors } from "./explain-errors.ts";
import { readValue } from "./read-values.ts";
import type { NamedFile, Reader } from "./read-values.ts";
import { findSlowPattern } from "./slow-pattern.ts";

export interface CheckedActionInputs {
  /** What the function gets: converted, with defaults; files are still the ids of their uploads. */
  inputs: Inputs;
  /** The files they name, at any depth. */
  files: NamedFile[];
  /** Every problem; the inputs count only when there is none. Pointers are into the body `{inputs: {...}}`. */
  errors: ProblemError[];
}

/**
 * Checks and converts a run's inputs by its action's schema, once, for every way a run can start. That the id of a file
 * stands for an upload is for the caller to look up. Pure.
 */
export function checkActionInputs(compiled: CompiledSchema, given: Readonly<Inputs>): CheckedActionInputs {
  const refused = [...inputsTooLarge(given), ...tooDeep(compiled, given)];
  if (refused.length > 0) return { inputs: {}, files: [], errors: refused };
  const reader: Reader = { compiled, files: [], errors: [] };
  const read = readValue(reader, given, { schema: compiled.root, steps: [] });
  const inputs = isObject(read) ? read : {};
  const slow = findSlowPattern(compiled.root, inputs);
  if (slow !== null) return { inputs: {}, files: [], errors: [notTried(slow)] };
  const units = compiled.judge(inputs);
  const errors = units.length === 0 ? [] : explainErrors(compiled, units);
  if (reader.files.length > MOST_FILES) errors.push(tooManyFiles);
  const ofFormat = reader.errors.filter(({ pointer }) => errors.every((error) => error.pointer !== pointer));
  return { inputs, files: reader.files, errors: [...errors, ...ofFormat] };
}

/** So many files one run is given by an action's inputs at most. */
const MOST_FILES = 100;
const tooManyFiles: ProblemError = {
  pointer: "/inputs",
  code: "too_many_files",
  detail: `name more than ${MOST_FILES} files; send them as one zip`,
};

function notTried({ pattern, why }: { pattern: string; why: string }): ProblemError {
  const detail = `cannot be held against the pattern ${pattern}: ${why} Its author writes a simpler one`;
  return { pointer: "/inputs", code: "slow_pattern", detail };
}

function tooDeep({ deepest }: CompiledSchema, given: Json): ProblemError[] {
  if (depthOf(given, deepest) <= deepest) return [];
  const detail = `lie more than ${deepest} lists and objects deep; send such data as a file`;
  return [{ pointer: "/inputs", code: "too_deep", detail }];
}

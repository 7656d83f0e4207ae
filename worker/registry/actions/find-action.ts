import type { ActionDefinition } from "#contract/actions/action";
import { SCRIPT_ACTION } from "#contract/actions/actions-of";
import type { Field, Manifest } from "#contract/manifest/manifest";
import type { ProblemError } from "#contract/problem";
import type { Inputs } from "#contract/runs/run";
import { AppError } from "../../platform/app-error.ts";
import { checkInputs } from "../check-inputs.ts";
import { checkActionInputs } from "./check-action-inputs.ts";
import { compileSchema, isObject } from "./compile-schema.ts";
import { didYouMean } from "../suggest.ts";

type HasActions = Pick<Manifest, "actions" | "exec" | "name">;

/** The action that is meant (null for a script, whose inputs are its declared fields), or why there is none. */
export type ActionLookup =
  | { ok: true; action: ActionDefinition | null }
  | { ok: false; code: "unknown_action" | "action_required"; detail: string };

/** Whether a worker is called by the names of its actions: functions of a file, declared HTTP tools, or queries. Pure. */
export function hasNamedActions({ mode }: Pick<Manifest["exec"], "mode">): boolean {
  return mode === "functions" || mode === "http" || mode === "query";
}

/** The action that a start means: the one it names, or the only one there is. Pure. */
export function findAction({ actions, exec, name }: HasActions, wanted: string | null): ActionLookup {
  const all = hasNamedActions(exec) ? (actions ?? []) : null;
  const names = all === null ? [SCRIPT_ACTION] : all.map((action) => action.name);
  const meant = wanted ?? (names.length === 1 ? names[0] : undefined);
  if (meant === undefined) {
    const detail = `${name} has several actions: ${names.join(", ")}. Say which.`;
    return { ok: false, code: "action_required", detail };
  }
  if (names.includes(meant))
    return { ok: true, action: all?.find((action) => action.name === meant) ?? null };
  const has = `${name} has no action ${meant}, only ${names.join(", ")}.`;
  return { ok: false, code: "unknown_action", detail: `${has}${didYouMean(meant, names)}` };
}

/** As `findAction`. Throws `unknown_action`, and `action_required` where there are several and none is named. */
export function requireAction(manifest: HasActions, wanted: string | null): ActionDefinition | null {
  const found = findAction(manifest, wanted);
  if (!found.ok) throw new AppError(found.code, found.detail);
  return found.action;
}

/** What is wrong with inputs that a start would bring. Throws as `requireAction`. Pure. */
export function judgeStartInputs(
  manifest: HasActions,
  { action: wanted, inputs }: { action: string | null; inputs: Inputs },
): ProblemError[] {
  const action = requireAction(manifest, wanted);
  return action === null
    ? checkInputs(manifest.exec.inputs, inputs).errors
    : checkActionInputs(compileSchema(action.input_schema), inputs).errors;
}

/** The inputs that a start may bring, as far as what fills them from outside needs to know. Throws as `requireAction`. Pure. */
export function declaredInputs(manifest: HasActions, wanted: string | null): Field[] {
  const action = requireAction(manifest, wanted);
  if (action === null) return manifest.exec.inputs;
  const { properties } = action.input_schema;
  return Object.entries(isObject(properties) ? properties : {}).map(([name, schema]) => {
    const { type, $ref } = isObject(schema) ? schema : {};
    const takesObject = type === "object" || $ref !== undefined || type === undefined;
    return { name, kind: "scalar", type: takesObject ? "json" : "string", label: name, required: false };
  });
}

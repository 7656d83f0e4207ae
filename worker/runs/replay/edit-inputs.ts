import type { Inputs } from "#contract/runs/run";

/** The recorded inputs with the edits over them; an edit to null takes an input away. Pure. */
export function editInputs(recorded: Inputs, edits: Inputs): Inputs {
  return Object.fromEntries(Object.entries({ ...recorded, ...edits }).filter(([, value]) => value !== null));
}

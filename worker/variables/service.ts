// Owns the values that a workspace gives the variables of its workers. Never changes a version: a value counts at the next push.
// Writes them into the settings of the workspace.
import type { Principal } from "#contract/access/access";
import { limits } from "#contract/limits";
import { variableNameSchema } from "#contract/variables/variables";
import type { Variable } from "#contract/variables/variables";
import { AppError, notFound } from "../platform/app-error.ts";
import type { Db } from "../platform/db/client.ts";
import { findVariables, patchVariable } from "./store.ts";

interface VariableDeps {
  db: Db;
}

/** The workspace's variables, by name. */
export async function listVariables(
  { db }: VariableDeps,
  { workspace_id }: Principal,
): Promise<{ variables: Variable[] }> {
  const known = Object.entries(await findVariables(db, workspace_id));
  const variables = known.map(([name, value]) => ({ name, value }));
  return { variables: variables.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** Sets a variable. Throws `invalid_request` for what is no name of one, `too_many_variables`. */
export async function setVariable(
  { db }: VariableDeps,
  { workspace_id }: Principal,
  { name, value }: Variable,
): Promise<Variable> {
  const parsed = variableNameSchema.safeParse(name);
  if (!parsed.success) {
    const detail = parsed.error.issues.map(({ message }) => message).join("; ");
    const errors = [{ pointer: "variable", detail }];
    throw new AppError("invalid_request", `A variable's name ${detail}.`, { errors });
  }
  const known = await findVariables(db, workspace_id);
  if (!Object.hasOwn(known, name) && Object.keys(known).length >= limits.workspace_variables.value)
    throw new AppError("too_many_variables", `There are ${limits.workspace_variables.value} already.`);
  await patchVariable(db, workspace_id, { name, value });
  return { name, value };
}

/** Throws `not_found` for one that is not set. */
export async function deleteVariable(
  { db }: VariableDeps,
  { workspace_id }: Principal,
  name: string,
): Promise<void> {
  if (!Object.hasOwn(await findVariables(db, workspace_id), name)) throw notFound("variable");
  await patchVariable(db, workspace_id, { name, value: null });
}

import type { WorkspaceSummary } from "#contract/members/member";
import { CliError } from "../../cli-error.ts";

/** The workspace of an id or a name. Throws with those there are, and where several have that name. Pure. */
export function findWorkspace(all: readonly WorkspaceSummary[], named: string): WorkspaceSummary {
  const byId = all.find(({ id }) => id === named);
  if (byId !== undefined) return byId;
  const [first, ...others] = all.filter(({ name }) => name === named);
  if (first !== undefined && others.length === 0) return first;
  if (first === undefined) {
    throw new CliError(`You are in no workspace ${named}.`, {
      exit: "notFound",
      code: "not_found",
      hint: `There are: ${all.map(({ name }) => name).join(", ")}. See their ids: floom workspaces list`,
    });
  }
  throw new CliError(`Several of your workspaces are called ${named}.`, {
    exit: "usage",
    code: "ambiguous_workspace",
    hint: `Name one by its id: ${[first, ...others].map(({ id }) => id).join(", ")}`,
  });
}

import { useQuery } from "@tanstack/react-query";
import { memberRoutes } from "#contract/members/routes";
import { forgetWorkspace, readWorkspace, saveWorkspace } from "../api/session.ts";
import { askAsPerson } from "./ask-as-person.ts";

/** Everything on the page is of one workspace: another one begins with a fresh page. */
function beginAnew(): void {
  window.location.assign("/");
}

/**
 * Which of one's workspaces the page shows; nothing for whoever is in one. Asked for without naming a workspace, so that
 * the choice of one that somebody is not in any more can be taken back.
 */
export function WorkspaceChoice() {
  const chosen = readWorkspace(window.localStorage);
  const workspaces = useQuery({
    queryKey: ["workspaces"],
    queryFn: async ({ signal }) => {
      const all = await askAsPerson().call(memberRoutes.listWorkspaces, { signal });
      if (chosen !== undefined && !all.some(({ id }) => id === chosen)) {
        forgetWorkspace(window.localStorage);
        beginAnew();
      }
      return all;
    },
    staleTime: Infinity,
  });
  const all = workspaces.data ?? [];
  if (all.length < 2) return null;
  function choose(id: string): void {
    saveWorkspace(window.localStorage, id);
    beginAnew();
  }
  return (
    <label className="workspace-choice">
      <span className="visually-hidden">Workspace</span>
      <select
        value={chosen ?? all.find(({ current }) => current)?.id}
        onChange={(event) => choose(event.currentTarget.value)}
      >
        {all.map(({ id, name }) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

import { moveRoutes } from "#contract/moves/routes";
import { retentionRoutes } from "#contract/retention/routes";
import { platformRoutes } from "#contract/system/routes";
import { useApi } from "../../api/api-context.ts";
import { useRead } from "../../api/use-read.ts";
import { SaveButton } from "../../parts/save-button.tsx";
import { ConfirmButton } from "../../ui/confirm-button.tsx";
import { ImportArchive } from "./import-archive.tsx";

/** Taking the workspace away, taking another one over, and deleting it. */
export function WorkspaceEnd({ mayDelete }: { mayDelete: boolean }) {
  const api = useApi();
  const info = useRead(platformRoutes.getWorkspaceInfo);
  const id = info.data?.workspace_id ?? "";
  return (
    <section aria-labelledby="end-heading">
      <h2 id="end-heading">Take it away, take one over, delete it</h2>
      <ul className="card rows">
        <li className="row attention">
          <span className="row-main">
            <strong>The whole workspace as one zip</strong>
            <span className="muted">
              Workers, runs, contexts, stores and settings; no secret’s value is in it.
            </span>
          </span>
          <SaveButton filename="workspace.zip" fetchFile={() => api.open(moveRoutes.exportWorkspace)}>
            Export
          </SaveButton>
        </li>
        <li className="row attention">
          <span className="row-main">
            <strong>What another workspace’s zip holds</strong>
            <span className="muted">It comes beside what is here, and takes the place of nothing.</span>
          </span>
          <ImportArchive />
        </li>
        {mayDelete && id !== "" && (
          <li className="row attention">
            <span className="row-main">
              <strong>Delete the workspace</strong>
              <span className="muted">With everything in it, for good.</span>
            </span>
            <ConfirmButton
              label="Delete the workspace"
              className="small danger"
              title="Delete the workspace?"
              typeToConfirm={id}
              said="The workspace is being deleted."
              onConfirm={() => api.call(retentionRoutes.deleteWorkspace, { json: { confirm: id } })}
              onDone={() => window.location.assign("/")}
            >
              <p>
                Workers, runs, files, secrets, members and tokens go, and nothing of it can be brought back.
                Export it first if any of it is wanted.
              </p>
            </ConfirmButton>
          </li>
        )}
      </ul>
    </section>
  );
}

import { useQuery } from "@tanstack/react-query";
import { SCRIPT_ACTION } from "#contract/actions/actions-of";
import { buildOutput } from "#contract/outputs/build-output";
import type { RunDetail } from "#contract/runs/run";
import { actionRoutes } from "#contract/actions/routes";
import { useApi } from "../api/api-context.ts";
import { Files } from "./files.tsx";
import { LastRunDiff } from "./last-run-diff.tsx";
import { ShowOutput } from "./output-view.tsx";

/** What a run that has ended gave: its outputs by what they are declared as, then the files that none of them names. */
export function Outputs({ detail }: { detail: RunDetail }) {
  const api = useApi();
  const actions = useQuery({
    queryKey: ["actions-of-worker", detail.worker_id],
    queryFn: ({ signal }) =>
      api.call(actionRoutes.listActions, { params: { worker: detail.worker_id }, signal }),
  });
  if (actions.isPending) return <div className="skeleton" />;
  const action =
    actions.data?.find(({ name }) => name === (detail.action ?? SCRIPT_ACTION)) ?? actions.data?.[0];
  const { view, otherFiles } = buildOutput(action?.output_schema ?? null, recordOf(detail), detail.artifacts);
  return (
    <>
      {view.kind !== "empty" && (
        <section aria-labelledby="outputs-heading">
          <h2 id="outputs-heading">Outputs</h2>
          <div className="card">
            <ShowOutput run={detail.id} view={view} name={detail.worker_name} />
          </div>
          <LastRunDiff detail={detail} />
        </section>
      )}
      {otherFiles.length > 0 && <Files run={detail.id} artifacts={otherFiles} />}
    </>
  );
}

/** The outputs by name; a file that worker.yml declares by its path alone is there by that path. */
function recordOf({ outputs, output_schema: declared, artifacts }: RunDetail): RunDetail["outputs"] {
  const files = declared.flatMap(({ name, value, artifact_id }) => {
    const path = value === null ? artifacts.find(({ id }) => id === artifact_id)?.path : undefined;
    return path === undefined ? [] : [[name, path] as const];
  });
  return { ...outputs, ...Object.fromEntries(files) };
}

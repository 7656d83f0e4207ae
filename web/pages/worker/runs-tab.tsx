import { Link } from "wouter";
import { runRoutes } from "#contract/runs/routes";
import type { WorkerDetail } from "#contract/workers/worker";
import { useReadPages } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { runColumns } from "../runs/run-columns.tsx";
import { buildRunCommand } from "./run-tab.tsx";

/** A worker's runs, newest first. */
export function RunsTab({ worker }: { worker: WorkerDetail }) {
  const query = { worker_id: worker.id };
  const runs = useReadPages([runRoutes.listRuns.id, query], (api, { from, signal }) =>
    api.call(runRoutes.listRuns, { query: { ...query, ...from }, signal }),
  );
  return (
    <>
      <p>
        <Link to={`/runs?worker=${encodeURIComponent(worker.id)}`}>Filter, cancel or replay them</Link>
      </p>
      <Loaded query={runs} what="its runs" rows={8}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.runs);
          return rows.length === 0 ? (
            <Empty title="It has not run yet" command={buildRunCommand(worker)}>
              Fill in its form under Run, or start it at the terminal:
            </Empty>
          ) : (
            <ListTable caption="Runs, newest first" columns={runColumns} rows={rows} keyOf={({ id }) => id} />
          );
        }}
      </Loaded>
      <More pages={runs} />
    </>
  );
}

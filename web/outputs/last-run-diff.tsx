import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { showText } from "#contract/outputs/show-text";
import type { RunDetail } from "#contract/runs/run";
import { runRoutes } from "#contract/runs/routes";
import { useApi } from "../api/api-context.ts";
import { diffOutputs } from "./diff-outputs.ts";

/** What the outputs have become since the worker's last run before this one, for whoever asks. */
export function LastRunDiff({ detail }: { detail: RunDetail }) {
  const api = useApi();
  const [isOpen, setIsOpen] = useState(false);
  const before = useQuery({
    queryKey: ["run-before", detail.id],
    enabled: isOpen,
    queryFn: async ({ signal }) => {
      const query = { worker_id: detail.worker_id, status: "completed", before_id: detail.id, limit: 20 };
      const { runs } = await api.call(runRoutes.listRuns, { query, signal });
      const last = runs.find(({ action }) => action === detail.action);
      return last === undefined ? null : api.call(runRoutes.getRun, { params: { run: last.id }, signal });
    },
    staleTime: "static",
  });
  return (
    <details onToggle={(event) => setIsOpen(event.currentTarget.open)}>
      <summary>What changed since the last run</summary>
      {isOpen && before.isPending && <div className="skeleton" />}
      {before.isError && <p className="muted">The last run could not be loaded.</p>}
      {before.data === null && <p className="muted">There is no earlier run that completed.</p>}
      {before.data && <Diff before={before.data} after={detail} />}
    </details>
  );
}

function Diff({ before, after }: { before: RunDetail; after: RunDetail }) {
  const parts = diffOutputs(before.outputs, after.outputs);
  if (parts === null) return <p className="muted">The outputs are too large to compare here.</p>;
  if (parts.every(({ change }) => change === "same")) return <p className="muted">Nothing.</p>;
  return (
    <section className="raw" aria-label="Changes" tabIndex={0}>
      <pre className="diff">
        {parts.map(({ text, change }, at) => {
          const shown = showText(text).text;
          const key = `${at} ${change}`;
          if (change === "added") return <ins key={key}>{shown}</ins>;
          if (change === "removed") return <del key={key}>{shown}</del>;
          return <span key={key}>{shown}</span>;
        })}
      </pre>
    </section>
  );
}

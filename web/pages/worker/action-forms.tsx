import { lazy, Suspense, useEffect } from "react";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearch } from "wouter";
import type { ReactNode } from "react";
import type { ActionDefinition } from "#contract/actions/action";
import type { RunDetail } from "#contract/runs/run";
import type { WorkerDetail } from "#contract/workers/worker";
import { actionRoutes } from "#contract/actions/routes";
import { useApi } from "../../api/api-context.ts";
import { ErrorNotice } from "../../parts/error-notice.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";

/** Fields of every kind are a lot of script that no other page needs. */
const loadForm = async () => ({ default: (await import("../../forms/run-form.tsx")).RunForm });
const RunForm = lazy(loadForm);
const ROWS = 12;

/** The action whose form is shown: the one that the address names, else the first. */
export function chooseAction(
  actions: readonly ActionDefinition[],
  query: string,
): ActionDefinition | undefined {
  const wanted = new URLSearchParams(query).get("action");
  return actions.find(({ name }) => name === wanted) ?? actions[0];
}

interface ActionFormsProps {
  worker: WorkerDetail;
  /** What stands below the form: it comes with it, so that it does not jump when the form is there. */
  children: ReactNode;
  /** See RunForm. */
  onStarted?: (run: RunDetail) => void;
}

/** The form of each thing that a worker does; several are chosen among by links, so that each has an address. */
export function ActionForms({ worker, children, onStarted }: ActionFormsProps) {
  const api = useApi();
  const query = useSearch();
  // Its script comes while the API is asked what the form is made of.
  useEffect(() => void loadForm().catch(() => undefined), []);
  const found = useQuery({
    queryKey: ["actions", worker.id, worker.version],
    queryFn: ({ signal }) => api.call(actionRoutes.listActions, { params: { worker: worker.id }, signal }),
    // A version never changes what it does.
    staleTime: "static",
  });
  if (found.isPending) return <Skeleton rows={ROWS} label="Loading the form" />;
  if (found.isError) {
    return (
      <>
        <ErrorNotice error={found.error} onRetry={() => void found.refetch()} />
        {children}
      </>
    );
  }
  const action = chooseAction(found.data, query);
  if (action === undefined) {
    return (
      <>
        <p className="card muted">This worker does nothing that can be started.</p>
        {children}
      </>
    );
  }
  return (
    <>
      {found.data.length > 1 && <ActionLinks actions={found.data} chosen={action} />}
      <Suspense fallback={<Skeleton rows={ROWS} label="Loading the form" />}>
        <RunForm
          key={action.name}
          worker={worker.id}
          action={action}
          runs={worker.recent_runs}
          {...(onStarted === undefined ? {} : { onStarted })}
        />
        {children}
      </Suspense>
    </>
  );
}

/** Which of a worker's actions there are, and what the chosen one does. */
export function ActionLinks({
  actions,
  chosen,
}: {
  actions: readonly ActionDefinition[];
  chosen: ActionDefinition;
}) {
  return (
    <>
      <nav className="action-links" aria-label="What it does">
        {actions.map(({ name, title }) => (
          <Link
            key={name}
            to={`?action=${encodeURIComponent(name)}`}
            aria-current={name === chosen.name ? "page" : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      {chosen.description !== "" && <p className="preserved">{chosen.description}</p>}
    </>
  );
}

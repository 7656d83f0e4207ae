import { lazy, Suspense } from "react";
import { platformRoutes } from "#contract/system/routes";
import { useMay } from "../../api/use-may.ts";
import { useRead } from "../../api/use-read.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";

const Rules = lazy(async () => ({ default: (await import("./rules.tsx")).Rules }));
const Spending = lazy(async () => ({ default: (await import("./spending.tsx")).Spending }));
const Templates = lazy(async () => ({ default: (await import("./templates.tsx")).Templates }));
const Storage = lazy(async () => ({ default: (await import("./storage.tsx")).Storage }));
const WorkspaceEnd = lazy(async () => ({
  default: (await import("./workspace-end.tsx")).WorkspaceEnd,
}));

/** What the workspace has set for itself, what it uses, how the server is, and its end. */
export function SettingsPage() {
  const may = useMay();
  return (
    <>
      <PageHeading title="Settings" />
      <Health />
      <Suspense fallback={<Skeleton rows={6} label="Loading the settings" />}>
        <Rules mayChange={may("workspace:write")} />
        {may("workspace:write") && <Spending />}
        <Templates mayChange={may("workers:write")} />
        <Storage />
        {may("workspace:write") && <WorkspaceEnd mayDelete={may("workspace:own")} />}
      </Suspense>
    </>
  );
}

/** Whether the server works, with what that rests on. */
function Health() {
  const health = useRead(platformRoutes.getHealth);
  const info = useRead(platformRoutes.getWorkspaceInfo);
  return (
    <section aria-labelledby="health-heading">
      <h2 id="health-heading">The server</h2>
      <Loaded query={health} what="how the server is" rows={2}>
        {({ status, version, checks }) => (
          <dl className="card facts-list">
            <dt>State</dt>
            <dd>
              {status === "ok" ? <Pill tone="good">Works</Pill> : <Pill tone="bad">Does not work whole</Pill>}
            </dd>
            <dt>Database</dt>
            <dd>{checks.database === "ok" ? "Answers" : "Does not answer"}</dd>
            <dt>Sandboxes</dt>
            <dd>{checks.sandboxes === "configured" ? "Are set up" : "Are not set up: scripts cannot run"}</dd>
            <dt>Version</dt>
            <dd>{version}</dd>
            <dt>Workspace</dt>
            <dd>
              {info.data?.workspace_name} <code className="muted">{info.data?.workspace_id}</code>
            </dd>
            <dt>For Prometheus</dt>
            <dd>
              <code>/api/metrics</code>, with a token that may read runs
            </dd>
          </dl>
        )}
      </Loaded>
    </section>
  );
}

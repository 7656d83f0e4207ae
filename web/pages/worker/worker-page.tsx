import { lazy, Suspense, useEffect } from "react";
import type { ComponentType } from "react";
import { Link } from "wouter";
import { isTerminal } from "#contract/runs/run";
import { workerRoutes } from "#contract/workers/routes";
import type { WorkerDetail } from "#contract/workers/worker";
import { useRead } from "../../api/use-read.ts";
import { Loaded } from "../../parts/loaded.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { StarButton } from "../../preferences/star-button.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import { MissingPage } from "../missing-page.tsx";
import { modeWords, workerHealth } from "./worker-words.ts";

const BUSY_REFRESH_MS = 3_000;

type TabView = ComponentType<{ worker: WorkerDetail }>;

interface Tab {
  /** The end of the address; empty for the tab that a worker opens with. */
  name: string;
  label: string;
  view: TabView;
  load: () => Promise<TabView>;
}

function tab(name: string, label: string, load: () => Promise<TabView>): Tab {
  return { name, label, load, view: lazy(async () => ({ default: await load() })) };
}

/** A worker opens at its form: that is what people come for. Each tab is loaded when it is gone to. */
const tabs: readonly Tab[] = [
  tab("", "Run", async () => (await import("./run-tab.tsx")).RunTab),
  tab("explore", "Explore", async () => (await import("./explore/explore-tab.tsx")).ExploreTab),
  tab("overview", "Overview", async () => (await import("./overview-tab.tsx")).OverviewTab),
  tab("runs", "Runs", async () => (await import("./runs-tab.tsx")).RunsTab),
  tab("triggers", "Triggers", async () => (await import("./triggers-tab.tsx")).TriggersTab),
  tab("source", "Source", async () => (await import("./source-tab.tsx")).SourceTab),
  tab("versions", "Versions", async () => (await import("./versions-tab.tsx")).VersionsTab),
  tab("evaluations", "Evaluations", async () => (await import("./evaluations-tab.tsx")).EvaluationsTab),
  tab("approvals", "Approvals", async () => (await import("./approvals-tab.tsx")).ApprovalsTab),
  tab("memory", "Memory", async () => (await import("./memory-tab.tsx")).MemoryTab),
  tab("settings", "Settings", async () => (await import("./settings-tab.tsx")).SettingsTab),
];

/** One worker, in tabs that have addresses of their own. */
export function WorkerPage({
  params,
}: {
  params: { worker?: string | undefined; tab?: string | undefined };
}) {
  const worker = params.worker ?? "";
  // `run` is the first tab under another name, to which links lead that mean the form.
  const name = params.tab === undefined || params.tab === "run" ? "" : params.tab;
  const shown = tabs.find((one) => one.name === name);
  const found = useRead(workerRoutes.getWorker, {
    params: { worker },
    refreshMs: ({ recent_runs: runs }) =>
      runs.some(({ status }) => !isTerminal(status)) ? BUSY_REFRESH_MS : false,
  });
  // The tab's script comes while the API is asked for the worker; what goes wrong is met when it is shown.
  useEffect(() => void shown?.load().catch(() => undefined), [shown]);
  if (shown === undefined) return <MissingPage />;
  const View = shown.view;
  return (
    <>
      <PageHeading title={found.data?.name ?? worker} />
      <Loaded query={found} what="the worker">
        {(detail) => (
          <>
            <WorkerFacts worker={detail} />
            <TabLinks worker={detail} shown={shown} />
            <Suspense fallback={<Skeleton rows={4} label={`Loading ${shown.label.toLowerCase()}`} />}>
              <View worker={detail} />
            </Suspense>
          </>
        )}
      </Loaded>
    </>
  );
}

function WorkerFacts({ worker }: { worker: WorkerDetail }) {
  const health = workerHealth(worker);
  return (
    <>
      <p className="lead">{worker.description}</p>
      <p className="facts">
        {health !== null && <Pill tone={health.tone}>{health.words}</Pill>}
        <code>{worker.id}</code>
        <span className="muted">version {worker.version}</span>
        <span className="muted">{modeWords[worker.mode]}</span>
        {worker.visibility === "private" && <Pill>Private</Pill>}
        <StarButton worker={worker.id} name={worker.name} />
      </p>
    </>
  );
}

/** Scripts remember nothing but what they store, and only of a query does one ask on and on: others have no tab for it. */
const isOffered = ({ name }: Tab, { mode }: WorkerDetail) =>
  (name !== "memory" || mode === "agent") && (name !== "explore" || mode === "query");

function TabLinks({ worker, shown }: { worker: WorkerDetail; shown: Tab }) {
  const path = `/workers/${encodeURIComponent(worker.id)}`;
  return (
    <nav className="tab-links" aria-label="Of this worker">
      {tabs
        .filter((one) => isOffered(one, worker))
        .map(({ name, label }) => (
          <Link
            key={name}
            to={name === "" ? path : `${path}/${name}`}
            aria-current={name === shown.name ? "page" : undefined}
          >
            {label}
          </Link>
        ))}
    </nav>
  );
}

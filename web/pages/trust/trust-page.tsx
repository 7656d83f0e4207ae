import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { tierRights } from "#contract/trust/tiers";
import { versionRoutes } from "#contract/versions/routes";
import type { WaitingVersion } from "#contract/versions/review";
import { formatCount } from "#contract/words";
import { useMay } from "../../api/use-may.ts";
import { useReadPages } from "../../api/use-read.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded, More } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { Skeleton } from "../../parts/skeleton.tsx";
import { ReviewDialog } from "./review-dialog.tsx";

const TopologySection = lazy(async () => ({
  default: (await import("./topology-section.tsx")).TopologySection,
}));

/** Versions that wait for a person before anything runs them, and what workers may do by how far they are trusted. */
export function TrustPage() {
  const may = useMay();
  const [shown, setShown] = useState<WaitingVersion | null>(null);
  return (
    <>
      <PageHeading title="Tools and trust" />
      <section aria-labelledby="waiting-heading">
        <h2 id="waiting-heading">Waits for a review</h2>
        <Waiting onReview={setShown} />
      </section>
      <Tiers />
      {may("audit:read") && (
        <Suspense fallback={<Skeleton rows={6} label="Loading who calls what" />}>
          <TopologySection />
        </Suspense>
      )}
      {shown !== null && <ReviewDialog waiting={shown} onClose={() => setShown(null)} />}
    </>
  );
}

/** What waits, over all workers, newest first. */
function Waiting({ onReview }: { onReview: (version: WaitingVersion) => void }) {
  const waiting = useReadPages([versionRoutes.listQuarantine.id], (api, { from, signal }) =>
    api.call(versionRoutes.listQuarantine, { query: from, signal }),
  );
  return (
    <>
      <Loaded query={waiting} what="what waits for a review">
        {({ pages }) => (
          <WaitingTable waiting={pages.flatMap(({ versions }) => versions)} onReview={onReview} />
        )}
      </Loaded>
      <More pages={waiting} />
    </>
  );
}

interface WaitingTableProps {
  waiting: readonly WaitingVersion[];
  onReview: (version: WaitingVersion) => void;
}

function WaitingTable({ waiting, onReview }: WaitingTableProps) {
  if (waiting.length === 0) {
    return (
      <Empty title="Nothing waits">
        Whose pushes wait here until they are let in is chosen in <Link to="/settings">the settings</Link>:
        nobody’s, those of agents, or everybody’s.
      </Empty>
    );
  }
  return (
    <ListTable
      caption="Versions in quarantine"
      rows={waiting}
      keyOf={({ version }) => version.id}
      columns={[
        {
          head: "Worker",
          cell: ({ worker, title }) => (
            <Link to={`/workers/${encodeURIComponent(worker)}/versions`}>{title}</Link>
          ),
        },
        { head: "Version", cell: ({ version }) => version.number, isNumber: true },
        { head: "Pushed by", cell: ({ version }) => <code>{version.pushed_by ?? ""}</code> },
        { head: "Pushed", cell: ({ version }) => <Moment iso={version.created_at} /> },
        {
          head: "",
          cell: (one) => (
            <div className="actions">
              <button
                type="button"
                className="small primary"
                aria-label={`Review version ${one.version.number} of ${one.title}`}
                onClick={() => onReview(one)}
              >
                Review
              </button>
            </div>
          ),
        },
      ]}
    />
  );
}

const effectWords = { read: "Looks", write: "Writes", delete: "Deletes", invoke: "Calls workers" } as const;

/** How far workers are trusted: the table that the gate itself judges by. */
function Tiers() {
  const tiers = Object.entries(tierRights);
  return (
    <section aria-labelledby="tiers-heading">
      <h2 id="tiers-heading">What a worker may do to the world</h2>
      <p className="lead">
        By <code>runtime.trust_tier</code> in its worker.yml. Every call of a tool passes one gate, which
        judges by this.
      </p>
      <ListTable
        caption="Tiers of trust"
        rows={tiers}
        keyOf={([tier]) => tier}
        columns={[
          { head: "Tier", cell: ([tier, { name }]) => `${tier}, ${name}` },
          {
            head: "May",
            cell: ([, { effects }]) => (
              <span className="tags">
                {effects.map((effect) => (
                  <Pill key={effect}>{effectWords[effect]}</Pill>
                ))}
              </span>
            ),
          },
          { head: "HTTP methods", cell: ([, { methods }]) => methods.join(", ") },
          {
            head: "Largest sandbox",
            cell: ([, { sandbox }]) =>
              `${sandbox.memory_mb} MiB, ${formatCount(sandbox.cpu_count, "processor")}`,
          },
          {
            head: "Asks people",
            cell: ([, { asks }]) => (asks ? "Before each call that is no look" : "Only where a rule says so"),
          },
        ]}
      />
    </section>
  );
}

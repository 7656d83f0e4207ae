import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { workerRoutes } from "#contract/workers/routes";
import { tierRights } from "#contract/trust/tiers";
import { ApiProblem } from "#contract/client";
import { formatCount } from "#contract/words";
import { useApi } from "../../api/api-context.ts";
import type { Api } from "../../api/api-context.ts";
import { Empty } from "../../parts/empty.tsx";
import { ListTable } from "../../parts/list-table.tsx";
import { Loaded } from "../../parts/loaded.tsx";
import { Moment } from "../../parts/moment.tsx";
import { PageHeading } from "../../parts/page-heading.tsx";
import { Pill } from "../../parts/pill.tsx";
import { ReviewDialog } from "./review-dialog.tsx";
import type { WaitingVersion } from "./review-dialog.tsx";

const MOST_VERSIONS = 100;

/** What waits in quarantine over all workers; one worker after another, so that a large workspace is no burst at the server. */
async function findWaiting(api: Api, signal: AbortSignal): Promise<WaitingVersion[]> {
  const workers = await api.call(workerRoutes.listWorkers, { query: { include_archived: "true" }, signal });
  const waiting: WaitingVersion[] = [];
  for (const { id: worker, name } of workers) {
    try {
      const query = { limit: MOST_VERSIONS };
      const versions = await api.call(workerRoutes.listVersions, { params: { worker }, query, signal });
      const held = versions.filter(({ state }) => state === "quarantined");
      waiting.push(...held.map((version) => ({ worker, name, version })));
    } catch (error) {
      // A worker that was deleted since the workers were listed has nothing that waits.
      if (!(error instanceof ApiProblem && error.problem.status === 404)) throw error;
    }
  }
  return waiting;
}

/** Versions that wait for a person before anything runs them, and what workers may do by how far they are trusted. */
export function TrustPage() {
  const api = useApi();
  const [shown, setShown] = useState<WaitingVersion | null>(null);
  const waiting = useQuery({
    queryKey: ["waiting-versions"],
    queryFn: ({ signal }) => findWaiting(api, signal),
  });
  return (
    <>
      <PageHeading title="Tools and trust" />
      <section aria-labelledby="waiting-heading">
        <h2 id="waiting-heading">Waits for a review</h2>
        <Loaded query={waiting} what="what waits for a review">
          {(all) =>
            all.length === 0 ? (
              <Empty title="Nothing waits">
                Whose pushes wait here until they are let in is chosen in{" "}
                <Link to="/settings">the settings</Link>: nobody’s, those of agents, or everybody’s.
              </Empty>
            ) : (
              <ListTable
                caption="Versions in quarantine"
                rows={all}
                keyOf={({ version }) => version.id}
                columns={[
                  {
                    head: "Worker",
                    cell: ({ worker, name }) => (
                      <Link to={`/workers/${encodeURIComponent(worker)}/versions`}>{name}</Link>
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
                          aria-label={`Review version ${one.version.number} of ${one.name}`}
                          onClick={() => setShown(one)}
                        >
                          Review
                        </button>
                      </div>
                    ),
                  },
                ]}
              />
            )
          }
        </Loaded>
      </section>
      <Tiers />
      {shown !== null && <ReviewDialog waiting={shown} onClose={() => setShown(null)} />}
    </>
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

import type { Principal } from "#contract/access/access";
import type { WorkerId } from "#contract/ids";
import type { ManifestFinding } from "#contract/manifest/manifest";
import type { VersionRow, WorkerVersion } from "../../catalog/store.ts";

/** What stands between a version and its being active, where worker.yml says `deploy.gate: evals`. */
export interface EvaluationGate {
  /** Why a version is not let in; null where it is. */
  judge: (of: { workerId: WorkerId; version: number }) => Promise<string | null>;
  /** Why versions of a worker that were evaluated are not active, by their numbers. */
  listNotes: (workerId: WorkerId) => Promise<ReadonlyMap<number, string>>;
  /** Has a version evaluated, once, and activated when it passes. In a sentence why that cannot be; null where it has begun. */
  begin: (principal: Principal, of: { worker: string; version: VersionRow }) => Promise<string | null>;
}

/** Has a version evaluated that was pushed and is not active before that, and says so. */
export async function enterGate(
  deps: { gate: EvaluationGate },
  principal: Principal,
  {
    worker,
    version,
    active,
    isWanted,
  }: WorkerVersion & {
    active?: VersionRow;
    /** Whether whoever pushed wants it to be active. */
    isWanted: boolean;
  },
): Promise<ManifestFinding[]> {
  // One in quarantine is not evaluated before a person lets it run.
  if (!isWanted || active === undefined || version.state !== "active") return [];
  const why = await deps.gate.begin(principal, { worker: worker.name, version });
  const what = `Version ${version.number} is stored and not active: deploy.gate is evals.`;
  const next =
    why === null
      ? "It is being evaluated, and activated when it passes."
      : `It could not be evaluated: ${why}`;
  const fix = `Look at it with: floom evals list ${worker.name}`;
  return [
    {
      severity: "warning",
      code: "waits_for_evaluation",
      pointer: "/deploy/gate",
      message: `${what} ${next}`,
      fix,
      line: 1,
      column: 1,
    },
  ];
}

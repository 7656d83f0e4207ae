import type { RunWrites, WritingRun } from "../runs/ports/run-writes.ts";
import type { RunStoreDeps } from "../store/run-service.ts";
import type { StoreApi } from "../store/store-api.ts";
import type { Host } from "./host.ts";

/** For people and for running scripts that use a store. */
export function storeDeps(host: Host): RunStoreDeps {
  return {
    db: host.db,
    openStore: (place) => host.store(place),
    findWriter: (runId, from) => host.run(runId).findWriter(from),
  };
}

/** The stores that are open to a run. */
function storesOf(host: Host, { workspace_id, worker_id }: WritingRun): [own: StoreApi, shared: StoreApi] {
  return [host.store({ kind: "worker", worker_id }), host.store({ kind: "workspace", workspace_id })];
}

/** How a run has its writes kept in every store that is open to it, or in none. */
export function runWrites(host: Host): RunWrites {
  return {
    prepare: async (run, { attempt, launch }) => {
      for (const store of storesOf(host, run)) {
        const prepared = await store.prepare({ run_id: run.run_id, attempt, launch });
        if (prepared.kind !== "ready") return prepared;
      }
      return { kind: "ready" };
    },
    decide: async (run, attempt) => {
      await Promise.all(storesOf(host, run).map((store) => store.decide(run.run_id, attempt)));
    },
  };
}

import type { RateTable } from "#contract/rates/rates";
import { makeChainKeys } from "../audit/chain/chain-keys.ts";
import type { ChainDeps } from "../audit/chain/chain-keeper.ts";
import type { AuditDeps } from "../audit/service.ts";
import { countEvents, findEvents, insertEvents, listEventIds } from "../audit/store.ts";
import type { RateDeps } from "../access/rate/service.ts";
import { RateCounters } from "../access/rate/counters.ts";
import { auditRowForm } from "../audit/stranded-event.ts";
import { forgetOldCounters, takeTurnExactly } from "../access/rate/store.ts";
import type { Host } from "./host.ts";

/** Of this isolate, for each table of rates: what was counted by one pace would shut askers out by another. */
const countersOf = new Map<string, RateCounters>();
/** The same by the table itself, which stays for as long as the settings that it stands in. */
const countersOfTable = new WeakMap<RateTable, RateCounters>();

function openCounters(rates: RateTable): RateCounters {
  const known = countersOfTable.get(rates);
  if (known !== undefined) return known;
  const key = JSON.stringify(rates);
  const counters = countersOf.get(key) ?? new RateCounters();
  countersOf.set(key, counters);
  countersOfTable.set(rates, counters);
  return counters;
}

export function rateDeps(host: Host): RateDeps {
  return {
    clock: host.clock,
    rates: host.config.rates,
    counters: openCounters(host.config.rates),
    takeExactly: async (key, pace, now) => {
      await forgetOldCounters(host.db, now);
      return takeTurnExactly(host.db, key, { pace, now });
    },
  };
}

export function auditDeps(host: Host): AuditDeps {
  return {
    db: host.db,
    clock: host.clock,
    newEventId: (nowMs) => host.newId("evt", nowMs),
    sleep: (ms) => host.sleep(ms),
    chain: (workspaceId) => host.chain(workspaceId),
    strand: (row) => host.files.putEvent(row.workspace_id, row.id, JSON.stringify(auditRowForm.write(row))),
    listStranded: (workspaceId, limit) => host.files.listEvents(workspaceId, limit),
    forgetStranded: (workspaceId, id) => host.files.deleteEvent(workspaceId, id),
    deleteSomeCheckpoints: (workspaceId) => host.files.deleteSomeCheckpoints(workspaceId),
  };
}

/** For the object that holds a workspace's chain; what is the object's own comes from it. */
export function chainDeps(host: Host): Pick<ChainDeps, "clock" | "makeKeys" | "copies" | "checkpoints"> {
  const { db, files, config } = host;
  return {
    clock: host.clock,
    makeKeys: (workspaceId) => makeChainKeys(config, workspaceId),
    copies: {
      insert: (rows) => insertEvents(db, rows),
      find: (workspaceId, ids) => findEvents(db, workspaceId, ids),
      count: (workspaceId, of) => countEvents(db, workspaceId, of),
      listIds: (workspaceId, of) => listEventIds(db, workspaceId, of),
    },
    checkpoints: {
      put: (workspaceId, seq, json) => files.putCheckpoint(workspaceId, seq, json),
      newest: (workspaceId) => files.newestCheckpoint(workspaceId),
    },
  };
}

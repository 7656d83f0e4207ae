import type { UserId, WorkerId, WorkspaceId } from "#contract/ids";
import * as anomalies from "../../../worker/anomalies/store.ts";
import * as audit from "../../../worker/audit/store.ts";
import * as topology from "../../../worker/topology/store.ts";
import * as variables from "../../../worker/variables/store.ts";
import * as spend from "../../../worker/spend/store.ts";
import { periodsAt } from "../../../worker/spend/spend-period.ts";
import * as retention from "../../../worker/retention/store.ts";
import * as rows from "../../../worker/runs/record/row-store.ts";
import { sampleRunSummary } from "../sample-records.ts";
import type { Db } from "../../../worker/platform/db/client.ts";

export const spendStores: readonly object[] = [spend, rows, anomalies, topology, variables];

/** Each function of the stores of what is spent, of runs' rows, which say what they have cost, and of what is done where that is unusual, called once; `now` in epoch milliseconds. */
export function spendQueries(of: {
  workspaceId: WorkspaceId;
  userId: UserId;
  workerId: WorkerId;
  now: number;
}): Record<string, (db: Db) => Promise<unknown>> {
  const periods = periodsAt(of.now);
  const days = { from: periods.monthFrom, to: periods.monthTo };
  const { workspaceId } = of;
  return {
    findCapSettings: (db) => spend.findCapSettings(db, of),
    sumSpend: (db) => spend.sumSpend(db, of, periods),
    "listSpend by worker": (db) => spend.listSpend(db, { workspaceId, by: "worker", days }),
    "listSpend by person": (db) => spend.listSpend(db, { workspaceId, by: "user", days }),
    "listSpend by day": (db) => spend.listSpend(db, { workspaceId, by: "day", days }),
    findMemberCaps: (db) => spend.findMemberCaps(db, of),
    setMemberCapsRow: (db) =>
      spend.setMemberCapsRow(db, of, { daily_spend_cap_usd: 1, monthly_spend_cap_usd: null }),
    addRunRows: (db) => rows.addRunRows(db, [{ ...of, summary: sampleRunSummary() }]),
    putRunRow: (db) => rows.putRunRow(db, { ...of, eventSeq: 1 }, sampleRunSummary()),
    putGivenUpRow: (db) => rows.putGivenUpRow(db, of, sampleRunSummary()),
    findGivenUp: (db) => rows.findGivenUp(db, { workspaceId, runId: sampleRunSummary().id }),
    "putRunRow with its cost": (db) =>
      rows.putRunRow(
        db,
        { ...of, eventSeq: 9, spend: { nanoUsd: 7, userId: of.userId, at: of.now } },
        sampleRunSummary(),
      ),
    listWorkerDays: (db) => spend.listWorkerDays(db, of, days),
    sumRuns: (db) => topology.sumRuns(db, { workspaceId, worker: undefined, limit: 5 }),
    "sumRuns of a worker": (db) => topology.sumRuns(db, { workspaceId, worker: "hello", limit: 5 }),
    sumCalls: (db) => audit.sumCalls(db, { workspaceId, worker: undefined, limit: 5 }),
    "sumCalls of a worker": (db) => audit.sumCalls(db, { workspaceId, worker: "hello", limit: 5 }),
    findVariables: (db) => variables.findVariables(db, workspaceId),
    patchVariable: (db) => variables.patchVariable(db, workspaceId, { name: "a.b", value: "c" }),
    findWatch: (db) => anomalies.findWatch(db, of),
    putActions: (db) => anomalies.putActions(db, of, { novel_tool: "pause" }),
    putRestraint: (db) =>
      anomalies.putRestraint(db, of, { action: "pause", kind: "novel_tool", reason: "It is new.", since: 1 }),
    clearRestraint: (db) => anomalies.clearRestraint(db, of),
    findStoredSettings: (db) => retention.findStoredSettings(db, workspaceId),
    patchSettings: (db) => retention.patchSettings(db, workspaceId, { daily_spend_cap_usd: 1 }),
    deleteAllSpend: (db) => spend.deleteAllSpend(db, workspaceId),
  };
}

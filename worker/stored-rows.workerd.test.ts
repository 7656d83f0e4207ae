import { applyD1Migrations, reset } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, it } from "vitest";
import { alertSchema, outboxMailSchema } from "#contract/alerts/alert";
import { approvalPageSchema } from "#contract/approvals/approval";
import { approvalIdSchema, workerIdSchema } from "#contract/ids";
import { triggerSchema } from "#contract/triggers/trigger";
import { callApi, ownerWorkspace, testHost } from "../test/support/workerd/api-harness.ts";
import { insertRows } from "../test/support/workerd/stored-tables.ts";
import { verifies } from "../test/verifies.ts";
import stored from "../test/fixtures/documents/v0.1.0-rows.json";
import { findToken } from "./access/store.ts";
import { keptMailDocument } from "./alerts/kept-mail.ts";
import { openSigningSecrets } from "./alerts/signing-secret.ts";
import { findApprovalRow } from "./approvals/store.ts";
import { manifestDocument } from "./catalog/prepared-version.ts";
import { listActivationRows } from "./deploys/activation-store.ts";
import { listVersionRows } from "./deploys/store.ts";
import { openHookSecrets } from "./hooks/hook-secrets.ts";
import { parseArchive } from "./runs/record/archive.ts";

const { tables } = stored;
/** Where the fixture does not hold the box itself. */
const sealed = "sealed";

/** The migrations of the time, the rows of the time, and then all that has come since. */
beforeEach(async () => {
  await reset();
  const known = Object.keys(stored.migrations);
  const then = env.TEST_MIGRATIONS.filter(({ name }) => known.includes(name));
  await applyD1Migrations(env.DB, then);
  for (const [table, rows] of Object.entries(tables)) await insertRows(table, rows);
  await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
});

/** The fixture holds triggers and alerts of a worker, its version, and no row of it: that is made here. */
const hooked = tables.versions[0]?.worker_id ?? "";

async function insertHooked(): Promise<void> {
  const [any] = tables.workers;
  await insertRows("workers", [{ ...any, id: hooked, name: "hooked", active_version: 1 }]);
}

async function ask(path: string): Promise<unknown> {
  const response = await callApi("GET", path);
  expect(response.status, path).toBe(200);
  return response.json();
}

describe("rows of an earlier version", () => {
  it("hold versions that are read as they were pushed, with every example of the time", async () => {
    verifies("run:upgrade:stored-documents");
    for (const { worker_id: workerId, number, manifest } of tables.versions) {
      const found = await listVersionRows(testHost.db, workerIdSchema.parse(workerId), 100);
      expect(found.find((one) => one.number === number)?.manifest).toEqual(JSON.parse(manifest));
    }
    for (const manifest of stored.manifests) expect(manifestDocument.read(manifest)).toEqual(manifest);
  });

  it("hold triggers, alerts and approvals that the API shows as its contract says", async () => {
    verifies("run:upgrade:stored-documents");
    await insertHooked();
    const triggers = triggerSchema.array().parse(await ask("/api/triggers"));
    const ours = tables.triggers.filter((row) => row.workspace_id === ownerWorkspace);
    expect(triggers.map(({ id }) => id).toSorted()).toEqual(ours.map(({ id }) => id).toSorted());
    const asked = tables.approvals.filter(({ request }) => JSON.parse(request).kind === "approval");
    const page = approvalPageSchema.parse(await ask("/api/approvals"));
    expect(page.approvals.map(({ id }) => id).toSorted()).toEqual(asked.map(({ id }) => id).toSorted());
    const alerts = alertSchema.array().parse(await ask("/api/workers/hooked/alerts"));
    const told = tables.alerts.filter((row) => row.worker_id === hooked);
    expect(alerts.map(({ id, on, email_to }) => ({ id, on, email_to }))).toEqual(
      told.map(({ id, events, email_to }) => ({
        id,
        on: JSON.parse(events),
        email_to: JSON.parse(email_to),
      })),
    );
  });

  it("hold approvals that are read whole, whatever became of them", async () => {
    verifies("run:upgrade:stored-documents");
    // What did not exist then has its default.
    const younger = { decide_in_client: false, in_place: false };
    for (const row of tables.approvals) {
      const found = await findApprovalRow(testHost.db, row.workspace_id, approvalIdSchema.parse(row.id));
      expect(found).toEqual({ ...younger, ...JSON.parse(row.request) });
    }
    await env.DB.exec("DELETE FROM approvals");
    const [of] = tables.approvals;
    for (const [number, record] of stored["approval-requests"].entries()) {
      const id = `apr_0000000000000000000000000${number}`;
      await insertRows("approvals", [
        { ...of, workspace_id: ownerWorkspace, id, request: JSON.stringify(record) } as never,
      ]);
      const read = await findApprovalRow(testHost.db, ownerWorkspace, approvalIdSchema.parse(id));
      expect(read).toEqual({ ...younger, ...record });
    }
  });

  it("hold secrets that still sign and still let in", async () => {
    verifies("run:upgrade:stored-documents");
    const { config } = testHost;
    const alerts = tables.alerts.filter((row) => row.secret_box !== sealed);
    const hooks = tables.triggers.flatMap((row) =>
      row.secret_box === null || row.secret_box === sealed
        ? []
        : { trigger_id: row.id, secret_box: row.secret_box },
    );
    expect([alerts.length > 0, hooks.length > 0]).toEqual([true, true]);
    for (const { id, secret_box: box } of alerts) {
      expect(await openSigningSecrets(config, { alertId: id, box, now: 0 })).toContainEqual(
        expect.stringMatching(/^whsec_/),
      );
    }
    for (const hook of hooks) expect(await openHookSecrets(config, hook, 0)).not.toEqual([]);
  });

  it("hold tokens that open what they opened, and activations with the guards that were set aside", async () => {
    verifies("run:upgrade:stored-documents");
    for (const row of tables.tokens)
      expect((await findToken(testHost.db, row.hash))?.scopes).toEqual(JSON.parse(row.scopes));
    for (const row of tables.activations) {
      const found = await listActivationRows(testHost.db, workerIdSchema.parse(row.worker_id), 10);
      expect(found.map(({ forced }) => forced)).toEqual([JSON.parse(row.forced)]);
    }
  });

  it("hold runs that are listed with what became of them", async () => {
    verifies("run:upgrade:stored-documents");
    const { runs } = (await ask("/api/runs?limit=100")) as { runs: { id: string; status: string }[] };
    const ours = tables.runs.filter((row) => row.workspace_id === ownerWorkspace);
    expect(runs.map(({ id, status }) => `${id} ${status}`).toSorted()).toEqual(
      ours.map(({ id, status }) => `${id} ${status}`).toSorted(),
    );
  });
});

describe("files of an earlier version", () => {
  it("are read whole: an archived log, large outputs, a mail that was kept", async () => {
    verifies("run:upgrade:stored-documents");
    const archived = stored["events.ndjson"];
    expect(parseArchive(archived, 0)).toEqual(
      archived
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
    const mail = JSON.parse(stored["mail.json"]);
    await testHost.files.putMail(
      { workspaceId: ownerWorkspace, workerId: "wrk_1", deliveryId: mail.id },
      stored["mail.json"],
    );
    expect(outboxMailSchema.array().parse(await ask("/api/outbox"))).toEqual([mail]);
  });

  it("of a mail in a younger form are refused with what to do, and a line of a kind that is not known is passed over", async () => {
    const younger = JSON.stringify({ ...JSON.parse(stored["mail.json"]), schema: 9 });
    expect(() => keptMailDocument.readText(younger)).toThrow(/kept mail is of version 9/);
    const line = '{"type":"teleport","seq":9,"timestamp":"2026-03-02T09:00:00.000Z"}\n';
    expect(parseArchive(stored["events.ndjson"] + line, 0)).toEqual(parseArchive(stored["events.ndjson"], 0));
  });
});

describe("rows of a version above ours", () => {
  it("are not shown as something they are not, and stay as they are", async () => {
    verifies("run:upgrade:newer-documents");
    await insertHooked();
    const younger = async (table: string, column: string) => {
      await env.DB.exec(`UPDATE ${table} SET ${column} = json_set(${column}, '$.schema', 9)`);
      return env.DB.prepare(`SELECT ${column} FROM ${table}`).all();
    };
    const before = [
      await younger("versions", "manifest"),
      await younger("triggers", "spec"),
      await younger("approvals", "request"),
    ];
    const paths = ["/api/workers", "/api/triggers", "/api/approvals"];
    const answers = await Promise.all(paths.map((path) => callApi("GET", path)));
    expect(answers.map(({ status }) => status)).toEqual([500, 500, 500]);
    const paused = await callApi("POST", "/api/workers/hooked/pause");
    expect(paused.status).toBe(500);
    const after = [
      await env.DB.prepare("SELECT manifest FROM versions").all(),
      await env.DB.prepare("SELECT spec FROM triggers").all(),
      await env.DB.prepare("SELECT request FROM approvals").all(),
    ];
    expect(after.map(({ results }) => results)).toEqual(before.map(({ results }) => results));
  });
});

import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { changedWorkerSchema, versionSummarySchema, workerDetailSchema } from "#contract/workers/worker";
import * as z from "zod";
import { callApi, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { verifies } from "../../test/verifies.ts";

const source = `schema_version: "0.3"
name: changes
title: Changes # shown in lists
description: Before.
version: "1.0.0"
exec:
  entry: run.py
  inputs:
    - { name: city, type: string, default: Rome }
trigger:
  type: manual
`;

async function create(): Promise<void> {
  const made = await callApi("POST", "/api/workers", { json: { worker_yml: source, run_py: "print(1)" } });
  expect(made.status).toBe(201);
}
const patch = (json: unknown, token?: string) =>
  callApi("PATCH", "/api/workers/changes", { json, ...(token === undefined ? {} : { token }) });
const read = async () =>
  workerDetailSchema.parse(await (await callApi("GET", "/api/workers/changes")).json());
const changed = async (json: unknown) => changedWorkerSchema.parse(await (await patch(json)).json());

it("a change is written into worker.yml, comments and all, as a version that can be rolled back", async () => {
  verifies("registry:change:as-a-version");
  await create();
  const worker = await changed({ name: "Renamed", description: null });
  expect(worker).toMatchObject({ name: "Renamed", version: 2, new_webhook_secret: null });
  expect(worker.manifest_yaml).toBe(
    source.replace("title: Changes", "title: Renamed").replace("description: Before.\n", ""),
  );
  expect(worker.run_py).toBe("print(1)");
  const [, first] = z
    .array(versionSummarySchema)
    .parse(await (await callApi("GET", "/api/workers/changes/versions")).json());
  expect((await callApi("POST", `/api/workers/changes/rollback/${first?.id ?? ""}`)).status).toBe(200);
  expect(await read()).toMatchObject({ name: "Changes", version: 1 });
});

it("what changes nothing makes no version", async () => {
  await create();
  expect(await changed({})).toMatchObject({ version: 1 });
  expect(await changed({ name: "Changes" })).toMatchObject({ version: 1 });
});

it("a schedule that is set is due, with the inputs it was given, and goes again", async () => {
  await create();
  const scheduled = await changed({
    trigger_type: "cron",
    cron_expr: "0 9 * * 1",
    cron_timezone: "Europe/Berlin",
    input_values: { city: "Bonn" },
  });
  expect(scheduled).toMatchObject({ trigger_type: "schedule", input_values: { city: "Bonn" } });
  expect(Date.parse(scheduled.next_run_at ?? "")).toBeGreaterThan(Date.now());
  expect(await changed({ trigger_type: "manual" })).toMatchObject({
    trigger_type: "manual",
    next_run_at: null,
  });
});

it("a webhook that is set has an address and a secret that is shown once; rotating gives another", async () => {
  await create();
  const first = await changed({ trigger_type: "webhook" });
  expect(first.webhook_url).toBe("http://floom.test/webhooks/changes");
  expect(first.new_webhook_secret).toMatch(/.{32,}/);
  expect(JSON.stringify(await read())).not.toContain(first.new_webhook_secret);
  const second = await changed({ webhook_secret_rotate: true });
  expect(second).toMatchObject({ version: 2 });
  expect(second.new_webhook_secret).not.toBe(first.new_webhook_secret);
});

it("what makes no good worker is refused like a push of it, and nothing is changed", async () => {
  await create();
  const refused = [
    [{ trigger_type: "schedule" }, "invalid_manifest"],
    [{ trigger_type: "schedule", cron_expr: "nonsense" }, "invalid_manifest"],
    [{ trigger_type: "schedule", cron_expr: "@daily", cron_timezone: "Mars/Base" }, "invalid_manifest"],
    [{ capabilities: { nonsense: true } }, "invalid_manifest"],
    [{ cron_expr: "@daily" }, "invalid_request"],
    [{ input_values: { city: "Bonn" } }, "invalid_request"],
    [{ visibility: "workspace" }, "invalid_request"],
    [{ name: null }, "invalid_request"],
    [{ webhook_secret_rotate: true }, "not_found"],
  ] as const;
  for (const [json, code] of refused)
    expect([json, problemSchema.parse(await (await patch(json)).json()).code]).toEqual([json, code]);
  expect(await read()).toMatchObject({ version: 1, manifest_yaml: source });
});

it("only whoever may change workers changes them, and nobody another workspace's", async () => {
  await create();
  expect((await patch({ name: "Mine" }, await strangerToken(["workers:read"]))).status).toBe(403);
  expect((await patch({ name: "Mine" }, await strangerToken())).status).toBe(404);
  expect(await read()).toMatchObject({ name: "Changes" });
});

it("whoever may only look is told that, and not where events are posted to", async () => {
  const token = await strangerToken();
  await callApi("POST", "/api/workers", { json: { worker_yml: source, run_py: "print(1)" }, token });
  await patch({ trigger_type: "webhook" }, token);
  const seen = async (asker: string) =>
    workerDetailSchema.parse(await (await callApi("GET", "/api/workers/changes", { token: asker })).json());
  expect((await seen(token)).webhook_url).toContain("/webhooks/changes");
  const reader = await seen(await strangerToken(["workers:read"]));
  expect(reader.webhook_url).toBe(null);
  expect(reader.permissions).toMatchObject({
    is_owner: false,
    can_view: true,
    can_edit: false,
    can_run: false,
  });
});

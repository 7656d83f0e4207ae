import { expect, it } from "vitest";
import { callApi, seedWorker, strangerToken } from "../../test/support/workerd/api-harness.ts";
import { openMcp } from "../../test/support/workerd/mcp-client.ts";
import { exportAll, importAll } from "../../test/support/workerd/move-calls.ts";
import { newestRunOf } from "../../test/support/workerd/mcp-runs.ts";
import { verifies } from "../../test/verifies.ts";

const yml = (name: string, alias?: string) => `schema_version: "0.3"
name: ${name}
title: Sends
version: 1.0.0
${alias === undefined ? "" : `mcp: { name: ${alias} }\n`}exec:
  entry: run.py
`;

async function deploy(name: string, alias?: string): Promise<{ status: number; text: string }> {
  const json = { worker_yml: yml(name, alias), run_py: "print(1)\n" };
  const answer = await callApi("POST", "/api/workers", { json });
  return { status: answer.status, text: await answer.text() };
}

async function namesOf(path = "/mcp"): Promise<string[]> {
  return (await (await openMcp({ path })).listTools()).tools.map(({ name }) => name);
}

it("a worker's tool is listed and called by the name that its worker.yml gives it, and by no other", async () => {
  expect((await deploy("mail-2026-final", "send_mail")).status).toBe(201);
  const names = await namesOf();
  expect([names.includes("send_mail"), names.includes("mail-2026-final")]).toEqual([true, false]);
  expect(await namesOf("/mcp/workers/mail-2026-final")).toEqual(["send_mail"]);
  expect(await namesOf("/mcp?workers=mail-2026-final")).toContain("send_mail");
  const client = await openMcp();
  const stop = new AbortController();
  const calling = client.callTool({ name: "send_mail", arguments: {} }, { signal: stop.signal });
  const left = calling.catch(() => "given up");
  await expect.poll(() => newestRunOf("mail-2026-final").catch(() => null)).toMatch(/^run_/);
  stop.abort();
  expect(await left).toBe("given up");
  await expect(client.callTool({ name: "mail-2026-final", arguments: {} })).rejects.toMatchObject({
    code: -32602,
  });
});

it("a name that is the platform's, another worker's or another's alias is refused, and both are named", async () => {
  verifies("mcp:alias:never-anothers");
  await seedWorker("invoices");
  expect((await deploy("first", "send_mail")).status).toBe(201);
  const refused = [
    await deploy("second", "send_mail"),
    await deploy("second", "invoices"),
    await deploy("second", "worker_list"),
  ];
  expect(refused.map(({ status }) => status)).toEqual([422, 422, 422]);
  for (const [at, other] of ["first", "invoices", "worker_list"].entries()) {
    expect(refused[at]?.text).toContain("second");
    expect(refused[at]?.text).toContain(other);
    expect(refused[at]?.text).toContain("/mcp/name");
  }
  expect((await deploy("third", "taken-name")).status).toBe(201);
  const late = await deploy("taken-name");
  expect([late.status, late.text.includes("third")]).toEqual([422, true]);
  expect((await deploy("bad", "a__b")).status).toBe(422);
  expect((await deploy("own-name", "own-name")).status).toBe(201);
});

it("a version that comes back does not take a name that another worker was given meanwhile", async () => {
  expect((await deploy("older", "send_mail")).status).toBe(201);
  const json = { worker_yml: yml("older"), run_py: "print(2)\n" };
  expect((await callApi("PUT", "/api/workers/older", { json })).status).toBeLessThan(300);
  expect((await deploy("newer", "send_mail")).status).toBe(201);
  const back = await callApi("POST", "/api/workers/older/versions/1/activate", { json: {} });
  const said = await back.text();
  expect([back.status, said.includes("newer"), said.includes("older")]).toEqual([422, true, true]);
});

it("of two pushes that take one name at the same moment one is refused, by the name of the other", async () => {
  verifies("mcp:alias:one-of-two");
  const names = ["left", "right", "upper", "lower"];
  const answers = await Promise.all(names.map((name) => deploy(name, "send_mail")));
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 422, 422, 422]);
  const winner = names[answers.findIndex(({ status }) => status === 201)] ?? "";
  for (const { status, text } of answers) if (status === 422) expect(text).toContain(winner);
  const found = names.map(async (name) => (await callApi("GET", `/api/workers/${name}`)).status);
  expect(await Promise.all(found)).toEqual(names.map((name) => (name === winner ? 200 : 404)));
  const others = names.filter((name) => name !== winner);
  for (const name of others) expect((await deploy(name)).status).toBe(201);
  const later = await Promise.all(
    others.map(async (name) => {
      const json = { worker_yml: yml(name, "second_name"), run_py: "print(3)\n" };
      return (await callApi("PUT", `/api/workers/${name}`, { json })).status;
    }),
  );
  expect(later.toSorted((a, b) => a - b)).toEqual([200, 422, 422]);
});

it("a version that is let in later, and one that comes with an archive, take no name that another worker has", async () => {
  verifies("mcp:alias:never-anothers");
  expect((await deploy("held")).status).toBe(201);
  const json = { worker_yml: yml("held", "send_mail"), run_py: "print(2)\n" };
  expect((await callApi("PUT", "/api/workers/held?quarantine=true", { json })).status).toBe(200);
  expect((await deploy("quick", "send_mail")).status).toBe(201);
  const promoted = await callApi("POST", "/api/workers/held/versions/2/promote", { json: {} });
  expect([promoted.status, (await promoted.text()).includes("quick")]).toEqual([422, true]);
  const archive = await exportAll();
  const token = await strangerToken();
  const other = { worker_yml: yml("other", "send_mail"), run_py: "print(1)\n" };
  expect((await callApi("POST", "/api/workers", { json: other, token })).status).toBe(201);
  for (const query of [{ dry_run: "true" }, {}]) {
    const version = (await importAll(archive, token, query)).find(({ name }) => name === "quick version 1");
    expect([version?.outcome, version?.detail?.includes("other")]).toEqual(["refused", true]);
  }
});

import { expect, it } from "vitest";
import { callApi, seedWorker } from "../../test/support/workerd/api-harness.ts";
import { openMcp } from "../../test/support/workerd/mcp-client.ts";
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

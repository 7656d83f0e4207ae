import { afterEach, expect, it } from "vitest";
import { serviceAccountIdSchema, tokenIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";
import { readDays } from "./read-days.ts";

let edge: FakeEdge | undefined;
afterEach(async () => {
  await edge?.close();
  edge = undefined;
});

const id = tokenIdSchema.parse(`tok_${"0".repeat(25)}1`);
const token = `flm_pat_${"b".repeat(38)}`;
const summary = {
  id,
  kind: "personal" as const,
  name: "deploy",
  service_account: null,
  scopes: ["runs:read" as const],
  created_at: "2026-01-01T00:00:00.000Z",
  created_by: "tok_x",
  expires_at: "2026-04-01T00:00:00.000Z",
  last_used_at: null,
  current: false,
};
const service = {
  id: serviceAccountIdSchema.parse(`svc_${"0".repeat(26)}`),
  name: "ci",
  role: "editor" as const,
  created_at: "2026-01-01T00:00:00.000Z",
  created_by: "tok_x",
  tokens: 0,
};

async function openEdge(): Promise<FakeEdge> {
  edge = await startFakeEdge({
    createToken: () => ({ ...summary, token }),
    rotateToken: () => ({ ...summary, token }),
    listTokens: () => [summary],
    deleteToken: () => undefined,
    createServiceAccount: () => service,
    listServiceAccounts: () => [service],
    deleteServiceAccount: () => undefined,
  });
  return edge;
}

it("prints a new token alone on standard output, and says the rest beside it", async () => {
  verifies("cli:tokens:printed-once");
  const open = await openEdge();
  const argv = [
    "tokens",
    "create",
    "--name",
    "deploy",
    "--scopes",
    "runs:read, workers:write",
    "--expires",
    "12w",
  ];
  const { exitCode, stdout, stderr } = await callCli(argv, { edge: open });
  expect([exitCode, stdout]).toEqual([0, `${token}\n`]);
  expect(stderr).toContain("shown this once");
  expect(stderr).not.toContain(token);
  expect(open.requests[0]?.json()).toEqual({
    name: "deploy",
    scopes: ["runs:read", "workers:write"],
    expires_in_days: 84,
  });
  const inJson = await callCli(["tokens", "rotate", id, "--json"], { edge: open });
  expect(JSON.parse(inJson.stdout)).toEqual({ ...summary, token });
  expect(inJson.stderr).toBe("");
});

it("lists tokens by what they may and when they end", async () => {
  const { stdout } = await callCli(["tokens", "list"], { edge: await openEdge() });
  for (const text of [id, "deploy", "personal", "runs:read", "2026-04-01"]) expect(stdout).toContain(text);
});

it("revokes by an id, and sends nothing that may be the token itself", async () => {
  verifies("cli:tokens:printed-once");
  const open = await openEdge();
  expect(await callCli(["tokens", "revoke", id], { edge: open })).toMatchObject({
    exitCode: 0,
    stdout: `Revoked ${id}.\n`,
  });
  for (const argv of [
    ["revoke", token],
    ["rotate", token],
    ["revoke", id, token],
    ["create", token],
  ]) {
    const { exitCode, stdout, stderr } = await callCli(["tokens", ...argv], { edge: open });
    expect(exitCode).toBe(2);
    expect(stdout + stderr).not.toContain(token);
  }
  expect(open.requests).toHaveLength(1);
});

it("a lifetime is days, weeks or a year, and no more than a token may live", () => {
  expect(["1d", "90d", "90", "12w", "1y", "366d"].map(readDays)).toEqual([1, 90, 90, 84, 365, 366]);
  for (const text of ["0d", "367d", "2y", "53w", "never", "", "-1d", "1.5d", "1m"])
    expect(() => readDays(text)).toThrow(/cannot live/);
});

it("service accounts are made with a role, and deleted only after a yes", async () => {
  const open = await openEdge();
  expect(
    (await callCli(["service-accounts", "create", "ci", "--role", "editor"], { edge: open })).stdout,
  ).toBe("Made ci, editor.\n");
  expect(
    (await callCli(["service-accounts", "create", "ci", "--role", "owner"], { edge: open })).exitCode,
  ).toBe(2);
  expect((await callCli(["service-accounts", "list"], { edge: open })).stdout).toContain("editor");
  expect((await callCli(["service-accounts", "delete", "ci"], { edge: open })).exitCode).toBe(2);
  expect((await callCli(["service-accounts", "delete", "ci"], { edge: open, reply: "n" })).stderr).toContain(
    "Nothing was deleted",
  );
  expect((await callCli(["service-accounts", "delete", "ci", "-y"], { edge: open })).stdout).toBe(
    "Deleted ci.\n",
  );
});

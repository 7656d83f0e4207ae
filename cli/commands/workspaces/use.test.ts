import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { WorkspaceSummary } from "#contract/members/member";
import { tokenIdSchema, workspaceIdSchema } from "#contract/ids";
import type { Server } from "../../servers.ts";
import { writeServers } from "../../servers.ts";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

const at = "2026-03-02T09:00:00.000Z";
const numbered = (digit: string) => workspaceIdSchema.parse(`wsp_${digit.repeat(26)}`);
const workspace = (digit: string, name: string): WorkspaceSummary => ({
  id: numbered(digit),
  name,
  role: "editor",
  current: digit === "0",
  created_at: at,
});
const madeToken = "the-token-of-the-other-workspace";

let edge: FakeEdge;
let dir: string;
let keptIsGood = true;
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "floom-workspaces-"));
  keptIsGood = true;
  edge = await startFakeEdge({
    listWorkspaces: () => [workspace("0", "Ours"), workspace("1", "Data team"), workspace("2", "Ours")],
    createWorkspaceToken: () => ({
      id: tokenIdSchema.parse(`tok_${"0".repeat(26)}`),
      kind: "personal",
      name: "terminal",
      service_account: null,
      scopes: ["runs:read"],
      created_at: at,
      created_by: null,
      expires_at: "2026-04-01T00:00:00.000Z",
      last_used_at: null,
      current: false,
      token: madeToken,
    }),
    getWorkspaceInfo: () => {
      if (!keptIsGood) throw new FakeProblem("unauthenticated", "no");
      return {
        workspace_id: numbered("1"),
        workspace_name: "Data team",
        principal: { kind: "token", scopes: [] },
      };
    },
  });
});
afterEach(async () => {
  await edge.close();
  rmSync(dir, { recursive: true });
});

const host = () => ({ env: { XDG_CONFIG_HOME: dir }, homeDir: dir });
const signIn = (change: Partial<Server> = {}): Server => ({
  name: "work",
  api_url: edge.origin,
  token: edge.token,
  workspace_id: numbered("0"),
  workspace_name: "Ours",
  expires_at: null,
  ...change,
});
const call = (...argv: string[]) =>
  callCli(argv, { env: { FLOOM_HOME: "", XDG_CONFIG_HOME: dir }, cwd: dir });
const file = () => join(dir, "floom", "config.json");
const kept = () => JSON.parse(readFileSync(file(), "utf8")) as { current: string | null; servers: Server[] };
const asked = () => edge.requests.filter(({ routeId }) => routeId === "createWorkspaceToken");

it("another workspace is used by its name or its id: its token is got once, kept beside the first, and never shown", async () => {
  verifies("cli:workspaces:use");
  writeServers(host(), { current: "work", servers: [signIn()] });
  const { exitCode, stdout, stderr } = await call("workspaces", "use", "Data team");
  expect([exitCode, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("Data team is used");
  expect(stdout).not.toContain(madeToken);
  expect(asked().map(({ params }) => params)).toEqual([{ workspace: numbered("1") }]);
  const name = new URL(edge.origin).host;
  expect(kept()).toMatchObject({
    current: name,
    servers: [
      { name: "work", token: edge.token },
      { name, token: madeToken, workspace_id: numbered("1"), expires_at: "2026-04-01T00:00:00.000Z" },
    ],
  });
  expect(statSync(file()).mode & 0o777).toBe(0o600);

  // The edge of this test takes one token alone, so that the one that is kept is the same.
  const data = signIn({ name: "data", workspace_id: numbered("1") });
  writeServers(host(), { current: "work", servers: [signIn(), data] });
  const again = await call("workspaces", "use", numbered("1"), "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ workspace_id: numbered("1"), server: "data" });
  expect(kept().current).toBe("data");
  expect(asked()).toHaveLength(1);
});

it("a token that is kept and good no more is got anew, in its place", async () => {
  verifies("cli:workspaces:use");
  const old = signIn({ name: "data", token: "an-old-token", workspace_id: numbered("1") });
  writeServers(host(), { current: "work", servers: [signIn(), old] });
  keptIsGood = false;
  expect((await call("workspaces", "use", "Data team")).exitCode).toBe(0);
  expect(kept()).toMatchObject({
    current: "data",
    servers: [{ name: "work" }, { name: "data", token: madeToken }],
  });
});

it("the one in use is used on, and a name that several or none have changes nothing", async () => {
  verifies("cli:workspaces:use");
  writeServers(host(), { current: "work", servers: [signIn()] });
  expect((await call("workspaces", "use", numbered("0"))).exitCode).toBe(0);
  const several = await call("workspaces", "use", "Ours");
  expect(several).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(numbered("2")) });
  const none = await call("workspaces", "use", "Theirs");
  expect(none.exitCode).not.toBe(0);
  expect(none.stderr).toContain("Data team");
  expect(asked()).toEqual([]);
  expect(kept()).toMatchObject({ current: "work", servers: [{ name: "work" }] });
});

it("a token of the environment is not put aside: it says to sign in", async () => {
  const env = { FLOOM_HOME: "", XDG_CONFIG_HOME: dir, FLOOM_API_URL: edge.origin, FLOOM_TOKEN: edge.token };
  const refused = await callCli(["workspaces", "use", "Data team"], { env, cwd: dir });
  expect(refused).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("FLOOM_TOKEN") });
  expect(edge.requests).toEqual([]);
});

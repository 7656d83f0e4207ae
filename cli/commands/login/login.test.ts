import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { tokenIdSchema, workspaceIdSchema } from "#contract/ids";
import { callCli } from "../../../test/support/cli-host.ts";
import type { CliCallOptions } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge, FakeHandler } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

const workspace = workspaceIdSchema.parse(`wsp_${"0".repeat(26)}`);
const tokenId = tokenIdSchema.parse(`tok_${"0".repeat(26)}`);
let edge: FakeEdge;
let dir: string;
let polls: (() => unknown)[];

const approved = () => ({
  status: "approved",
  api_secret: edge.token,
  api_base: edge.origin,
  token_id: tokenId,
  workspace_id: workspace,
  scopes: ["runs:read"],
  expires_at: "2026-04-01T00:00:00.000Z",
});
const pending = () => ({ status: "pending", polling_interval_seconds: 2 });
const refuse = (code: ConstructorParameters<typeof FakeProblem>[0]) => () => {
  throw new FakeProblem(code, "no");
};
const startDevice: FakeHandler = () => ({
  device_code: "the-long-code",
  user_code: "BCDF-GHJK",
  verification_url: `${edge.origin}/cli-auth`,
  verification_url_complete: `${edge.origin}/cli-auth#user_code=BCDF-GHJK`,
  polling_interval_seconds: 2,
  expires_in_seconds: 600,
});

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), "floom-login-"));
  polls = [];
  edge = await startFakeEdge({
    startDevice,
    pollDevice: () => (polls.shift() ?? approved)(),
    getWorkspaceInfo: () => ({
      workspace_id: workspace,
      workspace_name: "acme",
      principal: { kind: "token", scopes: ["runs:read"] },
    }),
    deleteToken: () => undefined,
  });
});
afterEach(async () => {
  await edge.close();
  rmSync(dir, { recursive: true });
});

const call = (argv: string[], options: CliCallOptions = {}) =>
  callCli(argv, { ...options, env: { FLOOM_HOME: "", XDG_CONFIG_HOME: dir, ...options.env }, cwd: dir });
const file = () => join(dir, "floom", "config.json");
const kept = () =>
  JSON.parse(readFileSync(file(), "utf8")) as {
    current: string | null;
    servers: { name: string; token: string }[];
  };
const nameOf = () => new URL(edge.origin).host;

describe("floom login", () => {
  it("shows where a person decides, waits for them, and keeps the token without showing it", async () => {
    verifies("cli:login:device", "cli:login:token-never-shown", "cli:servers:kept-privately");
    polls = [pending, refuse("slow_down"), pending];
    const { exitCode, stdout, stderr } = await call(["login", "--server", edge.origin]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`${edge.origin}/cli-auth#user_code=BCDF-GHJK`);
    expect(stderr).toContain("BCDF-GHJK");
    expect(stderr).toContain("Approve only if the page shows this very code");
    expect(stdout).toContain("workspace acme");
    for (const secret of [edge.token, "the-long-code"]) expect(stdout + stderr).not.toContain(secret);
    expect(kept()).toMatchObject({ current: nameOf(), servers: [{ name: nameOf(), token: edge.token }] });
    expect(statSync(file()).mode & 0o777).toBe(0o600);
    // The long code goes where no log of addresses keeps it.
    expect(edge.requests.map(({ routeId }) => routeId)).not.toContain("pollDeviceByAddress");
    const who = await call(["whoami", "--json"]);
    expect(JSON.parse(who.stdout)).toMatchObject({ workspace_name: "acme", api_url: edge.origin });
    expect(who.stdout + who.stderr).not.toContain(edge.token);
  });

  it("with --json prints one document, and still shows where a person decides", async () => {
    verifies("cli:login:device");
    const { stdout, stderr } = await call(["login", "--server", edge.origin, "--json", "--name", "work"]);
    expect(JSON.parse(stdout)).toMatchObject({
      server: "work",
      workspace_id: workspace,
      expires_at: approved().expires_at,
    });
    expect(stderr).toContain("BCDF-GHJK");
    expect(stdout + stderr).not.toContain(edge.token);
  });

  it("asks for the scopes that were named", async () => {
    await call(["login", "--server", edge.origin, "--scopes", "runs:read,workers:read"]);
    expect(edge.requests[0]?.json()).toMatchObject({ scopes: ["runs:read", "workers:read"] });
    const wrong = await call(["login", "--server", edge.origin, "--scopes", "all"]);
    expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("There is no scope all") });
  });

  it("says when a person denied it, and when nobody came in time, and keeps nothing", async () => {
    verifies("cli:login:device");
    polls = [refuse("device_denied")];
    expect(await call(["login", "--server", edge.origin])).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("denied"),
    });
    for (const code of ["not_found", "device_consumed"] as const) {
      polls = [pending, refuse(code)];
      expect(await call(["login", "--server", edge.origin])).toMatchObject({
        exitCode: 3,
        stderr: expect.stringContaining("floom login"),
      });
    }
    expect(() => kept()).toThrow();
  });

  it("takes a token from standard input and from nowhere else", async () => {
    verifies("cli:login:token-never-shown");
    const taken = await call(["login", "--server", edge.origin, "--token", "-"], {
      stdin: `${edge.token}\n`,
    });
    expect(taken.exitCode).toBe(0);
    expect(kept().servers[0]?.token).toBe(edge.token);
    const secret = "flm_pat_1234567890";
    for (const argv of [
      ["--token", secret],
      [`--token=${secret}`],
      [secret],
      ["--tokn", secret],
      ["--token", "-", secret],
    ]) {
      const { exitCode, stdout, stderr } = await call(["login", "--server", edge.origin, ...argv]);
      expect(exitCode).toBe(2);
      expect(stdout + stderr).not.toContain(secret);
    }
  });

  it("refuses a token that was cut, before it is sent anywhere", async () => {
    const cut = `flm_pat_${"a".repeat(38)}`;
    const { exitCode, stderr } = await call(["login", "--server", edge.origin, "--token", "-"], {
      stdin: cut,
    });
    expect([exitCode, edge.requests.length]).toEqual([2, 0]);
    expect(stderr).not.toContain(cut);
  });

  it("sends no token over a network without TLS", async () => {
    verifies("cli:login:token-never-shown");
    const { exitCode, stderr } = await call(["login", "--server", "http://floom.example", "--token", "-"], {
      stdin: edge.token,
    });
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining("https://floom.example")]);
  });

  it("a token that the server does not know is not kept", async () => {
    const { exitCode } = await call(["login", "--server", edge.origin, "--token", "-"], { stdin: "another" });
    expect(exitCode).toBe(3);
    expect(() => kept()).toThrow();
  });
});

describe("floom servers and floom logout", () => {
  it("several sign-ins are kept, and one of them is used", async () => {
    verifies("cli:servers:several");
    await call(["login", "--server", edge.origin, "--name", "one"]);
    await call(["login", "--server", edge.origin, "--name", "two"]);
    const listed = await call(["servers", "list", "--json"]);
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { name: "one", current: false },
      { name: "two", current: true },
    ]);
    expect(listed.stdout).not.toContain(edge.token);
    expect(await call(["servers", "use", "one"])).toMatchObject({ exitCode: 0 });
    expect(kept().current).toBe("one");
    expect(await call(["servers", "use", "three"])).toMatchObject({ exitCode: 4 });
    expect(JSON.parse((await call(["servers", "use", "local", "--json"])).stdout)).toEqual({ current: null });
  });

  it("signing out revokes the token at its server and forgets it here", async () => {
    verifies("cli:logout:revokes");
    await call(["login", "--server", edge.origin, "--name", "one"]);
    await call(["login", "--server", edge.origin, "--name", "two"]);
    const { stdout, exitCode } = await call(["logout", "--json"]);
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      [{ server: "two", api_url: edge.origin, token: "revoked" }],
    ]);
    const revoking = edge.requests.find(({ routeId }) => routeId === "deleteToken");
    expect([revoking?.params, revoking?.headers.authorization]).toEqual([
      { token: "current" },
      `Bearer ${edge.token}`,
    ]);
    expect(kept()).toMatchObject({ current: null, servers: [{ name: "one" }] });
    expect((await call(["logout"])).exitCode).toBe(2);
    expect((await call(["logout", "--all"])).exitCode).toBe(0);
    expect(kept().servers).toEqual([]);
  });

  it("a token that could not be revoked is forgotten all the same, and that is said", async () => {
    verifies("cli:logout:revokes");
    await call(["login", "--server", edge.origin, "--name", "one"]);
    const { origin } = edge;
    await edge.close();
    const { exitCode, stderr } = await call(["logout"]);
    expect([exitCode, stderr]).toEqual([6, expect.stringContaining("did not answer")]);
    expect(kept().servers).toEqual([]);
    edge = await startFakeEdge({});
    expect(edge.origin).not.toBe(origin);
  });
});

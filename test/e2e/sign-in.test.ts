import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { routes } from "#contract/routes";
import { isTokenForm } from "#contract/tokens/format";
import { verifies } from "../verifies.ts";
import { connect } from "./story.ts";

// The CLI on a machine that knows nothing of this Floom: no home of it, no token, only its address.

const rootDir = resolve(import.meta.dirname, "..", "..");
const program = join(rootDir, "cli", "bin", "floom.mjs");
const floom = inject("floom");
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "floom-sign-in-"));
});
afterAll(() => rmSync(dir, { recursive: true }));

const file = () => join(dir, "config", "floom", "config.json");
interface Kept {
  current: string | null;
  servers: { name: string; token: string; api_url: string }[];
}
const kept = (): Kept => JSON.parse(readFileSync(file(), "utf8")) as Kept;

function start(argv: string[], stdin = "") {
  const { FLOOM_HOME: _home, FLOOM_API_URL: _url, FLOOM_TOKEN: _token, ...others } = process.env;
  const env = { ...others, XDG_CONFIG_HOME: join(dir, "config"), NO_COLOR: "1" };
  const child = spawn("node", [program, ...argv], { cwd: dir, env });
  child.stdin.end(stdin);
  return child;
}

async function call(argv: string[], stdin = ""): Promise<{ status: number; stdout: string; stderr: string }> {
  const child = start(argv, stdin);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { status: Number(status), stdout, stderr };
}

it("a terminal is let in by a person, runs a worker, makes a token for CI, and is signed out", async () => {
  verifies(
    "cli:login:device",
    "cli:login:token-never-shown",
    "cli:logout:revokes",
    "cli:servers:kept-privately",
  );
  const person = connect(floom);
  const signingIn = start(["login", "--server", floom.url, "--json"]);
  const ended = once(signingIn, "exit");
  let said = "";
  signingIn.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
  const printed = text(signingIn.stdout);
  await expect.poll(() => said).toMatch(/Code +[A-Z]{4}-[A-Z]{4}/);
  const user_code = /[A-Z]{4}-[A-Z]{4}/.exec(said)?.[0] ?? "";
  const waiting = await person.call(routes.lookUpDevice, { json: { user_code } });
  expect(waiting).toMatchObject({
    client_name: expect.stringMatching(/^floom-cli on /),
    address: "127.0.0.1",
  });
  await person.call(routes.approveDevice, { json: { user_code } });
  const [status] = await ended;
  const token = kept().servers[0]?.token ?? "";
  expect([status, isTokenForm(token), statSync(file()).mode & 0o777]).toEqual([0, true, 0o600]);
  const shown = (await printed) + said;
  expect(JSON.parse(await printed)).toMatchObject({ api_url: floom.url, workspace_name: "default" });

  const who = await call(["whoami", "--json"]);
  expect(JSON.parse(who.stdout)).toMatchObject({ api_url: floom.url });
  const run = await call(["run", "hello-worker", "--input", "name=Ada", "--json"]);
  expect(JSON.parse(run.stdout)).toMatchObject({ status: "completed", outputs: { greeting: "Hello, Ada!" } });

  const made = await call([
    "tokens",
    "create",
    "--name",
    "ci",
    "--scopes",
    "runs:read",
    "--expires",
    "1d",
    "--json",
  ]);
  const ci = JSON.parse(made.stdout) as { id: string; token: string };
  const other = await call(["login", "--server", floom.url, "--token", "-", "--name", "ci"], ci.token);
  expect(other).toMatchObject({ status: 0 });
  expect((await call(["runs", "list"])).status).toBe(0);
  expect((await call(["run", "hello-worker", "--input", "name=Ada"])).status).toBe(3);
  const listed = await call(["servers", "list", "--json"]);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ current: false }, { name: "ci", current: true }]);
  for (const { stdout, stderr } of [who, run, other, listed, { stdout: shown, stderr: "" }])
    for (const secret of [token, ci.token]) expect(stdout + stderr).not.toContain(secret);

  const out = await call(["logout", "--all", "--json"]);
  expect(JSON.parse(out.stdout)).toMatchObject([{ token: "revoked" }, { token: "revoked" }]);
  expect(kept().servers).toEqual([]);
  for (const bearer of [token, ci.token]) {
    const refused = await fetch(`${floom.url}/api/runs`, { headers: { authorization: `Bearer ${bearer}` } });
    expect(refused.status).toBe(401);
  }
  for (const secret of [token, ci.token, user_code]) expect(floom.lines.join("\n")).not.toContain(secret);
});

it("a terminal that a person turns away is told so, and gets nothing", async () => {
  verifies("cli:login:device");
  const signingIn = start(["login", "--server", floom.url]);
  const ended = once(signingIn, "exit");
  let said = "";
  signingIn.stderr.setEncoding("utf8").on("data", (part: string) => (said += part));
  await expect.poll(() => said).toMatch(/Code +[A-Z]{4}-[A-Z]{4}/);
  await connect(floom).call(routes.denyDevice, {
    json: { user_code: /[A-Z]{4}-[A-Z]{4}/.exec(said)?.[0] ?? "" },
  });
  expect(await ended).toEqual([3, null]);
  expect(kept().servers).toEqual([]);
});

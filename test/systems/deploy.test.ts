import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DeployStopped } from "../../scripts/deploy/deployment.ts";
import type { DeployDeps } from "../../scripts/deploy/deployment.ts";
import { keyringFile } from "../../scripts/deploy/keys.ts";
import { retireKey, rotateKey } from "../../scripts/deploy/rotate-key.ts";
import { runDeployment } from "../../scripts/deploy/run-deployment.ts";
import { openWrangler } from "../../scripts/deploy/wrangler.ts";
import { buildAll } from "../../scripts/build/build-all.ts";
import { fakeToken, startFakeCloudflare } from "../support/cloudflare-api.ts";
import type { FakeCloudflare } from "../support/cloudflare-api.ts";
import { verifies } from "../verifies.ts";

let cloud: FakeCloudflare;
let homeDir: string;
/** What the new edge answers to the question whether it is well. */
let health: () => Response;
const told: string[] = [];
const printed: string[] = [];

const well = () => Response.json({ status: "ok", version: "1", time: "2026-01-01T00:00:00Z", checks: {} });

beforeAll(async () => {
  await buildAll(() => {});
  cloud = await startFakeCloudflare();
  homeDir = mkdtempSync(join(tmpdir(), "floom-deploy-test-"));
  health = well;
});

afterAll(async () => {
  await cloud.close();
  rmSync(homeDir, { recursive: true, force: true });
});

/** The real wrangler, signed in to the fake; the edge that it uploads is not run. */
function open(change: Partial<DeployDeps> = {}, more: NodeJS.ProcessEnv = {}): DeployDeps {
  const environment: NodeJS.ProcessEnv = {
    PATH: process.env["PATH"],
    HOME: homeDir,
    CLOUDFLARE_API_BASE_URL: cloud.url,
    CLOUDFLARE_API_TOKEN: fakeToken,
    E2B_API_KEY: "e2b_0123456789abcdef",
    ...more,
  };
  return {
    wrangler: openWrangler(environment),
    ask: null,
    fetch: async (input, init) => {
      const url = input instanceof Request ? input.url : String(input);
      if (url.startsWith(cloud.url)) return fetch(input, init);
      return url.endsWith("/rewrap") ? rewrap(url) : health();
    },
    environment,
    tell: (line) => told.push(line),
    print: (line) => printed.push(line),
    sleep: async () => {},
    ...change,
  };
}

/** As the edge does it: by the master key that the script has first. */
function rewrap(_url: string): Response {
  const current = /^[^:]+/.exec(
    cloud.state.scripts.get("floom")?.secrets.get("FLOOM_MASTER_KEYS") ?? "",
  )?.[0];
  return Response.json({ master_key_id: current, rewrapped: 3, left: 0 });
}

const deploy = (deps = open()) =>
  runDeployment(deps, { name: "floom", domain: undefined, homeDir, build: async () => {} });

const secrets = () => Object.fromEntries(cloud.state.scripts.get("floom")?.secrets ?? []);

/** Not a status that wrangler asks again for: that would be a test of its patience. */
const failing = (pattern: RegExp, status = 400) =>
  cloud.fail((asked) =>
    pattern.test(asked) ? { status, code: 10_000, message: "It is out of order." } : null,
  );

/** The steps in the order in which they are taken, each with what the next try must find as it was left. */
const steps: readonly (readonly [step: string, asked: RegExp, said: RegExp])[] = [
  ["signing in", /GET \/(?:accounts|memberships|user)$/, /who you are|Nobody is signed in/],
  ["listing secrets", /GET .*\/secrets$/, /secrets cannot be listed/],
  ["listing databases", /GET .*\/d1\/database$/, /databases cannot be listed/],
  ["making the database", /POST .*\/d1\/database$/, /database floom could not be made/],
  ["listing buckets", /GET .*\/r2\/buckets$/, /buckets cannot be listed/],
  ["making the bucket", /POST .*\/r2\/buckets$/, /bucket floom-files could not be made/],
  ["migrating", /POST .*\/query$/, /migration of the database failed/],
  ["uploading", /PUT .*\/scripts\/floom$/, /could not be uploaded/],
];

test.each(steps)(
  "a first deployment whose %s fails says what to do, and leaves nothing half made",
  async (...[, asked, said]) => {
    verifies("deploy:command:goes-on-after-any-failure");
    failing(asked);
    const stopped = await deploy().catch((error: unknown) => error);
    expect(stopped).toBeInstanceOf(DeployStopped);
    expect(stopped).toHaveProperty("message", expect.stringMatching(said));
    expect(stopped).toHaveProperty("advice", expect.stringMatching(/\.$/));
    expect(cloud.state.scripts.size).toBe(0);
    expect(printed).toEqual([]);
  },
);

test("the same command then goes on: everything is made once, and the token shown once", async () => {
  verifies("deploy:command:goes-on-after-any-failure");
  cloud.fail(null);
  await deploy();
  expect([...cloud.state.databases.values()].map(({ name }) => name)).toEqual(["floom"]);
  expect([...cloud.state.buckets]).toEqual(["floom-files"]);
  const script = cloud.state.scripts.get("floom");
  expect(script?.versions).toHaveLength(1);
  expect(script?.vars.get("FLOOM_PUBLIC_URL")).toBe("https://floom.acme.workers.dev");
  const { FLOOM_OWNER_TOKEN, FLOOM_SIGNING_KEY, FLOOM_MASTER_KEYS, E2B_API_KEY } = secrets();
  expect(FLOOM_OWNER_TOKEN).toMatch(/^flm_.{40}/);
  expect(FLOOM_SIGNING_KEY?.length).toBeGreaterThanOrEqual(32);
  expect(FLOOM_MASTER_KEYS).toMatch(/^k1:.{43}=$/);
  expect(E2B_API_KEY).toBe("e2b_0123456789abcdef");
  expect(printed).toEqual([FLOOM_OWNER_TOKEN, "https://floom.acme.workers.dev"]);
  const file = keyringFile(homeDir, "acc0000000000000000000000000000", "floom");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, "utf8")).toContain(FLOOM_OWNER_TOKEN);
});

test("run again it upgrades: migrations before the script, nothing made twice, no key changed, no token shown", async () => {
  verifies("deploy:command:upgrades");
  const before = secrets();
  const from = cloud.asked.length;
  printed.length = 0;
  await deploy(open({}, { E2B_API_KEY: "" }));
  const asked = cloud.asked.slice(from);
  expect(secrets()).toEqual(before);
  expect(cloud.state.scripts.get("floom")?.versions).toHaveLength(2);
  expect(asked.filter((line) => /^POST .*(?:d1\/database|r2\/buckets)$/.test(line))).toEqual([]);
  const migrated = asked.findLastIndex((line) => line.endsWith("/query"));
  expect(migrated).toBeGreaterThan(-1);
  expect(asked.findIndex((line) => line.startsWith("PUT "))).toBeGreaterThan(migrated);
  expect(printed).toEqual(["https://floom.acme.workers.dev"]);
});

test("an edge that does not become well is said to be so, with the way back to the version before", async () => {
  verifies("deploy:command:way-back");
  const serving = cloud.state.scripts.get("floom")?.versions.at(-1) ?? "";
  health = () => Response.json({ status: "degraded", version: "1", time: "", checks: {} });
  const stopped = await deploy().catch((error: unknown) => error);
  expect(stopped).toHaveProperty("message", expect.stringContaining("is degraded"));
  expect(stopped).toHaveProperty("advice", expect.stringContaining(`wrangler rollback ${serving}`));
  health = well;
});

const rotation = () => ({
  name: "floom",
  accountId: "acc0000000000000000000000000000",
  publicUrl: "https://floom.acme.workers.dev",
  homeDir,
});

test("keys rotate with an overlap: the new one first, the old one until it is retired or nothing needs it", async () => {
  verifies("deploy:keys:rotate-with-overlap");
  const before = secrets();
  failing(/PUT .*\/secrets$/);
  const stopped = await rotateKey(open(), "signing-key", rotation()).catch((error: unknown) => error);
  expect(stopped).toHaveProperty("advice", expect.stringContaining("The old one is still in use"));
  cloud.fail(null);
  expect(secrets()).toEqual(before);

  await rotateKey(open(), "signing-key", rotation());
  const [first = "", second] = (secrets()["FLOOM_SIGNING_KEY"] ?? "").split(",");
  expect(first.length).toBeGreaterThanOrEqual(32);
  expect(second).toBe(before["FLOOM_SIGNING_KEY"]);
  await retireKey(open(), "signing-key", rotation());
  expect(secrets()["FLOOM_SIGNING_KEY"]).toBe(first);

  await rotateKey(open(), "master-key", rotation());
  expect(secrets()["FLOOM_MASTER_KEYS"]).toMatch(/^k2:[^,]+$/);
});

test("what nobody can know is asked for by name where nobody sits before the terminal", async () => {
  const without = (more: NodeJS.ProcessEnv) => deploy(open({}, more)).catch((error: unknown) => error);
  cloud.state.accounts.push({ id: "acc1111111111111111111111111111", name: "Other" });
  expect(await without({})).toHaveProperty("advice", expect.stringContaining("CLOUDFLARE_ACCOUNT_ID"));
  expect(await without({ CLOUDFLARE_ACCOUNT_ID: "none" })).toHaveProperty(
    "message",
    expect.stringContaining("none of your accounts"),
  );
  cloud.state.accounts.pop();
  cloud.state.subdomain = null;
  expect(await without({})).toHaveProperty("advice", expect.stringContaining("--domain"));
  cloud.state.subdomain = "acme";
  cloud.state.scripts.get("floom")?.secrets.delete("E2B_API_KEY");
  expect(await without({ E2B_API_KEY: "" })).toHaveProperty("advice", expect.stringContaining("E2B_API_KEY"));
});

import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifies } from "../test/verifies.ts";
import { findConnection, isLoopback } from "./config.ts";
import type { Connection } from "./config.ts";
import type { Host } from "./host.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-config-"));
});
afterEach(async () => rm(dir, { recursive: true }));

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), text, { mode: 0o600 });
}

const me = process.getuid?.() ?? 0;

function find(env: Record<string, string> = {}, cwd = dir, uid = me): Connection {
  const host: Pick<Host, "env" | "cwd" | "homeDir" | "uid"> = { env, cwd, homeDir: join(dir, "person"), uid };
  return findConnection(host, join(dir, "checkout"));
}

it("takes the environment before everything else", async () => {
  verifies("cli:config:finds-server-and-token");
  await write(".floom/token", "home-token");
  const found = find({ FLOOM_API_URL: "https://floom.example/", FLOOM_TOKEN: "env-token" });
  expect(found).toMatchObject({
    origin: "https://floom.example",
    token: "env-token",
    tokenSource: "FLOOM_TOKEN",
  });
});

it("takes FLOOM_HOME before any other home, and where its edge listens", async () => {
  verifies("cli:config:finds-server-and-token");
  await write(".floom/token", "near");
  await write("other/token", "named\n");
  await write("other/run/edge.url", "http://127.0.0.1:9000\n");
  expect(find({ FLOOM_HOME: "other" })).toMatchObject({ origin: "http://127.0.0.1:9000", token: "named" });
});

it("looks for a home here, above, and then in the checkout", async () => {
  verifies("cli:config:finds-server-and-token");
  await write("checkout/.floom/token", "checkout");
  await mkdir(join(dir, "project", "deep"), { recursive: true });
  expect(find({}, join(dir, "project", "deep"))).toMatchObject({
    origin: "http://127.0.0.1:8787",
    token: "checkout",
  });
  await write("project/.floom/token", "project");
  expect(find({}, join(dir, "project", "deep")).token).toBe("project");
});

it("takes the config file last, and only when others cannot read it", async () => {
  verifies("cli:config:finds-server-and-token");
  const file = "person/.config/floom/config.json";
  await write(file, JSON.stringify({ api_url: "https://floom.example", token: "saved" }));
  expect(find()).toMatchObject({ origin: "https://floom.example", token: "saved" });
  await chmod(join(dir, file), 0o644);
  expect(() => find()).toThrow("can be read by other users");
});

it("sends a found token to its own server or this machine, never elsewhere", async () => {
  verifies("cli:config:token-stays-with-its-server");
  await write(".floom/token", "home-token");
  await write(".floom/run/edge.url", "http://127.0.0.1:8787");
  expect(find({ FLOOM_API_URL: "http://127.0.0.1:9999" }).token).toBe("home-token");
  for (const elsewhere of [
    "https://evil.example",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
  ])
    expect(find({ FLOOM_API_URL: elsewhere }).token).toBeUndefined();
});

it("a token in the environment does not follow a .floom that a cloned repository brought along", async () => {
  verifies("cli:config:token-stays-with-its-server");
  await write("clone/.floom/run/edge.url", "http://127.0.0.1:6666");
  await chmod(join(dir, "clone", ".floom"), 0o755);
  const planted = find({ FLOOM_TOKEN: "mine" }, join(dir, "clone"));
  expect(planted).toMatchObject({ origin: "http://127.0.0.1:8787", originSource: "default", token: "mine" });
  expect(planted.notes.join()).toContain("FLOOM_TOKEN is not sent");
  // The home of a Floom that runs here is closed, as npm start makes it.
  await chmod(join(dir, "clone", ".floom"), 0o700);
  const own = find({ FLOOM_TOKEN: "mine" }, join(dir, "clone"));
  expect(own).toMatchObject({ origin: "http://127.0.0.1:6666", token: "mine", notes: [] });
});

it("a home in a shared folder that another user planted is passed over, and said so", async () => {
  verifies("cli:config:token-stays-with-its-server");
  await write("shared/.floom/token", "theirs");
  await write("shared/.floom/run/edge.url", "http://127.0.0.1:6666");
  await write("checkout/.floom/token", "checkout");
  const { origin, token, notes } = find({}, join(dir, "shared"), me + 1);
  expect({ origin, token }).toEqual({ origin: "http://127.0.0.1:8787", token: undefined });
  expect(notes[0]).toMatch(/shared\/\.floom was not used: it belongs to another user/);
  expect(find({ FLOOM_HOME: "shared/.floom" }, dir, me + 1).token).toBe("theirs");
});

it("a home whose server is elsewhere gets neither token nor code", async () => {
  verifies("cli:config:token-stays-with-its-server");
  await write("clone/.floom/token", "bait");
  await write("checkout/.floom/token", "checkout");
  for (const elsewhere of ["https://evil.example", "http://127.0.0.1.evil.example", "127.0.0.1:1", "x"]) {
    await write("clone/.floom/run/edge.url", elsewhere);
    for (const env of [{}, { FLOOM_TOKEN: "mine" }]) {
      const { origin, notes } = find(env, join(dir, "clone"));
      expect(origin).toBe("http://127.0.0.1:8787");
      expect(notes[0]).toContain("is not on this machine");
    }
  }
});

it("refuses an address that is none", () => {
  expect(() => find({ FLOOM_API_URL: "127.0.0.1:8787" })).toThrow("no web address");
});

it("knows this machine by its names", () => {
  for (const origin of ["http://localhost:1", "http://127.9.9.9", "http://[::1]:8787"])
    expect(isLoopback(origin)).toBe(true);
  for (const origin of ["http://10.0.0.1", "http://128.0.0.1", "http://127.0.0.1.nip.example"])
    expect(isLoopback(origin)).toBe(false);
});

import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { verifies } from "../test/verifies.ts";
import { findConnection } from "./config.ts";
import {
  addServer,
  configFile,
  nameFor,
  readServers,
  removeServer,
  withSingle,
  writeServers,
} from "./servers.ts";
import type { Server, ServerBook } from "./servers.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "floom-servers-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

const host = () => ({ env: {}, homeDir: dir, cwd: dir, uid: process.getuid?.() ?? 0 });
const server = (name: string, change: Partial<Server> = {}): Server => {
  const of = { workspace_id: null, workspace_name: null, expires_at: null };
  return { name, api_url: `https://${name}`, token: `token-of-${name}`, ...of, ...change };
};
const empty: ServerBook = { current: null, servers: [] };
const connect = (env: Record<string, string> = {}) =>
  findConnection({ ...host(), env }, join(dir, "checkout"));

it("what is written is read back, by its owner alone, and no half of it ever stands there", () => {
  verifies("cli:servers:kept-privately");
  const book = addServer(addServer(empty, server("a.example")), server("b.example"));
  writeServers(host(), book);
  writeServers(host(), book);
  expect(readServers(host())).toEqual({ book, single: undefined });
  const file = configFile(host());
  expect([statSync(file).mode & 0o777, statSync(join(file, "..")).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(readdirSync(join(file, ".."))).toEqual(["config.json"]);
  chmodSync(file, 0o640);
  expect(() => readServers(host())).toThrow("can be read by other users");
});

it("the sign-in in use goes before a folder of this machine, and FLOOM_HOME, FLOOM_API_URL and FLOOM_TOKEN before it", () => {
  verifies("cli:servers:several", "cli:config:token-stays-with-its-server");
  writeServers(host(), { current: "a.example", servers: [server("a.example"), server("b.example")] });
  mkdirSync(join(dir, ".floom"), { mode: 0o700 });
  writeFileSync(join(dir, ".floom", "token"), "local-token");
  expect(connect()).toMatchObject({ origin: "https://a.example", token: "token-of-a.example" });
  expect(connect({ FLOOM_HOME: ".floom" }).token).toBe("local-token");
  expect(connect({ FLOOM_API_URL: "https://b.example" }).token).toBe("token-of-b.example");
  expect(connect({ FLOOM_API_URL: "https://c.example" }).token).toBeUndefined();
  expect(connect({ FLOOM_TOKEN: "named" })).toMatchObject({ origin: "https://a.example", token: "named" });
  writeServers(host(), { current: null, servers: [server("a.example")] });
  expect(connect()).toMatchObject({ origin: "http://127.0.0.1:8787", token: "local-token" });
});

it("the one server of an older file is kept when there come to be several", () => {
  verifies("cli:servers:several");
  mkdirSync(join(dir, ".config", "floom"), { recursive: true });
  writeFileSync(configFile(host()), JSON.stringify({ api_url: "https://old.example/", token: "old" }), {
    mode: 0o600,
  });
  expect(connect()).toMatchObject({ origin: "https://old.example", token: "old" });
  writeServers(host(), addServer(withSingle(readServers(host())), server("new.example")));
  const { book } = readServers(host());
  expect(book.servers.map(({ name, token }) => [name, token])).toEqual([
    ["old.example", "old"],
    ["new.example", "token-of-new.example"],
  ]);
});

it("a file that is none is refused, and not written over unasked", () => {
  mkdirSync(join(dir, ".config", "floom"), { recursive: true });
  for (const text of ["{", '{"servers": {}}', '{"servers": [{"name": "x"}]}']) {
    writeFileSync(configFile(host()), text, { mode: 0o600 });
    expect(() => readServers(host())).toThrow(/is not JSON|does not have the form/);
    expect(readFileSync(configFile(host()), "utf8")).toBe(text);
  }
});

it("a sign-in replaces the one to the same workspace, and gets a name of its own beside others", () => {
  verifies("cli:servers:several");
  const book = addServer(empty, server("a.example", { workspace_id: "wsp_1" }));
  expect(nameFor(book, "https://a.example", "wsp_1")).toBe("a.example");
  expect(nameFor(book, "https://a.example", "wsp_2")).toBe("a.example-2");
  expect(nameFor(book, "https://b.example:8443", "wsp_1")).toBe("b.example:8443");
  const again = addServer(book, server("a.example", { token: "newer" }));
  expect(again.servers.map(({ token }) => token)).toEqual(["newer"]);
  expect(removeServer(again, "a.example")).toEqual(empty);
});

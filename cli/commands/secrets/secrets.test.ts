import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { SecretSummary } from "#contract/secrets/secret";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

const known = (name: string): SecretSummary => ({
  name,
  status: "set",
  version: 3,
  workers: null,
  hosts: [],
  header: null,
  used_by: ["invoice-bot"],
  created_at: "2026-03-02T09:00:00.000Z",
  updated_at: "2026-03-02T09:00:00.000Z",
  last_used_at: null,
  last_used_run_id: null,
  last_checked_at: null,
  last_check_status: null,
});

let edge: FakeEdge;
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-secrets-"));
  edge = await startFakeEdge({
    listSecrets: () => [known("API_KEY"), { ...known("LOST"), status: "missing", version: null }],
    setSecret: ({ params }) => known(params["secret"] ?? ""),
    grantSecret: ({ params, json }) => ({ ...known(params["secret"] ?? ""), ...(json() as object) }),
    listSecretVersions: () => [
      {
        version: 3,
        current: true,
        created_at: "2026-03-02T09:00:00.000Z",
        created_by: "tok_1",
        retired_at: null,
        kept: true,
      },
    ],
    testSecret: () => ({ status: "unreadable", reason: "It does not open." }),
    deleteSecret: () => undefined,
    abandonKey: () => ({ lost_master_key_id: "k1", lost_secrets: ["API_KEY"], other_boxes: 2 }),
    rewrapSecrets: () => ({ master_key_id: "k2", rewrapped: 4, left: 1 }),
  });
});
afterEach(async () => {
  await edge.close();
  await rm(dir, { recursive: true });
});
const sent = () =>
  edge.requests.map(({ routeId, params, body }) => [
    routeId,
    params["secret"],
    body.length > 0 ? (JSON.parse(body.toString()) as unknown) : null,
  ]);

it("takes a value from standard input or from an unseen answer, and shows it nowhere", async () => {
  verifies("secrets:cli:never-argv");
  const value = "s3cret value";
  for (const options of [{ stdin: `${value}\n` }, { reply: value }]) {
    const done = await callCli(["secrets", "set", "API_KEY"], { edge, ...options });
    expect(done).toMatchObject({ exitCode: 0, stdout: "Set API_KEY, version 3.\n" });
    expect(done.stdout + done.stderr).not.toContain("s3cret");
    expect(sent().at(-1)).toEqual(["setSecret", "API_KEY", { value }]);
  }
  await callCli(["secrets", "set", "API_KEY", "-w", "invoice-bot"], { edge, stdin: "a\n\n" });
  expect(sent().at(-1)).toEqual(["setSecret", "API_KEY", { value: "a\n", workers: ["invoice-bot"] }]);
});

it("binds a secret to hosts, keeps it bound when nothing is said of them, and gives it to scripts when asked to", async () => {
  verifies("secrets:hosts:bound-with-the-value");
  const set = (...argv: string[]) => callCli(["secrets", "set", "API_KEY", ...argv], { edge, stdin: "v" });
  const header = "X-Key: {value}";
  await set("--host", "a.example.com", "--host", "b.example.com", "--header", header);
  await set();
  await set("--in-script");
  expect(sent().map(([, , body]) => body)).toEqual([
    { value: "v", hosts: ["a.example.com", "b.example.com"], header },
    { value: "v" },
    { value: "v", hosts: [] },
  ]);
  expect((await set("--in-script", "--host", "a.example.com")).exitCode).toBe(2);
  expect(sent()).toHaveLength(3);
});

it("says of a value that is too long how long a secret may be, and sends none of it", async () => {
  const done = await callCli(["secrets", "set", "API_KEY"], { edge, stdin: "x".repeat(1_000_000) });
  expect(done.exitCode).toBe(2);
  expect(done.stderr).toContain("API_KEY has 1000000 bytes; a secret's value has at most 32 KiB.");
  await writeFile(join(dir, ".env"), `A_KEY=fine\nTOO_LONG=${"x".repeat(40_000)}\n`);
  const imported = await callCli(["secrets", "import", join(dir, ".env")], { edge });
  expect(imported.exitCode).toBe(2);
  expect(imported.stderr).toContain("line 2: TOO_LONG has 40000 bytes");
  expect(edge.requests).toEqual([]);
});

it("refuses a value among its arguments, and none at all, without asking anybody", async () => {
  verifies("secrets:cli:never-argv");
  for (const argv of [["API_KEY", "s3cret"], ["API_KEY=s3cret"], ["API_KEY", "--value", "s3cret"]]) {
    const done = await callCli(["secrets", "set", ...argv], { edge, stdin: "" });
    expect(done.exitCode, argv.join(" ")).toBe(2);
    // What was typed by mistake must not get into the log of a build as well.
    expect(done.stdout + done.stderr, argv.join(" ")).not.toContain("s3cret");
    expect(done.stderr).toContain("The value cannot be given as an argument");
  }
  expect(edge.requests).toEqual([]);
});

it("imports a .env file once every line of it can be a secret, and repeats no value", async () => {
  await writeFile(join(dir, ".env"), "A_KEY=one\nB_KEY='t w o'\n");
  const done = await callCli(["secrets", "import", ".env"], { edge, cwd: dir });
  expect(done.stdout).toBe("Set A_KEY, version 3.\nSet B_KEY, version 3.\n");
  expect(sent()).toEqual([
    ["setSecret", "A_KEY", { value: "one" }],
    ["setSecret", "B_KEY", { value: "t w o" }],
  ]);
  await writeFile(join(dir, ".env"), "A_KEY=uno\nlower=dos\nnot a line: tres\n");
  const refused = await callCli(["secrets", "import", ".env"], { edge, cwd: dir });
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("line 2: lower");
  expect(refused.stderr).not.toMatch(/uno|dos|tres/);
  expect(edge.requests).toHaveLength(2);
});

it("lists, grants, tests and deletes, and says what a new master key left", async () => {
  expect((await callCli(["secrets", "list"], { edge })).stdout).toContain("LOST");
  const listed = await callCli(["secrets", "list", "--json"], { edge });
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: "API_KEY" }, { status: "missing" }]);
  expect((await callCli(["secrets", "versions", "API_KEY"], { edge })).stdout).toContain("tok_1");
  const kept = await callCli(["secrets", "grant", "API_KEY", "-w", "invoice-bot"], { edge });
  expect(kept.stdout).toBe("API_KEY is kept to invoice-bot.\n");
  const open = await callCli(["secrets", "grant", "API_KEY", "--all"], { edge });
  expect(open.stdout).toBe("Every worker that declares API_KEY gets it.\n");
  expect((await callCli(["secrets", "grant", "API_KEY"], { edge })).exitCode).toBe(2);
  expect((await callCli(["secrets", "test", "API_KEY"], { edge })).exitCode).toBe(6);
  expect((await callCli(["secrets", "delete", "API_KEY"], { edge })).exitCode).toBe(2);
  expect((await callCli(["secrets", "delete", "API_KEY", "-y"], { edge })).stdout).toBe("Deleted API_KEY.\n");
  const rotated = await callCli(["secrets", "rotate-master"], { edge });
  expect([rotated.exitCode, rotated.stdout]).toEqual([6, "4 put under the master key k2.\n"]);
});

it("gives up the key of all secrets only after saying what is lost, or when told not to ask", async () => {
  verifies("secrets:rotation:lost-for-good");
  const unasked = await callCli(["secrets", "abandon-key"], { edge, stdin: "" });
  expect(unasked.exitCode).toBe(2);
  const refused = await callCli(["secrets", "abandon-key"], { edge, reply: "n" });
  expect(refused.stdout + refused.stderr).toContain("have to be set anew: API_KEY.");
  expect(sent().map(([route]) => route)).toEqual(["listSecrets"]);
  const done = await callCli(["secrets", "abandon-key", "--yes"], { edge });
  expect(done.stdout).toBe("The workspace has a new key. Lost: API_KEY.\n");
  expect(done.stderr).toContain("2 secrets of webhooks");
});

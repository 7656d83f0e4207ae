import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openHome, openSecrets } from "./home.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-home-"));
});
afterEach(() => rm(dir, { recursive: true }));

it("the first start makes a master key that its owner alone can read, and later starts keep it", async () => {
  const home = openHome({ FLOOM_HOME: join(dir, "home") });
  const first = openSecrets(home);
  expect(first.masterKeys).toMatch(/^k1:[A-Za-z0-9+/]{43}=$/);
  expect((await stat(join(home.dir, "master-keys"))).mode & 0o777).toBe(0o600);
  expect(openSecrets(home)).toEqual(first);
  expect(openSecrets(openHome({ FLOOM_HOME: join(dir, "other") })).masterKeys).not.toBe(first.masterKeys);
});

it("a new key that was put before the old one by hand is read with it", async () => {
  const home = openHome({ FLOOM_HOME: join(dir, "home") });
  const { masterKeys } = openSecrets(home);
  const next = `k2:${Buffer.alloc(32, 7).toString("base64")}`;
  await writeFile(join(home.dir, "master-keys"), `${next}\n${masterKeys}\n`);
  expect(openSecrets(home).masterKeys).toBe(`${next}\n${masterKeys}`);
  expect(await readFile(join(home.dir, "master-keys"), "utf8")).toContain(masterKeys);
});

it("a master key that is none stops the start, with the file and the line's number and nothing of the key", async () => {
  const home = openHome({ FLOOM_HOME: join(dir, "home") });
  await writeFile(join(home.dir, "master-keys"), "k1:c2hvcnQ=\n");
  expect(() => openSecrets(home)).toThrow(/master-keys.*Master key 1 must be <id>:<32 bytes in base64>/);
  expect(() => openSecrets(home)).not.toThrow("c2hvcnQ");
});

it("a key file that cannot be read is not replaced: what was sealed under it would be lost", async () => {
  const home = openHome({ FLOOM_HOME: join(dir, "home") });
  // A folder in its place cannot be read by anybody.
  await rm(join(home.dir, "master-keys"), { force: true });
  await mkdir(join(home.dir, "master-keys"));
  expect(() => openSecrets(home)).toThrow();
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { LogFile } from "./log-file.ts";

let dir: string;
let said: string[];
const say = (line: string): void => void said.push(line);

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "floom-log-"));
  said = [];
});
afterEach(() => rmSync(dir, { recursive: true }));

it("keeps what is written, and what comes after its end is no error", async () => {
  const file = join(dir, "logs/part.log");
  const log = new LogFile(file, say);
  log.write("one");
  log.write("two");
  await log.close();
  log.write("three");
  await log.close();
  expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
  expect(said).toEqual([]);
});

it("on a full disk what is written is lost, which is said once and ends nobody", async () => {
  const log = new LogFile("/dev/full", say);
  for (const line of ["one", "two", "three"]) {
    log.write(line);
    await expect.poll(() => said.length).toBe(1);
  }
  await log.close();
  expect(said).toEqual([expect.stringContaining("/dev/full cannot be written (ENOSPC)")]);
});

it("goes on once it can be written again", async () => {
  const folder = join(dir, "logs");
  writeFileSync(folder, "no folder");
  const log = new LogFile(join(folder, "part.log"), say);
  log.write("lost");
  rmSync(folder);
  log.write("kept");
  await log.close();
  expect(readFileSync(join(folder, "part.log"), "utf8")).toBe("kept\n");
  expect(said).toHaveLength(1);
});

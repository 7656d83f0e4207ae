import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { expect, inject, test } from "vitest";
import { routes } from "#contract/routes";
import { verifies } from "../verifies.ts";
import { connect } from "./story.ts";

const rootDir = resolve(import.meta.dirname, "..", "..");
const floom = inject("floom");

interface Ended {
  code: number;
  stdout: string;
}

function attack(...args: string[]): Promise<Ended> {
  const program = ["scripts/attack.ts", "--url", floom.url, "--token", floom.token, ...args];
  return new Promise((done) => {
    execFile(process.execPath, program, { cwd: rootDir, maxBuffer: 16 << 20 }, (error, stdout) => {
      done({ code: error === null ? 0 : Number(error.code), stdout });
    });
  });
}

test("an attack on a system that runs prints what was blocked, and leaves nothing behind", async () => {
  verifies("attack:suite:running-system", "attack:report:last-line");
  const { code, stdout } = await attack("--area", "allow-list", "--area", "pages");
  expect(code, stdout).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  expect(lines[0]).toMatch(/^area +tried +blocked$/);
  expect(lines.at(-1)).toMatch(/^(\d+) tried, \1 blocked, 0 got through$/);
  const workers = await connect(floom).call(routes.listWorkers);
  expect(workers.filter(({ id }) => id.startsWith("attack-"))).toEqual([]);
});

test("what needs a system of the suite's own is named as not tried, and not counted", async () => {
  verifies("attack:suite:running-system");
  const { code, stdout } = await attack("--area", "sandbox-server", "--json");
  const report = JSON.parse(stdout) as { tried: number; attempts: { verdict: string }[] };
  expect(report.tried).toBe(0);
  expect(new Set(report.attempts.map(({ verdict }) => verdict))).toEqual(new Set(["not_tried"]));
  expect(code).toBe(1);
});

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { areas } from "../../scripts/parity/behaviours.ts";
import { verifies } from "../verifies.ts";

const root = join(import.meta.dirname, "../..");

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function parity(...args: string[]): Promise<Ended> {
  const env = { ...process.env, E2B_API_KEY: "" };
  const options = { cwd: root, env, maxBuffer: 16 << 20 };
  return new Promise((done) => {
    execFile(process.execPath, ["scripts/parity.ts", ...args], options, (error, stdout, stderr) => {
      done({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}

it("a local sandbox differs from E2B's in nothing but what the docs say", async () => {
  verifies("conformance:e2b:parity");
  const { code, stdout, stderr } = await parity();
  const count = areas.flatMap(({ behaviours }) => behaviours).length;
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  expect(last, stdout).toMatch(/^\d+ same, \d+ differ by design, 0 differ$/);
  const [same = 0, byDesign = 0] = (last.match(/\d+/g) ?? []).map(Number);
  expect(same + byDesign).toBe(count);
  expect(code).toBe(0);
  expect(stderr).toContain(`${count}/${count} `);
});

it("asks for a key before it goes to the cloud, and explains itself", async () => {
  verifies("conformance:e2b:parity");
  expect(await parity("--cloud")).toMatchObject({ code: 2, stderr: "--cloud needs E2B_API_KEY.\n" });
  expect((await parity("--help")).stdout).toContain("--cloud");
});

it("every difference by design has its row in the docs, and every row of the docs that can be measured is", () => {
  verifies("conformance:e2b:parity");
  const text = readFileSync(join(root, "docs/explanation/sandbox.md"), "utf8");
  const [, table = ""] = text.split("## What differs from E2B");
  const rows = Array.from(table.matchAll(/^\| ([a-z-]+) +\|/gm), ([, row]) => row);
  const used = areas.flatMap(({ behaviours }) => behaviours.flatMap(({ byDesign }) => byDesign?.row ?? []));
  expect(rows).toEqual(expect.arrayContaining(used));
  expect(new Set(rows).size).toBe(rows.length);
});

it("no behaviour is named twice", () => {
  const names = areas.flatMap(({ behaviours }) => behaviours.map(({ name }) => name));
  expect(new Set(names).size).toBe(names.length);
});

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sweepHomes } from "./sweep-homes.ts";

it("what a killed server left behind is removed, and nothing of one that runs or of anybody else", () => {
  const folder = mkdtempSync(join(tmpdir(), "floom-sweep-"));
  try {
    const { pid: gone } = spawnSync(process.execPath, ["--version"]);
    const kept = [`floom-serve-${process.pid}-a`, `other-${gone}-a`, "floom-serve-x"];
    for (const name of [`floom-serve-${gone}-a`, ...kept]) {
      mkdirSync(join(folder, name, "edge"), { recursive: true });
      writeFileSync(join(folder, name, "edge", "state"), "x");
    }
    sweepHomes(folder);
    expect(readdirSync(folder).toSorted()).toEqual(kept.toSorted());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

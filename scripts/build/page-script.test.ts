import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { readBudgets } from "../../bench/report/budgets.ts";
import { verifies } from "../../test/verifies.ts";
import { bundlePageScript } from "./web.ts";

it("all the script of a page that strangers see is within its budget", async () => {
  verifies("shares:page:no-script");
  const folder = mkdtempSync(join(tmpdir(), "page-script-"));
  try {
    await bundlePageScript(folder);
    const sizes = readdirSync(folder).map(
      (name) => gzipSync(readFileSync(join(folder, name)), { level: 9 }).byteLength,
    );
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const budget = readBudgets()["page_script_bytes"];
    expect(budget !== undefined && "max" in budget && bytes <= budget.max).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

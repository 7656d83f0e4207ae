import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod";
import type { Measurement } from "../harness/measurement.ts";
import { median } from "../harness/statistics.ts";

const ROOT = join(import.meta.dirname, "..", "..");
/** How many entries are appended where FLOOM_BENCH_AUDIT_ENTRIES says nothing: a million takes a quarter of an hour. */
const ENTRIES = 20_000;
const PART_ENTRIES = 500;
const THOUSAND = 1000;

const measuredSchema = z.object({
  total: z.int(),
  /** Milliseconds, each of a thousand entries. */
  appended: z.array(z.number()),
  floor: z.array(z.number()),
  /** Of each part that was judged. */
  parts: z.array(z.number()),
  queries: z.record(z.string(), z.array(z.number())),
  points: z.array(z.number()),
});

/** Of Vitest's report: what the one test has measured. */
const reportSchema = z.object({
  testResults: z.tuple([
    z.object({
      assertionResults: z.tuple([z.object({ meta: z.object({ audit_figures: measuredSchema }) })]),
    }),
  ]),
});

/**
 * The record of changes with many entries: appending them through the object that holds the chain, judging all of them, and pages of
 * filtered lists. Made inside workerd, with the object and the database as they are, by `test/measure/audit.measure.ts`.
 */
export async function measureAuditChain(): Promise<Measurement[]> {
  const { total, appended, floor, parts, queries, points } = await measure();
  // The last part is seldom whole.
  const verified = parts.slice(0, -1).map((ms) => (ms / PART_ENTRIES) * THOUSAND);
  const slowest = Object.entries(queries).toSorted((a, b) => median(b[1]) - median(a[1]))[0];
  const count = total.toLocaleString("en-US");
  const hashing = "hashing as many texts and writing as many rows without an index";
  const last = Math.round(median(appended.slice(-Math.ceil(appended.length / 10))));
  return [
    {
      id: "audit_append",
      title: `append to a chain of ${count} entries, 500 at a time, per 1,000`,
      unit: "ms",
      samples: appended,
      floor: { title: hashing, samples: floor },
      note: `the last tenth ${last} ms`,
    },
    {
      id: "audit_verify",
      title: `verify a chain of ${count} entries, per 1,000`,
      unit: "ms",
      samples: verified.length > 0 ? verified : parts,
      floor: { title: hashing, samples: floor },
    },
    {
      id: "audit_query",
      title: `the slowest filtered page of ${count} entries (${slowest?.[0] ?? "none"})`,
      unit: "ms",
      samples: slowest?.[1] ?? [],
      floor: { title: "a request that reads one row", samples: points },
    },
  ];
}

async function measure(): Promise<z.infer<typeof measuredSchema>> {
  const vitest = join(ROOT, "node_modules", ".bin", "vitest");
  const dir = await mkdtemp(join(tmpdir(), "floom-bench-"));
  const report = join(dir, "report.json");
  try {
    await promisify(execFile)(
      vitest,
      ["run", "--project", "measure", "--reporter=json", `--outputFile=${report}`],
      { cwd: ROOT, env: { FLOOM_BENCH_AUDIT_ENTRIES: String(ENTRIES), ...process.env } },
    );
    const parsed = reportSchema.parse(JSON.parse(await readFile(report, "utf8")));
    return parsed.testResults[0].assertionResults[0].meta.audit_figures;
  } finally {
    await rm(dir, { recursive: true });
  }
}

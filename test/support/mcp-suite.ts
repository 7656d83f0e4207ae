import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import * as z from "zod";

const program = resolve(import.meta.dirname, "../../node_modules/.bin/conformance");

const checksSchema = z.array(
  z.object({ id: z.string(), status: z.string(), errorMessage: z.string().default("") }),
);

/** One thing that the public suite looked at. */
export type SuiteCheck = z.output<typeof checksSchema>[number] & { scenario: string };

export const isFault = ({ status }: SuiteCheck) =>
  status === "FAILURE" || status === "WARNING" || status === "SKIPPED";

/**
 * Runs the protocol's own suite against a server: all that a revision asks, or one scenario of it. Answers every check
 * with its scenario. `out` is a folder of its own, for what the suite writes. Throws when the suite breaks off.
 */
export async function runSuite(
  url: string,
  what: { revision: string; scenario?: string; out: string },
): Promise<SuiteCheck[]> {
  const { revision, scenario, out } = what;
  // An extension's scenario belongs to no revision, and is run in the one that is meant by force alone.
  const which =
    scenario === undefined
      ? ["--requirements", revision]
      : ["--scenario", scenario, "--spec-version", revision, "--force"];
  const suite = spawn(program, ["server", "--url", url, ...which, "-o", out], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = text(suite.stdout);
  await once(suite, "exit");
  const folders = readdirSync(out);
  if (folders.length === 0) throw new Error(`The suite looked at nothing: ${await said}`);
  return folders.flatMap((name) => {
    const of = name.replace(/^server-/, "").replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, "");
    const checks = checksSchema.parse(JSON.parse(readFileSync(join(out, name, "checks.json"), "utf8")));
    return checks.map((check) => ({ ...check, scenario: of }));
  });
}

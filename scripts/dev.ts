// `npm run dev` after its set-up: Floom as `npm start` runs it, rebuilt and restarted when its code changes, and
// the web app served by Vite, which puts a change into the open page.
import { watch } from "node:fs";
import { join } from "node:path";
import { createServer } from "vite";
import { edgeTarget } from "./build/edge.ts";
import { buildIfStale } from "./build/stale.ts";
import "./local/exit-with-parent.ts";
import { inRoot, rootDir } from "./checkout.ts";
import { startLocal } from "./local/start-local.ts";
import { StopError } from "./local/stop-error.ts";
import { seedExamples } from "./seed.ts";

const QUIET_MS = 150;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

try {
  const floom = await startLocal({ environment: process.env, say });
  await seedExamples({ url: floom.url, token: floom.token, say });
  onChange(["worker", "contract", "migrations"], async () => {
    if (await buildIfStale(edgeTarget)) {
      await floom.restart("edge");
      say("edge rebuilt");
    }
  });
  onChange(["sandbox"], async () => {
    await floom.restart("sandbox");
    say("sandbox server restarted");
  });
  process.env["FLOOM_API_URL"] = floom.url;
  const web = await createServer({ configFile: join(rootDir, "web", "vite.config.ts"), logLevel: "warn" });
  await web.listen();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => {
      void Promise.all([web.close(), floom.stop()]).finally(() => process.exit(0));
    });
  }
  say(`web app with hot reload: ${web.resolvedUrls?.local[0] ?? "no address"}`);
  process.stdout.write(`ready ${floom.url}\n`);
} catch (error) {
  say(error instanceof StopError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(1);
}

/** Runs `react` once things below the folders have been quiet for a moment; one at a time, and never in vain. */
function onChange(folders: string[], react: () => Promise<void>): void {
  let timer: NodeJS.Timeout | undefined;
  let last = Promise.resolve();
  for (const folder of folders) {
    watch(inRoot(folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        last = last.then(react).catch((error: unknown) => say(String(error)));
      }, QUIET_MS);
    });
  }
}

// `npm start` after its set-up: builds, starts the sandbox server and the edge, keeps both alive, seeds the
// examples and prints the `ready` line once Floom truly answers.
// `--no-seed` leaves the examples out.
import { parseArgs } from "node:util";
import "./local/exit-with-parent.ts";
import { startLocal } from "./local/start-local.ts";
import { StopError } from "./local/stop-error.ts";
import { seedExamples } from "./seed.ts";

const say = (line: string): void => void process.stderr.write(`${line}\n`);

const options = readOptions();
if (options.help === true) {
  say("npm start: runs Floom on this machine, on http://127.0.0.1:8787 unless PORT says another.");
  say("npm start -- --no-seed: the same without the examples.");
  process.exit(0);
}

function readOptions() {
  try {
    return parseArgs({ options: { "no-seed": { type: "boolean" }, help: { type: "boolean", short: "h" } } })
      .values;
  } catch (error) {
    say(`${error instanceof Error ? error.message : String(error)}\nSee npm start -- --help.`);
    return process.exit(2);
  }
}

try {
  const floom = await startLocal({ environment: process.env, say });
  let stopping: Promise<void> | undefined;
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      stopping ??= floom.stop().finally(() => process.exit(0));
    });
  }
  if (options["no-seed"] !== true) await seedExamples({ url: floom.url, token: floom.token, say });

  // For a person's eyes only: the token must not end up in the log of a service or of CI.
  if (process.stderr.isTTY) say(`sign in at ${floom.url}/#token=${floom.token}`);

  process.stdout.write(`ready ${floom.url}\n`);
} catch (error) {
  say(error instanceof StopError ? error.message : String(error instanceof Error ? error.stack : error));
  process.exit(1);
}

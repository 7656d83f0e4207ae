import { openProcessHost } from "./process-host.ts";
import { runCli } from "./run-cli.ts";

const exitCode = await runCli(process.argv.slice(2), openProcessHost());
// Open sockets and a waiting read of standard input must not hold the process; what was written is flushed first.
// What could not be written ends the process by itself, with its own code.
process.stdout.write("", (failed) => {
  if (!failed) process.stderr.write("", () => process.exit(exitCode));
});

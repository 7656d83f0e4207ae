import { IsolationUnavailable } from "./isolation/detect.ts";
import { log } from "./log.ts";
import { parseOptions } from "./options.ts";
import { startServer } from "./start.ts";

function fail(error: unknown): never {
  if (error instanceof IsolationUnavailable)
    process.stderr.write(`sandbox: cannot start: ${error.message}\n  ${error.remedy}\n`);
  else {
    process.stderr.write(
      `sandbox: cannot start: ${error instanceof Error ? error.message : String(error)}\n`,
    );
  }
  process.exit(1);
}

async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  const running = await startServer(options);
  process.stdout.write(`sandbox memory: ${running.memoryLimit}\n`);
  process.stdout.write(`sandbox files: ${running.files}\n`);
  process.stdout.write(`sandbox ready ${running.url}\n`);
  const stop = (): void => {
    running.stop({ killSandboxes: options.killOnExit }).then(
      () => process.exit(0),
      (error: unknown) => {
        log("stop failed", { error: String(error) });
        process.exit(1);
      },
    );
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

main().catch(fail);

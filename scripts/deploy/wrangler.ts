import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { rootDir } from "../checkout.ts";
import type { Wrangler } from "./deployment.ts";

/** A deployment calls wrangler ten times: what Node makes of it is kept, where the command line keeps it. */
const COMPILED = join(rootDir, "node_modules", ".cache", "floom");

/**
 * The checkout's own wrangler, which knows how to sign in and what to upload. It is never asked to prompt: questions are
 * the deployment's.
 */
export function openWrangler(environment: NodeJS.ProcessEnv): Wrangler {
  const program = join(rootDir, "node_modules", "wrangler", "bin", "wrangler.js");
  return async (args, input = "") => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: rootDir,
      env: {
        NODE_COMPILE_CACHE: COMPILED,
        ...environment,
        WRANGLER_SEND_METRICS: "false",
        CI: "1",
        NO_COLOR: "1",
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    // It may end without having read any of it.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const ending = once(child, "exit");
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    const ended: unknown[] = await ending;
    const [code] = ended;
    return { code: typeof code === "number" ? code : 1, stdout, stderr };
  };
}

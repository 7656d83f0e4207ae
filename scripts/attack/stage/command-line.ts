import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { inRoot } from "../../checkout.ts";
import type { Stage } from "./stage.ts";

export interface Said {
  code: number;
  /** Both streams. */
  text: string;
}

const PATIENCE_MS = 60_000;

/**
 * The command line as a person runs it, in a folder of theirs and with a home that holds nothing. Whatever it reaches
 * for that is not this machine goes to the canary instead.
 */
export function runFloom(
  stage: Stage,
  args: readonly string[],
  { cwd = stage.folder, env = {} }: { cwd?: string; env?: Record<string, string> } = {},
): Promise<Said> {
  const home = join(stage.folder, "nobody");
  mkdirSync(home, { recursive: true });
  const canary = `http://127.0.0.1:${stage.canary.port}`;
  const environment: Record<string, string> = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    XDG_CONFIG_HOME: home,
    NO_COLOR: "1",
    FLOOM_API_URL: stage.url,
    FLOOM_TOKEN: stage.token,
    ...(new URL(stage.url).hostname === "127.0.0.1"
      ? { NODE_USE_ENV_PROXY: "1", HTTP_PROXY: canary, HTTPS_PROXY: canary, NO_PROXY: "127.0.0.1" }
      : {}),
    ...env,
  };
  const program = [inRoot("cli/bin/floom.mjs"), ...args];
  return new Promise((resolve) => {
    const options = { cwd, env: environment, timeout: PATIENCE_MS, maxBuffer: 16 << 20 };
    const child = execFile(process.execPath, program, options, (error, stdout, stderr) => {
      const code = typeof error?.code === "number" ? error.code : error === null ? 0 : 1;
      resolve({ code, text: `${stdout}${stderr}` });
    });
    child.stdin?.end();
  });
}

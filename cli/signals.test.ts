import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it } from "vitest";

const main = join(import.meta.dirname, "main.ts");

it("a command that is told to end, or whose terminal is closed, ends as after Ctrl-C", async () => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    const child = spawn(process.execPath, [main, "mcp"], {
      env: { ...process.env, FLOOM_API_URL: "http://127.0.0.1:1" },
      stdio: ["pipe", "pipe", "pipe"],
    });
    const ended = once(child, "exit");
    // Its first answer says that it is there.
    child.stdin.write('{"jsonrpc":"2.0","id":1,"method":"ping"}\n');
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await ended, signal).toEqual([130, null]);
  }
});

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildRunnerArchive } from "../build/runner-archive.ts";
import { isBuilt, programPath } from "../checkout.ts";
import { openHome, openSecrets } from "./home.ts";
import type { FloomHome } from "./home.ts";
import { lockInstance } from "./instance-lock.ts";
import { claimEdgePort } from "./ports.ts";
import { SupervisedProcess } from "./supervised-process.ts";
import { StopError } from "./stop-error.ts";

const HEALTH_DEADLINE_MS = 60_000;
const HEALTH_POLL_MS = 50;
/** Sandboxes kept started and empty, so that a run need not wait for one. */
const POOL_SIZE = 2;

export interface StartOptions {
  environment: NodeJS.ProcessEnv;
  say: (line: string) => void;
  /** The longest pause before a process that ended is started again; by default 10 s. */
  maxBackoffMs?: number;
  /** Leads what sandboxes send to the edge, and the edge to sandboxes, through somewhere else: answers where to. */
  detour?: (to: "edge" | "sandbox", url: string) => Promise<string>;
  /** Whether sandboxes end with it; by default they finish what they do, for the next start to find. */
  killSandboxes?: boolean;
}

/** A whole Floom running on this machine. */
export interface LocalFloom {
  url: string;
  /** The owner token of its first workspace. */
  token: string;
  /** Ends one part and starts it from what its files say now. */
  restart: (name: "edge" | "sandbox") => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts sandbox server and edge on one home and waits until the edge is healthy. Throws StopError. */
export async function startLocal({
  environment,
  say,
  maxBackoffMs,
  detour = (_, url) => Promise.resolve(url),
  killSandboxes = false,
}: StartOptions): Promise<LocalFloom> {
  const home = openHome(environment);
  const unlock = await lockInstance(home.runDir, home.dir);
  const parts: SupervisedProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const part of parts.toReversed()) await part.stop();

    unlock();
  };
  try {
    const port = await claimEdgePort(environment);
    const url = `http://127.0.0.1:${port}`;
    // A package brings what it was built into, and nothing to build with.
    if (!isBuilt) await (await import("../build/build-all.ts")).buildAll(say);
    const context = {
      home,
      url,
      killSandboxes,
      sandboxEdgeUrl: await detour("edge", url),
      supervision: { say, ...(maxBackoffMs === undefined ? {} : { maxBackoffMs }) },
    };
    const usesCloud = (environment["E2B_API_KEY"] ?? "") !== "";
    const sandboxUrl = usesCloud
      ? undefined
      : await detour("sandbox", await startSandboxServer(context, parts));
    const edge = edgeProcess({ ...context, port, sandboxUrl });
    parts.push(edge);
    await edge.start();
    await waitUntilHealthy(url);
    // Where the CLI finds the server when PORT moved it.
    writeFileSync(join(home.runDir, "edge.url"), `${url}\n`);
    const restart = async (name: string): Promise<void> => {
      await parts.find((part) => part.name === name)?.restart();
    };
    return { url, token: openSecrets(home).ownerToken, restart, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface StartContext {
  home: FloomHome;
  url: string;
  /** Where sandboxes find the edge. */
  sandboxEdgeUrl: string;
  killSandboxes: boolean;
  supervision: { say: (line: string) => void; maxBackoffMs?: number };
}

async function startSandboxServer(context: StartContext, parts: SupervisedProcess[]): Promise<string> {
  const { home, sandboxEdgeUrl, supervision, killSandboxes } = context;
  // The first start takes any free port; a restart must come back where the edge looks for it.
  let port = "0";
  const runner = join(home.runDir, "runner.pyz");
  writeFileSync(runner, await buildRunnerArchive());
  const server = new SupervisedProcess({
    name: "sandbox",
    program: programPath("sandbox"),
    buildArgs: () => [
      ...buildFlags({
        "--port": port,
        "--state-dir": home.sandboxStateDir,
        "--edge-url": sandboxEdgeUrl,
        "--pool": String(POOL_SIZE),
        "--start-program": runner,
      }),
      ...(killSandboxes ? ["--kill-on-exit"] : []),
    ],
    env: { FLOOM_SANDBOX_API_KEY: openSecrets(home).sandboxApiKey },
    ready: /^sandbox ready (http:\/\/127\.0\.0\.1:\d+)/,
    notice: /^(sandbox (?:memory: .+|files: all sandboxes .+))$/,
    ownsGroup: false,
    runDir: home.runDir,
    logDir: home.logDir,
    ...supervision,
  });
  parts.push(server);
  const sandboxUrl = await server.start();
  port = new URL(sandboxUrl).port;
  return sandboxUrl;
}

function edgeProcess(
  context: StartContext & { port: number; sandboxUrl: string | undefined },
): SupervisedProcess {
  const { home, port, sandboxUrl, sandboxEdgeUrl, supervision } = context;
  return new SupervisedProcess({
    name: "edge",
    program: programPath("edge"),
    buildArgs: () =>
      buildFlags({
        "--port": String(port),
        "--sandbox-url": sandboxUrl,
        "--sandbox-edge-url": sandboxEdgeUrl,
      }),
    env: { FLOOM_HOME: home.dir },
    ready: /^edge ready (http:\/\/127\.0\.0\.1:\d+)/,
    ownsGroup: true,
    runDir: home.runDir,
    logDir: home.logDir,
    ...supervision,
  });
}

function buildFlags(flags: Record<string, string | undefined>): string[] {
  return Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [flag, value]));
}

async function waitUntilHealthy(url: string): Promise<void> {
  const deadline = performance.now() + HEALTH_DEADLINE_MS;
  let last = "no answer";
  while (performance.now() < deadline) {
    try {
      const answer = await fetch(new URL("/api/health", url));
      if (answer.status === 200) return;

      last = `${answer.status} ${await answer.text()}`;
    } catch (error) {
      last = String(error);
    }
    await sleep(HEALTH_POLL_MS);
  }
  throw new StopError(`The edge did not become healthy: ${last}`);
}

import fs from "node:fs";
import path from "node:path";
import { fetchFile, putFile, runInSandbox } from "../host/agent-commands.ts";
import type { AgentConnection } from "../host/agent-client.ts";
import type { SandboxHost } from "../host/sandbox-host.ts";
import { ownSpec } from "../host/sandbox-spec.ts";
import { ARCHIVE_FILE, buildFiles, installEnvs, packScript, prepareScript } from "./build-files.ts";
import type { Layers } from "../isolation/layers.ts";
import type { BuildCommand } from "./plan-build.ts";

/** How long one command of a build may take. */
const COMMAND_TIME_MS = 20 * 60_000;
/** How long the sandbox of a command may live: it is ended as soon as the command's result is fetched. */
const SANDBOX_LIFE_MS = COMMAND_TIME_MS + 5 * 60_000;
const HOUSEKEEPING_MS = 2 * 60_000;
/** What one command may install, packed. */
const LAYER_BYTES = 1024 ** 3;

/** The command ended with another code than 0. */
export class CommandFailed extends Error {
  constructor(exitCode: number) {
    super(`the command ended with exit code ${exitCode}`);
    this.name = "CommandFailed";
  }
}

export interface BuilderDeps {
  host: SandboxHost;
  layers: Layers;
  /** A directory that nobody but the server may enter. */
  workDir: string;
}

/**
 * Runs one command of a build in a sandbox of its own, over the layers below it, and makes a layer of what it installed.
 * `onOutput` is told what it prints. Throws CommandFailed, or what kept it from running.
 */
export async function buildLayer(
  { host, layers, workDir }: BuilderDeps,
  command: BuildCommand,
  options: { below: readonly string[]; onOutput: (text: string) => void },
): Promise<void> {
  const record = await host.create(ownSpec(options.below, SANDBOX_LIFE_MS));
  const archive = path.join(workDir, `${command.layer}.tar`);
  try {
    const { agent } = host.sandboxes.live(record.id);
    for (const file of buildFiles()) await putFile(agent, file);
    await keepHouse(agent, prepareScript);
    const exitCode = await runInSandbox(agent, {
      script: command.command,
      user: command.asRoot ? "root" : "user",
      envs: { ...(command.asRoot ? installEnvs : {}), ...command.envs },
      cwd: command.workdir,
      timeoutMs: COMMAND_TIME_MS,
      onOutput: options.onOutput,
    });
    if (exitCode !== 0) throw new CommandFailed(exitCode);
    await keepHouse(agent, packScript);
    await fetchFile(agent, { from: ARCHIVE_FILE, to: archive, maxBytes: LAYER_BYTES });
    await host.kill(record.id);
    await layers.add(command.layer, archive);
  } finally {
    await host.kill(record.id);
    fs.rmSync(archive, { force: true });
  }
}

async function keepHouse(agent: AgentConnection, script: string): Promise<void> {
  let said = "";
  const exitCode = await runInSandbox(agent, {
    script,
    user: "user",
    envs: {},
    cwd: null,
    timeoutMs: HOUSEKEEPING_MS,
    onOutput: (text) => (said = (said + text).slice(-1000)),
  });
  if (exitCode !== 0) throw new Error(`what the command installed cannot be packed: ${said.trim()}`);
}

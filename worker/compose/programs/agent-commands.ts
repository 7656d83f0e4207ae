import { openCommandDriver } from "../../agents/tools/command-driver.ts";
import type { AgentStorage } from "../../agents/agent-storage.ts";
import { AttemptStorage } from "../../attempts/attempt-storage.ts";
import { createContextPort } from "../../contexts/mount-service.ts";
import { sandboxLifeMs } from "../../runs/lifecycle/run-state.ts";
import type { CommandEnd } from "../../runs/ports/command-box.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import { E2bCommands } from "../../sandboxes/e2b-commands.ts";
import type { CommandSandbox } from "../../sandboxes/e2b-commands.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";
import { contextDeps } from "../context-deps.ts";
import type { Host } from "../host.ts";
import { openRoom, sandboxSettings } from "../object-deps.ts";
import type { ProgramTools } from "./attempt-deps.ts";
import { openMask } from "./open-gate.ts";

/** run_command of an agent, and how what it has begun is looked at. No driver where there is no provider of sandboxes. */
export interface AgentCommands {
  drivers: ToolDriver[];
  read: (callId: string) => Promise<CommandEnd | "running" | "gone">;
}

export function openCommands(tools: ProgramTools, storage: AgentStorage): AgentCommands {
  const { host, entries, order } = tools;
  const { spec } = order;
  const settings = sandboxSettings(host);
  const box = new E2bCommands(settings, describeSandbox(tools));
  const mask = openMask(tools);
  const driver = openCommandDriver({
    box,
    storage,
    noteSandbox: () => new AttemptStorage(entries).noteSandbox(),
    askRoom: () => findRoom(host, spec),
  });
  return {
    drivers: settings.apiKey === "" ? [] : [driver],
    read: async (callId) => {
      const sandboxId = storage.commandSandbox(callId);
      const end = sandboxId === null ? "gone" : await box.read(sandboxId, callId);
      return typeof end === "string"
        ? end
        : { ...end, ...(await mask({ stdout: end.stdout, stderr: end.stderr })) };
    },
  };
}

async function findRoom(host: Host, spec: RunSpec): Promise<string | null> {
  const { run_id, workspace_id, worker_id, priority } = spec;
  const claim = { run_id, workspace_id, worker_id, bundle_digest: null, priority };
  const verdict = await openRoom(host).ask({
    ...claim,
    since: host.clock(),
    lifetime_ms: sandboxLifeMs(spec),
  });
  return verdict.kind === "granted" ? null : `${verdict.reason} Try again in a while.`;
}

async function bodyOf(
  found: Promise<{ body: ReadableStream } | null>,
  what: string,
): Promise<ReadableStream> {
  const file = await found;
  if (file === null) throw new Error(`${what} is not in storage.`);
  return file.body;
}

function describeSandbox({ host, order }: ProgramTools): CommandSandbox {
  const { spec, attempt, contexts } = order;
  const { files } = host;
  const port = createContextPort(contextDeps(host));
  return {
    runId: spec.run_id,
    attempt,
    workspaceId: spec.workspace_id,
    workerId: spec.worker_id,
    apiUrl: spec.api_url,
    network: spec.network,
    template: spec.template?.name ?? null,
    lifetimeMs: sandboxLifeMs(spec),
    inputs: spec.inputs,
    bundle: () => bodyOf(files.getBundle(spec.bundle_digest), "The bundle of a run"),
    files: spec.input_files.map(({ path, sha256, run_id: runId }) => ({
      path,
      open: () => {
        const found = runId
          ? files.getRunFile({ runId, sha256 })
          : files.getUpload({ workspaceId: spec.workspace_id, sha256 });
        return bodyOf(found, `The file ${path} of a run`);
      },
    })),
    contexts: contexts.map((context) => ({
      name: context.name,
      open: () => port.openArchive(spec.workspace_id, context),
    })),
  };
}

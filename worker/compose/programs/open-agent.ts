import type { Json } from "#contract/json";
import { AgentEngine } from "../../agents/agent-engine.ts";
import { AgentStorage } from "../../agents/agent-storage.ts";
import type { AgentModel } from "../../agents/models/model-api.ts";
import { openProviderModel } from "../../agents/models/provider-driver.ts";
import {
  buildDefaultScript,
  openScriptedModel,
  readScript,
  SCRIPT_PATH,
} from "../../agents/models/scripted-model.ts";
import { exampleOf } from "../../agents/tools/output-schema.ts";
import { openApprovalDriver } from "../../agents/tools/approval-driver.ts";
import { openFolderDriver } from "../../agents/tools/folder-driver.ts";
import type { ReadableFile } from "../../agents/tools/folder-driver.ts";
import { FINISH, openOutputDriver } from "../../agents/tools/output-driver.ts";
import { openWebDriver } from "../../agents/tools/web-driver.ts";
import { openWorkerDriver } from "../../agents/tools/worker-driver.ts";
import { withoutTools } from "../../agents/without-tools.ts";
import type { Program } from "../../attempts/program.ts";
import { runPrincipal } from "../../access/principal.ts";
import { listFileRows } from "../../contexts/store.ts";
import { openStrangerDial } from "../../platform/network/dial-client.ts";
import { matchesGlob } from "../../registry/match-glob.ts";
import { unpackBundle } from "../../registry/unpack-bundle.ts";
import { callWorker, getCalledRun } from "../../runs/calls/calls.ts";
import { NANO_USD } from "../../runs/lifecycle/sandbox-cost.ts";
import { payerOf, spenderOf } from "../../runs/spec/spender.ts";
import type { AttemptContext } from "../../runs/lifecycle/run-state.ts";
import type { AgentSpec } from "../../runs/spec/agent-spec.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import { connectionDriver, openConnections } from "../../connections/tool-driver.ts";
import { resolveConnections } from "../../connections/resolve-service.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";
import type { Host } from "../host.ts";
import { callDeps, spendPort } from "../run-deps.ts";
import type { ProgramTools } from "./attempt-deps.ts";
import { openGate } from "./open-gate.ts";
import { chooseModels } from "./open-models.ts";

/** Opens what carries an agent on. */
export async function openAgent(tools: ProgramTools): Promise<Program> {
  const { host, entries, order, launch } = tools;
  const { spec, attempt, contexts } = order;
  const { agent } = spec;
  if (agent === null) throw new Error(`The run ${spec.run_id} is none of an agent.`);
  const storage = new AgentStorage(entries);
  const readBundle = once(() => listBundle(host, spec));
  const readAll = once(async () => [...(await readBundle()), ...(await listContexts(host, spec, contexts))]);
  const self = runPrincipal({ run: spec.run_id, workspace: spec.workspace_id, attempt, launch });
  const drivers = [
    openFolderDriver(readAll),
    openOutputDriver({ runId: spec.run_id, outputs: spec.outputs, storage, files: host.files }),
    openApprovalDriver(),
    openWorkerDriver({
      calls: spec.calls,
      call: (request) => callWorker(callDeps(host), self, request),
    }),
    openWebDriver(openDial(host)),
    await openConnectionDriver(host, spec),
  ];
  const disabled = agent.disable_tools.filter((name) => name !== FINISH);
  return new AgentEngine({
    spec,
    agent,
    storage,
    gate: openGate(
      tools,
      drivers.map((driver) => withoutTools(driver, disabled)),
    ),
    openModels: () => openModels(host, { spec, agent, readBundle }),
    readEntry: () => readText(readBundle, agent.entry),
    contexts: contexts.map(({ name }) => name),
    files: host.files,
    clock: host.clock,
    findLeftUsd: async () => {
      const left = await spendPort(host).findLeft(spenderOf(spec));
      return left === null ? null : left / NANO_USD;
    },
    readChild: (childId) => getCalledRun(callDeps(host), self, { childId, waitSeconds: 0 }),
  });
}

/** The tools of the connections that the version declares, as they are now. */
async function openConnectionDriver(host: Host, spec: RunSpec): Promise<ToolDriver> {
  const of = { workspaceId: spec.workspace_id, userId: payerOf(spec) };
  const { found } = await resolveConnections(host, of, spec.connections);
  const openConnection = (id: string) => host.connection(id);
  const opened = await openConnections(openConnection, found);
  return connectionDriver({ openConnection, runId: spec.run_id }, () => opened);
}

type ReadFiles = () => Promise<readonly ReadableFile[]>;

/** Asks once; a failure is not kept. */
function once<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | null = null;
  return () => {
    asked ??= ask().catch((error: unknown) => {
      asked = null;
      throw error;
    });
    return asked;
  };
}

async function listBundle({ files }: Host, { bundle_digest: digest }: RunSpec): Promise<ReadableFile[]> {
  const bundle = await files.getBundle(digest);
  if (bundle === null) throw new Error("The bundle of a run is not in storage.");
  return (await unpackBundle(await bundle.bytes())).files;
}

/** The files of the contexts as they were when the attempt began. */
async function listContexts(
  { db, files }: Host,
  { workspace_id: workspaceId }: RunSpec,
  contexts: readonly AttemptContext[],
): Promise<ReadableFile[]> {
  const all = contexts.map(async ({ context_id: contextId, name, version, paths }) => {
    const rows = version === 0 ? [] : await listFileRows(db, contextId, version);
    const mounted = rows.filter(
      ({ path }) => paths.length === 0 || paths.some((pattern) => matchesGlob(pattern, path)),
    );
    return mounted.map(({ path, size, sha256 }) => ({
      path: `context/${name}/${path}`,
      size,
      read: async () => {
        const found = await files.getContextFile({ workspaceId, contextId }, sha256);
        if (found === null) throw new Error("A file of a context is not in storage.");
        return found.bytes();
      },
    }));
  });
  return (await Promise.all(all)).flat();
}

async function readText(list: ReadFiles, path: string): Promise<string | null> {
  const file = (await list()).find((one) => one.path === path);
  return file === undefined ? null : new TextDecoder().decode(await file.read());
}

function openDial({ publicNetwork, config }: Host) {
  return openStrangerDial({ publicNetwork, allowLoopback: config.allowLoopbackAlerts });
}

/** The models of a run, by its workspace's keys before the server's own; in a sentence why there is none. */
async function openModels(
  host: Host,
  { spec, agent, readBundle }: { spec: RunSpec; agent: AgentSpec; readBundle: ReadFiles },
): Promise<readonly AgentModel[] | string> {
  const { choice, dial } = await chooseModels(host, spec.workspace_id, agent);
  if (choice.kind === "none") return choice.message;
  if (choice.kind === "scripted") {
    const text = await readText(readBundle, SCRIPT_PATH);
    const script = text === null ? buildDefaultScript(exampleOutputs(spec)) : readScript(text);
    return [openScriptedModel(script, { inputs: spec.inputs, reason: choice.reason })];
  }
  return choice.places.map((place) => openProviderModel(place, { clock: host.clock, dial }));
}

function exampleOutputs({ outputs }: RunSpec): Record<string, Json> {
  return Object.fromEntries(outputs.map((field) => [field.name, exampleOf(field)]));
}

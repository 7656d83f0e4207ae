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
import { approvalDriver } from "../../agents/tools/approval-driver.ts";
import { RUN_COMMAND } from "../../agents/tools/command-driver.ts";
import { SEARCH_KEY, WEB_SEARCH } from "../../agents/tools/search-driver.ts";
import { openFolderDriver } from "../../agents/tools/folder-driver.ts";
import { FINISH, openOutputDriver } from "../../agents/tools/output-driver.ts";
import { openWebDriver } from "../../agents/tools/web-driver.ts";
import { openWorkerDriver } from "../../agents/tools/worker-driver.ts";
import { withoutTools } from "../../agents/without-tools.ts";
import type { Program } from "../../attempts/program.ts";
import { runPrincipal } from "../../access/principal.ts";
import { openOperatorDial, openStrangerDial } from "../../platform/network/dial-client.ts";
import { callWorker, getCalledRun } from "../../runs/calls/calls.ts";
import { NANO_USD } from "../../runs/lifecycle/sandbox-cost.ts";
import { payerOf, spenderOf } from "../../runs/spec/spender.ts";
import type { AgentSpec } from "../../runs/spec/agent-spec.ts";
import type { RunSpec } from "../../runs/spec/run-spec.ts";
import { connectionDriver, openConnections } from "../../connections/tool-driver.ts";
import { resolveConnections } from "../../connections/resolve-service.ts";
import type { ToolDriver } from "../../tools/gate-api.ts";
import type { Host } from "../host.ts";
import { callDeps, spendPort } from "../run-deps.ts";
import { listBundle, listContexts, listMemory, once, readText } from "./agent-files.ts";
import type { ReadFiles } from "./agent-files.ts";
import { openCommands } from "./agent-commands.ts";
import { openSearch } from "./agent-search.ts";
import { openMemory, readAgentMemory } from "./agent-memory.ts";
import type { TellingTools } from "./attempt-deps.ts";
import { openGate } from "./open-gate.ts";
import { openHttpDriver } from "./open-http-driver.ts";
import { chooseModels } from "./open-models.ts";

/** Opens what carries an agent on. */
export async function openAgent(tools: TellingTools): Promise<Program> {
  const { host, entries, order, launch, showLive } = tools;
  const { spec, attempt, contexts } = order;
  const { agent } = spec;
  if (agent === null) throw new Error(`The run ${spec.run_id} is none of an agent.`);
  const storage = new AgentStorage(entries);
  const readBundle = once(() => listBundle(host, spec));
  const readAll = once(async () => [
    ...(await readBundle()),
    ...(await listContexts(host, spec, contexts)),
    ...(await listMemory(host, spec, contexts)),
  ]);
  const self = runPrincipal({ run: spec.run_id, workspace: spec.workspace_id, attempt, launch });
  const commands = openCommands(tools, storage);
  // The address stands in the settings of whoever runs this server.
  const search = await openSearch(host, spec, openOperatorDial());
  const drivers = [
    openFolderDriver(readAll),
    openOutputDriver({ runId: spec.run_id, outputs: spec.outputs, storage, files: host.files }),
    approvalDriver,
    openWorkerDriver({
      calls: spec.calls,
      call: (request) => callWorker(callDeps(host), self, request),
    }),
    openWebDriver(openDial(host)),
    openHttpDriver(host, agent.http_tools),
    ...commands.drivers,
    ...search,
    ...(agent.memory?.writeable === true ? [openMemory(tools)] : []),
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
    lacks: [
      ...(commands.drivers.length > 0
        ? []
        : [{ tool: RUN_COMMAND, why: "this server has no provider of sandboxes" }]),
      ...(search.length > 0
        ? []
        : [{ tool: WEB_SEARCH, why: `no key is set for it: floom secrets set ${SEARCH_KEY}` }]),
    ],
    readMemory: () => readAgentMemory(host, spec),
    files: host.files,
    clock: host.clock,
    findLeftUsd: async () => {
      const left = await spendPort(host).findLeft(spenderOf(spec));
      return left === null ? null : left / NANO_USD;
    },
    readCommand: commands.read,
    showLive,
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

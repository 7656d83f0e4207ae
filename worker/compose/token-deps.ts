import type { DeviceDeps } from "../access/devices/service.ts";
import { addressOf, requireAddressRate } from "../access/rate/service.ts";
import { authenticate } from "../access/service.ts";
import { readCatalogMark } from "../catalog/mark-store.ts";
import { findVisibleWorker, listVisibleWorkers } from "../catalog/require-worker.ts";
import { findToolHolder } from "../catalog/tool-holder-store.ts";
import type { McpDeps } from "../mcp/mcp-route.ts";
import type { McpServing } from "../mcp/protocol/serve.ts";
import { fetchClientDocument } from "../oauth/document-service.ts";
import type { OAuthDeps } from "../oauth/service.ts";
import { openStrangerDial } from "../platform/network/dial-client.ts";
import { hearLeft, tellLeft } from "../runs/read/left-question.ts";
import { findRunRows } from "../runs/record/store.ts";
import { findMissingSecrets } from "../secrets/vault-service.ts";
import { accessDeps } from "./access-deps.ts";
import { rateDeps } from "./guard-deps.ts";
import type { Host } from "./host.ts";

/** For tokens, and for programs that are let in by a person. */
export function tokenDeps(host: Host): DeviceDeps {
  return {
    db: host.db,
    clock: host.clock,
    signingKey: host.config.signingKey,
    takeExactly: rateDeps(host).takeExactly,
    ownerIsLocal: host.config.ownerIsLocal,
  };
}

/** For the endpoints of OAuth, and for what people say about clients. */
export function oauthDeps(host: Host): OAuthDeps {
  const { config, publicNetwork } = host;
  const allowLoopback = config.allowLoopbackAlerts;
  const dial = openStrangerDial({ publicNetwork, allowLoopback });
  return {
    db: host.db,
    clock: host.clock,
    behind: host.behind,
    settings: config,
    publicUrl: host.publicUrl,
    signingKey: config.signingKey,
    earlierSigningKeys: config.earlierSigningKeys,
    allowLoopback,
    newUserId: () => host.newId("usr", host.clock()),
    newRowId: () => host.newId("req", host.clock()),
    newGrantId: (nowMs) => host.newId("ocl", nowMs),
    fetchClientDocument: (address) => fetchClientDocument(dial, address),
  };
}

/** For the tools. What serves them is loaded when the first client asks: no run and no hook pays for it. */
export function mcpDeps(host: Host): McpDeps {
  const runs = { runObject: (runId: string) => host.run(runId) };
  return {
    db: host.db,
    clock: host.clock,
    behind: host.behind,
    publicUrl: host.publicUrl,
    marked: (workspaceId, mark) => host.noteMark(workspaceId, mark),
    authenticateToken: (request) => authenticate(accessDeps(host), request),
    admit: (request) => requireAddressRate(rateDeps(host), addressOf(request)),
    readMark: async ({ workspace_id: workspaceId }) =>
      host.takeMark(workspaceId) ?? readCatalogMark(host.db, workspaceId),
    takeMark: ({ workspace_id: workspaceId }) => host.takeMark(workspaceId),
    readRunMarks: async ({ workspace_id }, ids) => {
      const rows = await findRunRows(host.db, workspace_id, ids);
      return new Map(Array.from(rows, ([id, row]) => [id, JSON.stringify(row)]));
    },
    listWorkers: (principal) => listVisibleWorkers(host, principal, host.takeMark(principal.workspace_id)),
    findWorker: (principal, name) => findVisibleWorker(host, principal, name),
    findToolHolder: ({ workspace_id: workspaceId }, stem) =>
      findToolHolder(host.db, { workspaceId, names: [stem], but: stem }),
    findMissingSecrets: (workspaceId, wants) => findMissingSecrets(host, workspaceId, wants),
    hearLeft: (runId, question, over) => hearLeft(runs, { runId, question, over }),
    tellLeft: (runId, question) => tellLeft(runs, { runId, question }),
    serve: async (request, caller) => (await openTools()).answer(request, caller),
  };
}

let opened: Promise<McpServing> | undefined;

/** Holds nothing of a request, so one serves this isolate. */
function openTools(): Promise<McpServing> {
  opened ??= Promise.all([
    import("../mcp/protocol/serve.ts"),
    import("../mcp/platform-tools.ts"),
    import("../mcp/worker-tools.ts"),
    import("../mcp/resources/workspace-resources.ts"),
    import("../mcp/prompts/workspace-prompts.ts"),
    import("../mcp/questions/hear-answer.ts"),
  ]).then(
    ([
      { openServing },
      { platformTools },
      { workerTools },
      { workspaceResources },
      { workspacePrompts },
      { hearAnswer },
    ]) =>
      openServing({
        tools: [platformTools, workerTools],
        resources: workspaceResources,
        prompts: workspacePrompts,
        hearAnswer,
      }),
  );
  return opened;
}

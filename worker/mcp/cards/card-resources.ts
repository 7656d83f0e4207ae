import type { McpCaller } from "../caller.ts";
import type { ResourceContent, ResourceSource } from "../resources/resource-source.ts";
import type { ToolDescriptor } from "../tool-source.ts";
import { startsRuns } from "../asking/starts-runs.ts";
import { findWorkerTool } from "../worker-tools.ts";
import { buildCard } from "./build-card.ts";

/** How a host knows a page that it shows beside a tool's result. */
const CARD_TYPE = "text/html;profile=mcp-app";

const APPROVAL = "ui://floom/approval";
const FORM = "ui://floom/form/";

/** Tools of the platform that give a run as their result. */
const GIVING_RUNS = ["run_start", "run_wait"];

/** The tool, with the card that shows what it gives; both names of the place, since hosts read one or the other. Pure. */
export function withCard(tool: ToolDescriptor): ToolDescriptor & { _meta?: Record<string, unknown> } {
  const isOfRuns = GIVING_RUNS.includes(tool.name);
  if (!isOfRuns && !startsRuns(tool.name)) return tool;
  const resourceUri = isOfRuns ? APPROVAL : `${FORM}${tool.name}`;
  return { ...tool, _meta: { ui: { resourceUri }, "ui/resourceUri": resourceUri } };
}

/** The same resources, and the cards among what is read: a card shows no more of a worker than its tool does. */
export function withCards(resources: ResourceSource): ResourceSource {
  return {
    ...resources,
    read: async (caller, uri) => (await readCard(caller, uri)) ?? resources.read(caller, uri),
  };
}

async function readCard(caller: McpCaller, uri: string): Promise<ResourceContent | null> {
  const origin = caller.publicUrl;
  if (uri === APPROVAL) return asCard(uri, buildCard({ title: "Run", origin }));
  if (!uri.startsWith(FORM)) return null;
  const tool = await findWorkerTool(caller, uri.slice(FORM.length));
  if (tool === null) return null;
  return asCard(
    uri,
    buildCard({ title: tool.title, origin, form: { tool: tool.name, schema: tool.inputSchema } }),
  );
}

function asCard(uri: string, text: string): ResourceContent {
  const csp = { connectDomains: [], resourceDomains: [] };
  return { uri, mimeType: CARD_TYPE, text, _meta: { ui: { csp, prefersBorder: true } } };
}

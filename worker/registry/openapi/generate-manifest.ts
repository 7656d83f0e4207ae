import { stringify } from "yaml";
import type { Json } from "#contract/json";
import { tierRights } from "#contract/trust/tiers";
import type { TrustTier } from "#contract/trust/tiers";
import { buildParameters, words } from "./build-parameters.ts";
import type { Placed } from "./build-parameters.ts";
import { findServer } from "./find-server.ts";
import { readSecurity } from "./read-security.ts";
import { entriesOf, follow, listOf, textOf } from "./read-document.ts";
import type { Node } from "./read-document.ts";

export interface GenerateOptions {
  name: string | undefined;
  include: readonly string[] | undefined;
  writes: boolean;
  /** Where the document came from; null for one that was handed over. */
  documentUrl: string | null;
}

export interface GeneratedManifest {
  name: string;
  worker_yml: string;
  tools: string[];
  trust_tier: TrustTier;
  secrets: string[];
  left_out: { operation: string; reason: string }[];
}

const METHODS = ["get", "head", "post", "put", "patch", "delete"];
const READING = ["GET", "HEAD"];
const MOST_TOOLS = 100;
const LONGEST_NAME = 48;

interface Operation {
  path: string;
  method: string;
  said: Node;
  shared: readonly Json[];
}

/** The manifest that a document stands for: a tool for each operation, always the same for the same document. Pure. */
export function generateManifest(root: Node, options: GenerateOptions): GeneratedManifest | string {
  const info = follow(root, root["info"]);
  const name = options.name ?? addressOf(textOf(info["title"]));
  const server = findServer(root, options.documentUrl);
  if (server === null)
    return "It names no server with http or https; give its address, or add servers to it.";
  const left: GeneratedManifest["left_out"] = [];
  const taken = new Set<string>();
  const tools = listOperations(root).flatMap((operation) => {
    const tool = buildTool(root, { operation, options, taken, worker: name });
    if (typeof tool !== "string" && taken.size < MOST_TOOLS) {
      taken.add(tool.name);
      return [tool];
    }
    const reason =
      typeof tool === "string" ? tool : `A worker has at most ${MOST_TOOLS} tools; choose by include.`;
    left.push({ operation: `${operation.method} ${operation.path}`.slice(0, 300), reason });
    return [];
  });
  if (tools.length === 0) return "None of its operations can be taken as a tool: see writes and include.";
  const tier = tierOf(tools.map(({ method }) => method));
  const manifest = {
    schema_version: "0.3",
    name,
    title: words(info["title"]).slice(0, 120) || name,
    ...(words(info["description"]) !== "" && { description: words(info["description"]) }),
    version: "0.1.0",
    exec: { mode: "http" },
    runtime: { trust_tier: tier },
    variables: { base_url: { description: "Where the service answers.", default: server } },
    exposes: tools.map(({ exposed }) => exposed),
    http_bridge: tools.map(({ bridge }) => bridge),
  };
  return {
    name,
    worker_yml: stringify(manifest, { lineWidth: 100, aliasDuplicateObjects: false }),
    tools: tools.map((tool) => tool.name),
    trust_tier: tier,
    secrets: [...new Set(tools.flatMap(({ secrets }) => secrets))],
    left_out: left,
  };
}

/** As little as these methods need. */
function tierOf(methods: readonly string[]): TrustTier {
  const tiers: TrustTier[] = [1, 2];
  return (
    tiers.find((tier) => methods.every((method) => tierRights[tier]?.methods.includes(method) === true)) ?? 3
  );
}

function addressOf(title: string): string {
  const plain = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replaceAll(/^-+|-+$/g, "");
  return plain.length < 3 ? `${plain}-api`.replace(/^-/, "") : plain;
}

function listOperations(root: Node): Operation[] {
  return entriesOf(root["paths"]).flatMap(([path, item]) => {
    const said = follow(root, item);
    return METHODS.flatMap((method) => {
      const operation = said[method];
      if (operation === undefined) return [];
      const shared = listOf(said["parameters"]);
      return [{ path, method: method.toUpperCase(), said: follow(root, operation), shared }];
    });
  });
}

interface ToolCase {
  operation: Operation;
  options: GenerateOptions;
  taken: ReadonlySet<string>;
  worker: string;
}

interface BuiltTool {
  name: string;
  method: string;
  exposed: Node;
  bridge: Node;
  secrets: string[];
}

/** A tool, or why an operation becomes none. */
function buildTool(root: Node, { operation, options, taken, worker }: ToolCase): BuiltTool | string {
  const { path, method, said, shared } = operation;
  const name = toolNameOf(operation, taken);
  const isRead = READING.includes(method);
  const why = whyLeftOut(operation, { name, options });
  if (why !== null) return why;
  const { placed, body, bodyIsWhole } = buildParameters(root, { shared, operation: said });
  const template = pathTemplate(path, placed);
  if (template === null) return "Its path has a parameter that is not declared.";
  const security = readSecurity(root, { operation: said, worker });
  if (security === null) return "It needs a kind of sign-in that is not known here.";
  const of = (place: Placed["place"]) => placed.filter((one) => one.place === place);
  const members = Object.fromEntries(of("body").map((one) => [one.key, `{{${one.name}}}`]));
  const hasBody = !isRead && body !== null && of("body").length > 0;
  const headers = {
    ...Object.fromEntries(of("header").map((one) => [one.key, `{{${one.name}}}`])),
    ...security.headers,
  };
  const queryParams = Object.fromEntries(of("query").map((one) => [one.name, one.key]));
  const kept = placed.filter(({ place }) => place !== "body" || hasBody);
  return {
    name,
    method,
    secrets: security.secrets,
    exposed: {
      name,
      description: words(said["summary"]) || words(said["description"]) || `${method} ${path}`,
      access: isRead ? "read" : "write",
      ...(kept.length > 0 && { parameters: Object.fromEntries(kept.map((one) => [one.name, one.said])) }),
    },
    bridge: {
      tool_name: name,
      method,
      url: `{{base_url}}${template}`,
      ...(Object.keys(queryParams).length > 0 && { query_params: queryParams }),
      ...(Object.keys(security.query).length > 0 && { query: security.query }),
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(hasBody && {
        body,
        body_template: bodyIsWhole ? `{{${of("body")[0]?.name ?? "body"}}}` : members,
      }),
    },
  };
}

/** What can be said of an operation before its parameters are looked at. */
function whyLeftOut(
  { path, method, said }: Operation,
  { name, options }: { name: string; options: GenerateOptions },
): string | null {
  if (!isIncluded(options.include, { name, said })) return "It is not among those to include.";
  if (!READING.includes(method) && !options.writes)
    return `It sends ${method}; only what reads is taken, unless writes is said.`;
  // A document's author may not write templates: a placeholder of ours in it could stand for a secret.
  const isKept = path.startsWith("/") && !/\{\{|[?#\\\s]/.test(path);
  return isKept ? null : "Its path cannot be kept as it is written.";
}

function isIncluded(
  include: readonly string[] | undefined,
  { name, said }: { name: string; said: Node },
): boolean {
  if (include === undefined || include.length === 0) return true;
  const known = [name, textOf(said["operationId"]), ...listOf(said["tags"]).map((tag) => textOf(tag))];
  return include.some((one) => known.includes(one));
}

function toolNameOf({ path, method, said }: Operation, taken: ReadonlySet<string>): string {
  const wanted = textOf(said["operationId"]) || `${method.toLowerCase()}${path}`;
  const plain =
    wanted
      .replaceAll(/[^A-Za-z0-9_-]+/g, "_")
      .replaceAll(/^_+|_+$/g, "")
      .slice(0, LONGEST_NAME) || method.toLowerCase();
  let name = plain;
  for (let number = 2; taken.has(name); number++) name = `${plain.slice(0, LONGEST_NAME - 4)}_${number}`;
  return name;
}

/** The path with our placeholders; null where it names a parameter that there is not. */
function pathTemplate(path: string, placed: readonly Placed[]): string | null {
  let isWhole = true;
  const template = path.replaceAll(/\{([^{}]*)\}/g, (_whole, key: string) => {
    const found = placed.find((one) => one.place === "path" && one.key === key);
    isWhole &&= found !== undefined;
    return `{{${found?.name ?? ""}}}`;
  });
  return isWhole ? template : null;
}

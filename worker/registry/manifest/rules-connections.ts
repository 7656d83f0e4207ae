import { connectionServerKeys } from "#contract/manifest/connection-keys";
import { didYouMean } from "../suggest.ts";
import type { Report } from "./report.ts";
import { isBlank, itemsAt, nodeAt, textAt } from "./yaml-node.ts";
import type { MapNode, YamlNode } from "./yaml-node.ts";

const KINDS = ["mcp", "composio", "app", "browser_session"];
const LABEL = /^[A-Za-z0-9_-]{1,64}$/;
const APP = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/** Each connection names exactly one thing to connect to, and enough to do it. */
export function checkConnections(root: MapNode, report: Report): void {
  const declared = [...itemsAt(root, "connections"), ...itemsAt(root, "capabilities", "connections")];
  for (const item of declared) {
    if (item.kind === "map") checkConnection(item, report);
    else checkBareApp(item, report);
  }
}

function checkConnection(item: MapNode, report: Report): void {
  const named = KINDS.filter((kind) => !isBlank(nodeAt(item, kind)));
  if (named.length !== 1) {
    report.error(item, {
      code: "bad_connection",
      message:
        named.length === 0
          ? "The connection does not say to what."
          : `The connection names ${named.join(" and ")}.`,
      fix: "Write exactly one of app, composio, mcp, browser_session.",
    });
    return;
  }
  const value = nodeAt(item, named[0] ?? "");
  if (value === undefined) return;
  if (named[0] === "mcp") checkMcp(value, report);
  else if (named[0] === "browser_session") refuseKind(value, "browser_session", report);
  else {
    if (value.kind === "map") checkNames(value, ["app", "allowed_tools", "scope", "scopes"], report);
    checkApp(value.kind === "map" ? (nodeAt(value, "app") ?? value) : value, report);
    if (value.kind === "map") checkScope(value, report);
  }
  checkScope(item, report);
}

function checkBareApp(item: YamlNode, report: Report): void {
  checkApp(item, report);
  if (item.kind !== "scalar" || typeof item.value !== "string" || !APP.test(item.value)) return;
  report.warning(item, {
    code: "bare_connection",
    message: `${item.value} by itself lets the worker read there, and change nothing.`,
    fix: `Write - app: ${item.value.toLowerCase()} with scope: read_only, or scope: full where it is meant to change things.`,
  });
}

function checkApp(node: YamlNode, report: Report): void {
  if (node.kind === "scalar" && typeof node.value === "string" && APP.test(node.value)) return;
  report.error(node, {
    code: "bad_connection",
    message: "The app is not named as it must be.",
    fix: "Write its slug, e.g. app: gmail.",
  });
}

function checkScope(item: MapNode, report: Report): void {
  const scope = textAt(item, "scope") ?? textAt(item, "scopes") ?? "full";
  if (scope === "full" || scope === "read_only") return;
  report.error(nodeAt(item, "scope") ?? nodeAt(item, "scopes") ?? item, {
    code: "not_allowed",
    message: `The scope cannot be ${scope}.`,
    fix: "Write full or read_only.",
  });
}

/** A remote server has a url, or the name of a connection that the workspace has. */
function checkMcp(value: YamlNode, report: Report): void {
  if (value.kind === "scalar" && typeof value.value === "string" && LABEL.test(value.value)) return;
  if (value.kind !== "map") {
    report.error(value, {
      code: "bad_connection",
      message: "The MCP server is not named as it must be.",
      fix: "Write the name of the workspace's connection, e.g. mcp: linear, or label and url.",
    });
    return;
  }
  checkServerKeys(value, report);
  const transport =
    textAt(value, "transport") ?? (isBlank(nodeAt(value, "command")) ? "streamable_http" : "stdio");
  if (transport === "stdio") {
    refuseKind(nodeAt(value, "transport") ?? value, "stdio", report);
    return;
  }
  if (isBlank(nodeAt(value, "url"))) {
    report.error(value, {
      code: "missing_key",
      message: `An MCP connection over ${transport} needs url.`,
      fix: "Add url, or write the name of the workspace's connection: mcp: linear.",
    });
  }
  for (const refused of ["command", "args", "env", "cwd"]) {
    if (isBlank(nodeAt(value, refused))) continue;
    report.error(value.entries.get(refused)?.key ?? value, {
      code: "bad_connection",
      message: `An MCP connection over ${transport} has no ${refused}.`,
      fix: `Remove ${refused}.`,
    });
  }
}

/** The values that each key takes. */
const serverRules: [key: string, form: RegExp, fix: string][] = [
  ["label", LABEL, "Use 1 to 64 letters, digits, underscores and hyphens."],
  ["transport", /^(?:streamable_http|sse|stdio)$/, "Write streamable_http or sse."],
  [
    "auth",
    /^bearer:[A-Z][A-Z0-9_]{0,63}$/,
    "Write bearer: and the name of a secret, e.g. bearer:LINEAR_TOKEN.",
  ],
  ["require_approval", /^(?:never|always)$/, "Write never or always."],
];

function checkServerKeys(value: MapNode, report: Report): void {
  checkNames(value, connectionServerKeys, report);
  for (const [key, form, fix] of serverRules) {
    const node = nodeAt(value, key);
    if (node === undefined || isBlank(node)) continue;
    if (node.kind === "scalar" && typeof node.value === "string" && form.test(node.value)) continue;
    report.error(node, {
      code: "not_allowed",
      message: `The ${key} of an MCP connection cannot be this.`,
      fix,
    });
  }
}

/** A key that nobody knows is never dropped in silence: it may have been meant to keep tools out. */
function checkNames(value: MapNode, known: readonly string[], report: Report): void {
  for (const [name, { key }] of value.entries) {
    if (known.includes(name)) continue;
    report.error(key, {
      code: "unknown_key",
      message: `A connection has no key ${name}.`,
      fix: `Remove it, or use one of ${known.slice(0, 6).join(", ")}.${didYouMean(name, known)}`,
    });
  }
}

/** Named, so that nobody takes it for a slip of the pen. */
function refuseKind(node: YamlNode, kind: string, report: Report): void {
  report.error(node, {
    code: "not_allowed",
    message: `A connection by ${kind} does not exist on this server.`,
    fix: "Use a remote MCP server over streamable_http, or an app.",
  });
}

const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!\/|$)|(?=\/|$))){4}(?:\/(?:3[0-2]|[12]?\d))?$/;
const IPV6 = /^[0-9a-f:.]*:[0-9a-f:.]*(?:\/(?:12[0-8]|1[01]\d|[1-9]?\d))?$/i;
const HOST =
  /^(?:\*\.)?(?=[^/]{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*\.?$/i;

function isNetwork(rule: string): boolean {
  if (IPV4.test(rule)) return true;
  const address = rule.split("/")[0] ?? "";
  return IPV6.test(rule) && URL.canParse(`http://[${address}]/`);
}

/** Hosts that the sandbox provider would refuse when a run is launched: they are named when the worker is pushed. */
export function checkNetwork(root: MapNode, report: Report): void {
  for (const item of itemsAt(root, "capabilities", "network", "allow_out")) {
    const rule = textAt(item);
    if (rule === undefined || isNetwork(rule) || (HOST.test(rule) && !/^[\d.]+$/.test(rule))) continue;
    report.error(item, {
      code: "bad_network",
      message: `allow_out cannot be ${rule}: it is no host name, no address and no network.`,
      fix: "Write a name without scheme, port and path (api.example.com, *.example.com), an address, or a network such as 10.0.0.0/8.",
    });
  }
}

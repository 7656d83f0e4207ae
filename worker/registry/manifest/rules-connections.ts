import type { Report } from "./report.ts";
import { isBlank, itemsAt, nodeAt, textAt } from "./yaml-node.ts";
import type { MapNode, YamlNode } from "./yaml-node.ts";

const KINDS = ["mcp", "composio", "app", "browser_session"];
const APP = /^[a-z0-9][a-z0-9_-]{0,63}$/i;

/** Each connection names exactly one thing to connect to, and enough to do it. */
export function checkConnections(root: MapNode, report: Report): void {
  const declared = [...itemsAt(root, "connections"), ...itemsAt(root, "capabilities", "connections")];
  for (const item of declared) {
    if (item.kind === "map") checkConnection(item, report);
    else checkApp(item, report);
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
  if (named[0] === "mcp") checkMcp(item, value, report);
  else if (named[0] === "browser_session") checkBrowserSession(value, report);
  else checkApp(value.kind === "map" ? (nodeAt(value, "app") ?? value) : value, report);
  checkScope(item, report);
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

/** A remote server has a url and no command, a local one a command and no url. The keys may stand in or beside `mcp`. */
function checkMcp(item: MapNode, value: YamlNode, report: Report): void {
  const settings = value.kind === "map" ? value : item;
  const transport =
    textAt(settings, "transport") ?? (isBlank(nodeAt(settings, "command")) ? "streamable_http" : "stdio");
  const isLocal = transport === "stdio";
  const [needed, refused] = isLocal ? ["command", "url"] : ["url", "command"];
  if (!["streamable_http", "sse", "stdio"].includes(transport)) {
    report.error(nodeAt(settings, "transport") ?? settings, {
      code: "not_allowed",
      message: `The transport cannot be ${transport}.`,
      fix: "Write streamable_http, sse or stdio.",
    });
  } else if (isBlank(nodeAt(settings, needed))) {
    report.error(settings, {
      code: "missing_key",
      message: `An MCP connection over ${transport} needs ${needed}.`,
      fix: `Add ${needed}.`,
    });
  } else if (!isBlank(nodeAt(settings, refused))) {
    report.error(settings.entries.get(refused)?.key ?? settings, {
      code: "bad_connection",
      message: `An MCP connection over ${transport} has no ${refused}.`,
      fix: `Remove ${refused}.`,
    });
  }
}

function checkBrowserSession(value: YamlNode, report: Report): void {
  for (const key of ["site", "secret"]) {
    if (textAt(value, key) !== undefined) continue;
    report.error(value, {
      code: "missing_key",
      message: `A browser session needs ${key}.`,
      fix: `Add ${key}.`,
    });
  }
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

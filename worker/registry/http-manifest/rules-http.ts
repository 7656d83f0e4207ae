import { agentToolNames } from "#contract/agents/tool-names";
import type { AuthoredBridge, ExposedTool } from "#contract/manifest/http-keys";
import type { AuthoredManifest } from "#contract/manifest/keys";
import { readTier } from "#contract/manifest/trust-keys";
import { tierRights } from "#contract/trust/tiers";
import { isReservedSecret } from "../declared.ts";
import type { Report } from "../manifest/report.ts";
import { itemsAt, nodeAt } from "../manifest/yaml-node.ts";
import type { MapNode, Place, YamlNode } from "../manifest/yaml-node.ts";
import { didYouMean } from "../suggest.ts";
import { effectOf, readVariables } from "../http/build-http.ts";
import { checkRequest } from "./rules-request.ts";
import { readTemplate, textsOf } from "../http/read-template.ts";

interface HttpRules {
  authored: AuthoredManifest;
  root: MapNode;
  report: Report;
}

/** Rules of declared HTTP tools that need more than one key: names, requests, secrets, and what the tier allows. */
export function checkHttp({ authored, root, report }: HttpRules): void {
  const { exposes = [], exec } = authored;
  const isHttp = exec.mode === "http";
  if (isHttp && exposes.length === 0) {
    report.error(nodeAt(root, "exec", "mode") ?? root, {
      code: "missing_key",
      message: "exec.mode is http, but exposes declares no tool.",
      fix: "Add exposes and http_bridge.",
    });
  }
  if (!isHttp && exposes.length > 0 && exec.entry !== undefined && !exec.entry.endsWith(".md")) {
    report.error(root.entries.get("exposes")?.key ?? root, {
      code: "mixed_worker_kinds",
      message: "exposes declares HTTP tools, but a script is what runs.",
      fix: "Write exec: {mode: http} and take entry out, or take exposes out.",
    });
  }
  checkVariables({ authored, root, report });
  checkNames({ authored, root, report });
  authored.http_bridge?.forEach((bridge, index) => {
    const place = itemsAt(root, "http_bridge")[index] ?? root;
    const exposed = exposes.find(({ name }) => name === bridge.tool_name);
    if (exposed === undefined) {
      const names = exposes.map(({ name }) => name);
      report.error(nodeAt(place, "tool_name") ?? place, {
        code: "unknown_tool",
        message: `http_bridge names the tool ${bridge.tool_name}, which exposes does not declare.${didYouMean(bridge.tool_name, names)}`,
        fix: "Declare it in exposes, or take the request out.",
      });
      return;
    }
    checkBridge({ bridge, exposed, place, authored, report });
  });
}

function checkVariables({ authored, root, report }: HttpRules): void {
  for (const [name, value] of Object.entries(readVariables(authored.variables))) {
    const place = root.entries.get("variables")?.value;
    const at = (place && nodeAt(place, name)) ?? place ?? root;
    if (value === undefined || value === "") {
      report.error(at, {
        code: "variable_unset",
        message: `The variable ${name} has no value.`,
        fix: `Write default below it, or push with --var ${name}=...`,
      });
    } else if (value.includes("{{")) {
      report.error(at, {
        code: "bad_variable",
        message: `The variable ${name} holds a placeholder; variables are filled in once.`,
        fix: "Write the value itself.",
      });
    }
  }
}

function checkNames({ authored, root, report }: HttpRules): void {
  const seenTwice = (key: "exposes" | "http_bridge", names: readonly string[]): void => {
    names.forEach((name, index) => {
      if (names.indexOf(name) === index) return;
      const item = itemsAt(root, key)[index] ?? root;
      report.error(nodeAt(item, "name") ?? nodeAt(item, "tool_name") ?? item, {
        code: "duplicate_name",
        message: `${key} has ${name} twice.`,
        fix: "Keep one, or give one of them another name.",
      });
    });
  };
  const { exposes = [], http_bridge: bridges = [] } = authored;
  const isHttp = authored.exec.mode === "http";
  seenTwice(
    "exposes",
    exposes.map(({ name }) => name),
  );
  seenTwice(
    "http_bridge",
    bridges.map(({ tool_name: name }) => name),
  );
  exposes.forEach(({ name }, index) => {
    const item = itemsAt(root, "exposes")[index] ?? root;
    if (!isHttp && (agentToolNames.has(name) || name.includes("__"))) {
      report.error(nodeAt(item, "name") ?? item, {
        code: "tool_name_taken",
        message: `${name} is what a tool of every agent, or of a connection, is called.`,
        fix: "Give the tool another name, without two underscores in a row.",
      });
    }
    if (bridges.some((bridge) => bridge.tool_name === name)) return;
    report.error(item, {
      code: "tool_without_request",
      message: `The tool ${name} has no request in http_bridge: a call would do nothing.`,
      fix: `Add an item with tool_name: ${name}, method and url to http_bridge.`,
    });
  });
}

/** One tool with its request, as a rule looks at it. */
export interface BridgeRules {
  bridge: AuthoredBridge;
  exposed: ExposedTool;
  place: YamlNode;
  authored: AuthoredManifest;
  report: Report;
}

function checkBridge(rules: BridgeRules): void {
  checkTier(rules);
  checkPlaceholders(rules);
  checkRequest(rules);
}

function checkTier({ bridge, exposed, place, authored, report }: BridgeRules): void {
  const tier = readTier(authored.runtime?.trust_tier ?? 2);
  const method = bridge.method ?? "GET";
  const access = exposed.access ?? "read";
  const effect = effectOf({ method, access });
  const rights = tierRights[tier];
  const at = nodeAt(place, "method") ?? place;
  if (rights?.methods.includes(method) !== true || !rights.effects.includes(effect)) {
    report.error(at, {
      code: "tier_forbids",
      message: `The tool ${exposed.name} sends ${method} and ${effect === "read" ? "reads" : `may ${effect}`}, which trust tier ${tier} (${rights?.name ?? "unknown"}) must not.`,
      fix: "Raise runtime.trust_tier, or take the tool out.",
    });
  } else if (access === "read" && effect !== "read") {
    report.warning(at, {
      code: "reads_by_writing",
      message: `The tool ${exposed.name} says that it reads, but sends ${method}: it counts as one that may ${effect}.`,
      fix: "Write access: write, or use GET.",
    });
  }
}

/** Every text of the request that may hold placeholders, with where it stands. */
function templatesOf({ bridge, place }: BridgeRules): { text: string; at: Place }[] {
  const at = (...path: string[]) => nodeAt(place, ...path) ?? place;
  const maps = (["headers", "query"] as const).flatMap((key) =>
    Object.entries(bridge[key] ?? {}).map(([name, text]) => ({ text, at: at(key, name) })),
  );
  const body = textsOf(bridge.body_template ?? null).map((text) => ({ text, at: at("body_template") }));
  const mapped = Object.keys(bridge.query_params ?? {}).map((name) => ({
    text: `{{${name}}}`,
    at: at("query_params", name),
  }));
  return [{ text: bridge.url, at: at("url") }, ...maps, ...body, ...mapped];
}

function checkPlaceholders(rules: BridgeRules): void {
  const { exposed, authored, report } = rules;
  const parameters = Object.keys(exposed.parameters ?? {});
  const variables = Object.keys(authored.variables ?? {});
  const known = [...parameters, ...variables];
  const isKnown = (name: string) =>
    name.startsWith("var:") ? variables.includes(name.slice(4)) : known.includes(name);
  for (const { text, at } of templatesOf(rules)) {
    for (const part of readTemplate(text)) {
      if (part.kind === "text") checkText(part.text, { at, report });
      else if (part.kind === "secret") checkSecret(part.name, { at, report });
      else if (!isKnown(part.name)) {
        report.error(at, {
          code: "unknown_placeholder",
          message: `{{${part.name}}} names neither a parameter of ${exposed.name} nor a variable.${didYouMean(part.name, known)}`,
          fix: `Declare it in the tool's parameters${known.length === 0 ? "" : `, or use one of: ${known.join(", ")}`}.`,
        });
      }
    }
  }
}

function checkText(text: string, { at, report }: { at: Place; report: Report }): void {
  if (!/\{\{|\}\}/.test(text)) return;
  report.error(at, {
    code: "bad_placeholder",
    message: "A placeholder is not closed, is empty or has spaces in it.",
    fix: "Write {{name}}, {{secret:NAME}} or {{var:name}}, without spaces.",
  });
}

function checkSecret(name: string, { at, report }: { at: Place; report: Report }): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,127}$/.test(name)) {
    report.error(at, {
      code: "bad_secret_name",
      message: `{{secret:${name.slice(0, 80)}}} is no name of a secret.`,
      fix: "Use letters, digits and underscores, e.g. {{secret:API_TOKEN}}.",
    });
  } else if (isReservedSecret(name)) {
    report.error(at, {
      code: "reserved_secret",
      message: `${name} belongs to the platform and is never sent.`,
      fix: "Use a secret of the workspace.",
    });
  }
}

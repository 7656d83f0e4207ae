import { isAlwaysGiven, readVariables } from "../http/build-http.ts";
import { judgePath } from "../http/json-path.ts";
import { planUrl } from "../http/plan-url.ts";
import { findMethodOverride } from "../http/method-override.ts";
import { isObject } from "../actions/compile-schema.ts";
import { fillVariables } from "../http/read-template.ts";
import type { BridgeRules } from "./rules-http.ts";
import { nodeAt } from "../manifest/yaml-node.ts";

/** Fields that say where a request goes, where it ends, or that speak of one connection alone. */
const takenHeaders =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-[a-z-]+)$/i;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const HEADER_TEXT = /^[\x20-\x7e]*$/;

/** That a request can be sent as it is written: its address, headers, body, paths and pages. */
export function checkRequest(rules: BridgeRules): void {
  checkAddress(rules);
  checkHeaders(rules);
  checkMethod(rules);
  checkBody(rules);
  checkPaths(rules);
  checkPages(rules);
}

function checkAddress({ bridge, exposed, authored, place, report }: BridgeRules): void {
  const parameters = exposed.parameters ?? {};
  const variables = Object.fromEntries(
    Object.entries(readVariables(authored.variables)).map(([name, value]) => [name, value ?? "x"]),
  );
  const at = nodeAt(place, "url") ?? place;
  const plan = planUrl(fillVariables(bridge.url, { variables, parameters: Object.keys(parameters) }));
  if (typeof plan === "string") {
    report.error(at, {
      code: "bad_url",
      message: `The address of ${exposed.name} ${plan}.`,
      fix: "Write an address such as https://api.example.com/items/{{id}}, or begin it with a variable.",
    });
    return;
  }
  for (const part of plan.segments.flat()) {
    const said = part.kind === "value" ? parameters[part.name] : undefined;
    if (part.kind !== "value" || said === undefined || isAlwaysGiven(said)) continue;
    report.error(at, {
      code: "optional_in_path",
      message: `{{${part.name}}} stands in the path of ${exposed.name} and may be left out: then the path would be another.`,
      fix: "Make the parameter required, or give it a default.",
    });
  }
}

function checkHeaders({ bridge, place, report }: BridgeRules): void {
  for (const [name, text] of Object.entries(bridge.headers ?? {})) {
    const at = nodeAt(place, "headers", name) ?? place;
    if (!HEADER_NAME.test(name) || takenHeaders.test(name)) {
      report.error(at, {
        code: "bad_header",
        message: `${name.slice(0, 80)} cannot be a header of a request.`,
        fix: "Use a name such as X-Api-Key; those that rule the connection are set by the edge.",
      });
    } else if (!HEADER_TEXT.test(text)) {
      report.error(at, {
        code: "bad_header",
        message: `The header ${name} has characters that no header may have.`,
        fix: "Write plain characters on one line.",
      });
    }
  }
}

/** The tier is held to the method that stands in `method`, so that no other place may say one. */
function checkMethod({ bridge, exposed, place, report }: BridgeRules): void {
  const { headers = {}, query = {}, query_params: mapped = {}, body_template: template } = bridge;
  const search = /\?([^#]*)/.exec(bridge.url)?.[1] ?? "";
  const pairs = (names: readonly string[]) => names.map((name): [string, string] => [name, ""]);
  const override = findMethodOverride({
    headers: Object.entries(headers),
    query: pairs([...Object.keys(query), ...Object.values(mapped), ...new URLSearchParams(search).keys()]),
    fields: isObject(template) ? Object.keys(template) : [],
  });
  if (override === null) return;
  report.error(nodeAt(place, "headers", override) ?? nodeAt(place, "query", override) ?? place, {
    code: "method_override",
    message: `${override.slice(0, 80)} would make another method of the request of ${exposed.name}.`,
    fix: "Say the method in method, which the trust tier is held to.",
  });
}

function checkBody({ bridge, exposed, place, report }: BridgeRules): void {
  const template = bridge.body_template ?? null;
  const method = bridge.method ?? "GET";
  const at = nodeAt(place, "body_template") ?? place;
  if (template !== null && (method === "GET" || method === "HEAD" || method === "OPTIONS")) {
    report.error(at, {
      code: "body_without_method",
      message: `The request of ${exposed.name} has a body, but ${method} sends none.`,
      fix: "Write method: POST, or put the values into query.",
    });
  }
  const isFlat =
    typeof template === "object" &&
    template !== null &&
    !Array.isArray(template) &&
    Object.values(template).every((value) => typeof value !== "object" || value === null);
  if (template !== null && (bridge.body ?? "json") !== "json" && !isFlat) {
    report.error(at, {
      code: "bad_body",
      message: `A ${bridge.body} body is a mapping of fields and texts.`,
      fix: "Write one line for each field, or body: json.",
    });
  }
}

function checkPaths({ bridge, place, report }: BridgeRules): void {
  const paths = [
    { path: ["response_path"], text: bridge.response_path },
    { path: ["pagination", "cursor_path"], text: bridge.pagination?.cursor_path },
    { path: ["pagination", "items_path"], text: bridge.pagination?.items_path },
  ];
  for (const { path, text } of paths) {
    const why = text === undefined || text === null ? null : judgePath(text);
    if (why === null) continue;
    report.error(nodeAt(place, ...path) ?? place, {
      code: "bad_json_path",
      message: `${path.join(".")} ${why}.`,
      fix: "Write JMESPath, e.g. data.items or results[0].id; names with hyphens stand in quotes.",
    });
  }
}

function checkPages({ bridge, place, report }: BridgeRules): void {
  const said = bridge.pagination;
  if (said === undefined) return;
  const lacking = [
    ...(said.by !== "link" && said.parameter === undefined ? ["parameter"] : []),
    ...(said.by === "cursor" && said.cursor_path === undefined ? ["cursor_path"] : []),
  ];
  const at = nodeAt(place, "pagination") ?? place;
  if (lacking.length > 0) {
    report.error(at, {
      code: "missing_key",
      message: `Pages by ${said.by} need ${lacking.join(" and ")}.`,
      fix: `Add ${lacking.join(" and ")}.`,
    });
  }
  if (!["GET", "HEAD"].includes(bridge.method ?? "GET")) {
    report.error(at, {
      code: "pages_of_writing",
      message: `A ${bridge.method} request is sent once; it has no further pages.`,
      fix: "Take pagination out.",
    });
  }
}

import type * as z from "zod";
import { authoredTemplateSchema, TEMPLATE_PATH } from "#contract/templates/template";
import type { TemplateSpec } from "#contract/templates/template";
import type { ManifestFinding } from "#contract/manifest/manifest";
import { readYaml } from "../manifest/read-yaml.ts";
import { createReport } from "../manifest/report.ts";
import type { Report } from "../manifest/report.ts";
import { didYouMean } from "../suggest.ts";
import { isBlank, locate, toJson } from "../manifest/yaml-node.ts";
import type { MapNode } from "../manifest/yaml-node.ts";

type Issue = z.core.$ZodIssue;

export interface ParsedTemplate {
  /** Null when there is an error. */
  template: { name: string | null; spec: TemplateSpec } | null;
  /** All errors at once, in the order of the file. */
  findings: ManifestFinding[];
}

const templateYaml = {
  name: TEMPLATE_PATH,
  limit: "template_bytes",
  start: "Begin with a line such as pip: [requests].",
} as const;

const keys = Object.keys(authoredTemplateSchema.shape);

/** Reads template.yml. Unknown keys and anything but plain package names are errors, each with its place. Pure. */
export function parseTemplate(source: string): ParsedTemplate {
  const report = createReport();
  const root = readYaml(source, report, templateYaml);
  if (root === null) return { template: null, findings: report.list() };
  const parsed = authoredTemplateSchema.safeParse(toValue(root));
  if (!parsed.success) for (const issue of parsed.error.issues) reportIssue(root, issue, report);
  if (!parsed.success || report.hasErrors()) return { template: null, findings: report.list() };
  const { name = null, ...spec } = parsed.data;
  return { template: { name, spec }, findings: report.list() };
}

/** The plain value; keys without a value (`apt:`) count as left out. */
function toValue(root: MapNode): unknown {
  const written = [...root.entries].filter(([, { value }]) => !isBlank(value));
  return Object.fromEntries(written.map(([key, { value }]) => [key, toJson(value)]));
}

function reportIssue(root: MapNode, issue: Issue, report: Report): void {
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) {
      report.error(locate(root, [...issue.path, key], true), {
        code: "unknown_key",
        message: `${key} is not a key of ${TEMPLATE_PATH}.${didYouMean(key, keys)}`,
        fix: `Remove it, or use one of: ${keys.join(", ")}.`,
      });
    }
    return;
  }
  const isKey = issue.code === "invalid_key";
  const path = issue.path.map(String).join(".");
  const cause = isKey ? (issue.issues[0] ?? issue) : issue;
  report.error(locate(root, issue.path, isKey), {
    code: issue.code === "invalid_type" ? "wrong_type" : "bad_value",
    message: `${path} is not written as it must be.`,
    fix: cause.message,
  });
}

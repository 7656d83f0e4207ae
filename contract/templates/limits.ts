import { KIB } from "../limit.ts";
import type { Limit } from "../limit.ts";

/** The limits of sandbox templates. */
export const templateLimits = {
  template_bytes: { value: 16 * KIB, unit: "bytes", what: "template.yml" },
  template_packages: { value: 100, unit: "items", what: "packages of one kind in a template" },
  template_variables: { value: 50, unit: "items", what: "environment variables of a template" },
  workspace_templates: { value: 50, unit: "items", what: "templates of a workspace" },
  template_build_seconds: {
    value: 1800,
    unit: "seconds",
    what: "building a template, once for all its runs",
  },
} as const satisfies Record<string, Limit>;

import type { NamedTemplate } from "#contract/templates/template";
import type { LaunchRefusal } from "./executor.ts";

/** `failed`: the provider will not build it, however often it is asked; in its own words. */
export type TemplateBegun =
  { kind: "begun"; buildId: string } | { kind: "failed"; message: string } | LaunchRefusal;

/**
 * How far a build is, with the lines of its log. `lost`: there is none of that name; should that have been said by
 * somebody else than the provider, the cost is one more build. `unavailable`: nothing is known.
 */
export type TemplateLook =
  | { kind: "building" }
  | { kind: "ready"; log: string[] }
  | { kind: "failed"; log: string[]; message: string }
  | { kind: "lost" }
  | { kind: "unavailable" };

/** The port to whoever builds what sandboxes are made of. Every call is safe to repeat. */
export interface TemplateBuilder {
  /** Has it built, and does not wait for it. */
  begin(template: NamedTemplate): Promise<TemplateBegun>;
  look(buildId: string): Promise<TemplateLook>;
}

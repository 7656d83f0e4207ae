import type { NamedTemplate, TemplateSpec } from "#contract/templates/template";
import { canonicalJson } from "../../platform/canonical-json.ts";
import { sha256Hex } from "../../platform/crypto.ts";

/**
 * Names a template for all that is in it: the same packages are built once, whoever wants them, and a change is another
 * template. The name says nothing of the workspace, as nothing of the workspace goes into it.
 */
export async function nameTemplate(spec: TemplateSpec): Promise<NamedTemplate> {
  const digest = await sha256Hex(canonicalJson(spec));
  return { name: `floom-${digest.slice(0, 40)}`, spec };
}

import { TEMPLATE_PATH } from "#contract/templates/template";
import type { TemplateSpec } from "#contract/templates/template";
import { limits } from "#contract/limits";
import type { BundleFile, BundleProblem } from "../bundle/bundle-file.ts";
import { parseTemplate } from "./parse-template.ts";

/** What a folder says of the sandboxes of its worker; null for one without template.yml. */
export async function readTemplate(
  files: readonly BundleFile[],
): Promise<{ template: TemplateSpec | null; problems: BundleProblem[] }> {
  const file = files.find(({ path }) => path === TEMPLATE_PATH);
  if (file === undefined) return { template: null, problems: [] };
  // What is too large is not read: one byte more than may be says as much.
  const bytes = await file.read();
  const source = new TextDecoder().decode(bytes.subarray(0, limits.template_bytes.value + 1));
  const { template, findings } = parseTemplate(source);
  const problems = findings.map(({ code, message, fix, line, column }): BundleProblem => {
    return { file: TEMPLATE_PATH, code, message, fix, line, column };
  });
  return { template: template?.spec ?? null, problems };
}

import type { Manifest } from "#contract/manifest/manifest";
import type { TemplateSpec } from "#contract/templates/template";
import { tierRights } from "#contract/trust/tiers";

const EMPTY: TemplateSpec = { apt: [], pip: [], npm: [], env: {} };

/**
 * What a worker's sandboxes are made of, as large as worker.yml says, or else its template, and no larger than its trust tier
 * allows. Where nobody says a size, what is made is as it was: null for what every sandbox is made of. Pure.
 */
export function sizeTemplate(
  template: TemplateSpec | null,
  { exec, runtime }: Pick<Manifest, "exec" | "runtime">,
): TemplateSpec | null {
  const most = runtime === undefined ? undefined : tierRights[runtime.trust_tier]?.sandbox;
  const sized = (key: "memory_mb" | "cpu_count") => {
    const wanted = exec.resources?.[key] ?? template?.[key];
    return wanted === undefined ? {} : { [key]: Math.min(wanted, most?.[key] ?? wanted) };
  };
  const size = { ...sized("memory_mb"), ...sized("cpu_count") };
  return Object.keys(size).length === 0 ? template : { ...(template ?? EMPTY), ...size };
}

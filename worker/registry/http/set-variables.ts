import type { AuthoredManifest } from "#contract/manifest/keys";

type Variables = NonNullable<AuthoredManifest["variables"]>;

/**
 * A manifest with what a workspace sets in the place of its variables' defaults. A value that the file itself fixes, or that was given
 * at push, stays. Pure.
 */
export function setVariables<Authored extends AuthoredManifest | null>(
  authored: Authored,
  values: Readonly<Record<string, string>>,
): Authored {
  if (authored === null || authored.variables === undefined) return authored;
  const variables: Variables = {};
  for (const [name, said] of Object.entries(authored.variables)) {
    const value = values[`${authored.name}.${name}`];
    const isOpen = typeof said !== "string" && said.value === undefined;
    variables[name] = isOpen && value !== undefined ? { ...said, value } : said;
  }
  return { ...authored, variables };
}

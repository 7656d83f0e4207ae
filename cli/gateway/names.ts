const LONGEST_WORKER = 64;
const LONGEST_ALIAS = 40;

/** A worker's name for a name of the gateway: lower-case letters, digits and hyphens; null where nothing of it is left. Pure. */
export function workerNameOf(name: string): string | null {
  const plain = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .slice(0, LONGEST_WORKER)
    .replaceAll(/^-+|-+$/g, "");
  return plain.length < 3 ? null : plain;
}

/**
 * What the tool of a worker is called in place of the worker's name, so that clients find it under the name that they know, with
 * an underscore for each dot. Undefined where that is the worker's name, or no tool may be called so. Pure.
 */
export function aliasOf(name: string, worker: string): string | undefined {
  const plain = name.replaceAll(/[^A-Za-z0-9-]+/g, "_").replaceAll(/^_+|_+$/g, "");
  const isTool = /^[A-Za-z][A-Za-z0-9-]*(?:_[A-Za-z0-9-]+)*$/.test(plain) && plain.length <= LONGEST_ALIAS;
  return isTool && plain !== worker ? plain : undefined;
}

/** What a stage is called, where expressions may read it: no hyphens, no capitals. Pure. */
export function stageNameOf(name: string): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "_");
  return `${/^[a-z]/.test(plain) ? "" : "s_"}${plain}`.slice(0, 48);
}

/** A name of an input or output: letters, digits and underscores. Pure. */
export const isFieldName = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);

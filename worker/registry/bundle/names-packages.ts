import type { BundleFile } from "./bundle-file.ts";

/**
 * Whether a folder names packages that have to be installed before its script can run: a requirement in
 * requirements.txt, or a dependency in package.json that the folder does not bring along. The runner decides by the same
 * rule what it installs; a package.json that cannot be read is left to it, which tells the author.
 */
export async function namesPackages(files: readonly BundleFile[]): Promise<boolean> {
  return (await namesPythonPackages(files)) || (await namesNodePackages(files));
}

async function namesPythonPackages(files: readonly BundleFile[]): Promise<boolean> {
  const lines = (await readText(files, "requirements.txt")).split(/\r\n|\r|\n/);
  return lines.some((line) => line.split("#", 1)[0]?.trim() !== "");
}

async function namesNodePackages(files: readonly BundleFile[]): Promise<boolean> {
  if (files.some(({ path }) => path.startsWith("node_modules/"))) return false;
  const document = parse(await readText(files, "package.json"));
  return hasMembers(document, "dependencies") || hasMembers(document, "optionalDependencies");
}

function hasMembers(document: unknown, name: string): boolean {
  const member = isMapping(document) ? document[name] : null;
  return isMapping(member) && Object.keys(member).length > 0;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The file's text without a byte order mark; empty when there is no such file. */
async function readText(files: readonly BundleFile[], path: string): Promise<string> {
  const file = files.find((candidate) => candidate.path === path);
  return file === undefined ? "" : new TextDecoder().decode(await file.read());
}

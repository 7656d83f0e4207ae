import * as z from "zod";
import { parseJson } from "#contract/json";
import type { ManifestFinding } from "#contract/manifest/manifest";
import type { BundleFile } from "../bundle/bundle-file.ts";
import { listPackages } from "../javascript/list-packages.ts";
import { isJavaScript } from "./read-functions.ts";

const PACKAGE = "package.json";

const packages = z.record(z.string(), z.unknown()).optional().catch(undefined);
const packageSchema = z.object({
  name: z.string().optional().catch(undefined),
  dependencies: packages,
  optionalDependencies: packages,
  peerDependencies: packages,
});

/**
 * What a folder's JavaScript imports, held against its package.json: what is missing there, and what nothing imports. A
 * package whose files lie in the folder is there. Reads the sources alone. Pure but for reading the file.
 */
export async function judgePackages(
  files: readonly BundleFile[],
  sources: ReadonlyMap<string, string>,
): Promise<ManifestFinding[]> {
  const written = files.find(({ path }) => path === PACKAGE);
  const text = written === undefined ? "{}" : new TextDecoder().decode(await written.read());
  const read = readPackage(text);
  if (read === null) return [];
  const named = new Set(
    [read.dependencies, read.optionalDependencies, read.peerDependencies].flatMap((of) =>
      Object.keys(of ?? {}),
    ),
  );
  const own = [...sources].filter(([path]) => isJavaScript(path) && !path.includes("node_modules/"));
  const imported = own.flatMap(([file, source]) => listPackages(source).map((found) => ({ ...found, file })));
  const isBrought = (name: string) =>
    name === read.name || files.some(({ path }) => path.startsWith(`node_modules/${name}/`));
  const missing = imported.filter(
    ({ name }, at) =>
      !named.has(name) && !isBrought(name) && imported.findIndex((one) => one.name === name) === at,
  );
  const used = new Set(imported.map(({ name }) => name));
  const unused = Object.keys(read.dependencies ?? {}).filter((name) => !used.has(name));
  return [
    ...missing.map(({ name, file, at }): ManifestFinding => ({
      severity: "warning",
      code: "requirement_missing",
      pointer: "",
      file,
      line: at.line,
      column: at.column,
      message: `${name} is imported here, and package.json does not name it.`,
      fix: `Write ${JSON.stringify(name)}: "*", or the version that you mean, under dependencies in package.json.`,
    })),
    ...unused.map((name): ManifestFinding => ({
      severity: "warning",
      code: "requirement_unused",
      pointer: "",
      file: PACKAGE,
      line: lineOf(text, name),
      column: 1,
      message: `${name} is installed for every run, and no file imports it.`,
      fix: "Take the line out, unless something else needs it.",
    })),
  ];
}

/** Null where it cannot be read: the installer says so. */
function readPackage(text: string): z.infer<typeof packageSchema> | null {
  try {
    return packageSchema.safeParse(parseJson(text)).data ?? null;
  } catch {
    return null;
  }
}

function lineOf(text: string, name: string): number {
  const at = text.indexOf(`${JSON.stringify(name)}:`);
  return text.slice(0, Math.max(0, at)).split("\n").length;
}

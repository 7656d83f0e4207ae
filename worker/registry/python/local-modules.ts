import type { ImportedModule } from "./python-imports.ts";

type Asked = Pick<ImportedModule, "level" | "module" | "names">;
type Files = ReadonlyMap<string, string>;

/** Whether a module lies in the bundle: as a file, or as a folder of them. */
export function isLocal(files: Files, file: string, module: string): boolean {
  const [top = ""] = module.split(".");
  if (localFile(files, file, { level: 0, module: top, names: [] }) !== null) return true;
  const folders = placesOf(file, 0).map((place) => [...place, top].join("/"));
  return [...files.keys()].some((path) => folders.some((folder) => path.startsWith(`${folder}/`)));
}

/** All files of the bundle that an import reads: the packages on the way to a module, too. */
export function localFiles(files: Files, file: string, { level, module, names }: Asked): string[] {
  const parts = module.split(".");
  const asked = parts.map((_, index) => ({ level, module: parts.slice(0, index + 1).join("."), names: [] }));
  const taken = names.map((name) => ({ level, module, names: [name] }));
  return [...asked, ...taken].flatMap((one) => localFile(files, file, one) ?? []);
}

/** Where a module may lie: beside the file that names it, at the top, in `src`; for a relative one, up the folders. */
function placesOf(file: string, level: number): string[][] {
  const folder = file.split("/").slice(0, -1);
  return level === 0 ? [folder, [], ["src"]] : [folder.slice(0, Math.max(0, folder.length - level + 1))];
}

function localFile(files: Files, file: string, { level, module, names }: Asked): string | null {
  const parts = module === "" ? [] : module.split(".");
  const wanted = [...names.map((name) => [...parts, name]), parts];
  const paths = placesOf(file, level).flatMap((place) => wanted.map((one) => [...place, ...one].join("/")));
  const candidates = paths.flatMap((path) => [`${path}.py`, `${path}/__init__.py`]);
  return candidates.find((candidate) => files.has(candidate)) ?? null;
}

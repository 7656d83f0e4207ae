import type { SourceFile } from "#contract/workers/worker";

/** A file that was chosen, and where it stands below what was chosen. */
export interface ChosenFile {
  path: string;
  file: File;
}

/** Folders that belong to a machine, not to a worker; the same as a push leaves out. */
const leftOut = new Set([".git", ".venv", "node_modules", "__pycache__", ".DS_Store"]);

/** Files of an input, each with its path below the folder that was chosen. */
export function listChosen(files: Iterable<File>): ChosenFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }));
}

/** What was dropped or pasted: files, and the files below folders. */
export async function listDropped(items: DataTransferItemList): Promise<ChosenFile[]> {
  // All are taken hold of before anything is waited for: the list is emptied when the event is over.
  const held = [...items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }));
  const found = held.map(({ entry, file }) => {
    if (entry !== null) return listBelow(entry, "");
    return Promise.resolve(file === null ? [] : [{ path: file.name, file }]);
  });
  return (await Promise.all(found)).flat();
}

async function listBelow(entry: FileSystemEntry, above: string): Promise<ChosenFile[]> {
  const path = above === "" ? entry.name : `${above}/${entry.name}`;
  if (entry instanceof FileSystemFileEntry)
    return [{ path, file: await new Promise<File>((resolve, reject) => entry.file(resolve, reject)) }];
  if (!(entry instanceof FileSystemDirectoryEntry) || leftOut.has(entry.name)) return [];
  const entries = await readAll(entry.createReader());
  return (await Promise.all(entries.map((one) => listBelow(one, path)))).flat();
}

/** A folder is read in portions until an empty one. */
async function readAll(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  const all: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Paths as the worker has them: below the one folder that was chosen, without what is of the machine alone. Pure. */
export function placeFiles<T extends { path: string }>(files: readonly T[]): { folder: string; placed: T[] } {
  const [first = ""] = files.map(({ path }) => path);
  const folder = first.includes("/") ? (first.split("/")[0] ?? "") : "";
  const isBelow = folder !== "" && files.every(({ path }) => path.startsWith(`${folder}/`));
  const placed = files
    .map((one) => ({ ...one, path: isBelow ? one.path.slice(folder.length + 1) : one.path }))
    .filter(({ path }) => !path.split("/").some((part) => leftOut.has(part)));
  return { folder: isBelow ? folder : "", placed };
}

function asBase64(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** A file as the API takes it: text as it is, anything else as base64. */
export async function readSourceFile({ path, file }: { path: string; file: Blob }): Promise<SourceFile> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  try {
    const content = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return { path, content, encoding: "utf-8" };
  } catch {
    return { path, content: asBase64(bytes), encoding: "base64" };
  }
}

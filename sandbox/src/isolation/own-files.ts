import fs from "node:fs";
import path from "node:path";

/**
 * File systems that are laid over what all sandboxes see of the host, a set of their own for each sandbox. Locks and
 * watches belong to the file of the file system through which it was opened: through these, to one sandbox alone, while
 * what the files hold, and the memory that holds it, is shared as before.
 */
export interface OwnFiles {
  /** Below it each path of the host stands at the path that it has on the host. */
  dir: string;
  /** What is mounted there before a sandbox starts, in its own mount namespace, as a table for `mount -a`. */
  table: string;
  /** Folders of the host that are covered, with what is mounted below them. */
  covered: string[];
  /** Folders of the host laid over its `/usr`, the uppermost first. */
  above: string[];
  /** A folder with nothing in it. */
  emptyDir: string;
  /** Single files that somebody mounted in those folders: nothing can be laid over them. */
  uncovered: string[];
}

/** A place in the host's tree where something is mounted. */
export interface MountPoint {
  path: string;
  isDirectory: boolean;
}

const isAtOrBelow = (file: string, dir: string): boolean => file === dir || file.startsWith(`${dir}/`);

/**
 * Which folders to cover and which files to leave. An overlay shows one file system, not what is mounted in it, so
 * each folder mounted in something that sandboxes see (`seen`) is covered by itself, outer ones first.
 */
export function planOwnFiles(view: {
  dirs: readonly string[];
  seen: readonly string[];
  mounts: readonly MountPoint[];
}): Pick<OwnFiles, "covered" | "uncovered"> {
  const inside = view.mounts
    .filter(({ path: at }) => view.seen.some((dir) => isAtOrBelow(at, dir)) && !view.dirs.includes(at))
    .toSorted((a, b) => a.path.length - b.path.length);
  const paths = (wanted: boolean): string[] => [
    ...new Set(inside.filter(({ isDirectory }) => isDirectory === wanted).map(({ path: at }) => at)),
  ];
  return { covered: [...view.dirs, ...paths(true)], uncovered: paths(false) };
}

/** Where a sandbox finds a path of the host: in its own file systems when they cover it, else on the host. */
export function placeOf(own: OwnFiles | null, file: string): string {
  if (own === null || own.uncovered.includes(file)) return file;
  return own.covered.some((dir) => isAtOrBelow(file, dir)) ? own.dir + file : file;
}

/** Both of a table of mounts' own words and of an overlay's options, in which a colon ends a folder. */
const escapeSpaces = (text: string): string =>
  text.replaceAll(/[\s\\#]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, "0")}`);
const escapeLayer = (dir: string): string => dir.replaceAll(/[\\:,]/g, String.raw`\$&`);

/** A file system that is laid over a folder, and what `mount` is told of it. */
export interface Overlay {
  at: string;
  options: string;
}

/**
 * One for each covered folder. An overlay that nobody may write needs two layers: the folder, and an empty one. What lies above
 * the host's `/usr` is laid over it.
 */
export function planOverlays({
  dir,
  covered,
  emptyDir,
  above,
}: Omit<OwnFiles, "table" | "uncovered">): Overlay[] {
  return covered.map((folder) => {
    const folders = [...(folder === "/usr" ? above : []), folder, emptyDir];
    return { at: dir + folder, options: `lowerdir=${folders.map(escapeLayer).join(":")}` };
  });
}

/** The same as a table for `mount -a`. */
export function buildMountTable(own: Parameters<typeof planOverlays>[0]): string {
  return planOverlays(own)
    .map(({ at, options }) => `overlay ${escapeSpaces(at)} overlay ro,${escapeSpaces(options)} 0 0\n`)
    .join("");
}

/** The mount points in the text of `/proc/self/mountinfo`. */
export function parseMountPoints(mountinfo: string): string[] {
  return mountinfo
    .split("\n")
    .flatMap((line) => line.split(" ").slice(4, 5))
    .map((name) =>
      name.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8))),
    );
}

function readMountPoints(): MountPoint[] {
  return parseMountPoints(fs.readFileSync("/proc/self/mountinfo", "utf8")).flatMap((name) => {
    const stat = fs.statSync(name, { throwIfNoEntry: false });
    return stat === undefined ? [] : [{ path: name, isDirectory: stat.isDirectory() }];
  });
}

/**
 * Makes the folders and the table in the runtime directory. Whether the kernel lets an ordinary user mount it (5.11 and
 * newer do, where nothing forbids it) only a sandbox that starts with it can tell.
 */
export function installOwnFiles(
  runtimeDir: string,
  view: { dirs: readonly string[]; seen: readonly string[] },
): OwnFiles {
  const dir = path.join(runtimeDir, "view");
  const emptyDir = path.join(runtimeDir, "empty");
  for (const made of [dir, emptyDir, ...view.dirs.map((covered) => dir + covered)])
    fs.mkdirSync(made, { recursive: true, mode: 0o755 });

  const own = { dir, emptyDir, above: [], ...planOwnFiles({ ...view, mounts: readMountPoints() }) };
  const table = path.join(runtimeDir, "view.fstab");
  fs.writeFileSync(table, buildMountTable(own), { mode: 0o644 });
  return { ...own, table };
}

/** Whose the files are that sandboxes see of the host, in a sentence for the person who starts the server. */
export function describeFiles(own: OwnFiles | null): string {
  if (own !== null) return "each sandbox sees the host's programs through file systems of its own";
  return (
    "all sandboxes see the host's programs in the host's own file systems, which they can watch and lock; the kernel " +
    "refuses overlays here (docs/explanation/sandbox.md)"
  );
}

import { platformFiles } from "#contract/manifest/platform-files";
import type { Manifest } from "#contract/manifest/manifest";
import { foldPath } from "#contract/safe-path";
import type { Report } from "./report.ts";
import { itemsAt, nodeAt, textAt, trimPath } from "./yaml-node.ts";
import type { MapNode, Place, YamlNode } from "./yaml-node.ts";

/** What decides about the packages that a run gets. */
const PACKAGE_FILES = [
  ".npmrc",
  "node_modules",
  "package.json",
  "package-lock.json",
  "pip.conf",
  "requirements.txt",
  "template.yml",
  "wheels",
];
/** What scripts import without the author naming it. */
const IMPORTED = ["__pycache__", "floom", "floom.py", "workeros.py"];
/** Beside the script, or as a package beside it, such a file is imported in place of another of its name. */
const IMPORTABLE = /^[^/]+\.(py|pyc|pyd|so)$|^[^/]+\/__init__\.py$/;

export interface KnownFiles {
  /** The files of the folder, where they are known. */
  bundle: ReadonlySet<string> | undefined;
  /** The fields with all that their author leaves to Floom; null where their shape is not right. */
  fields: Pick<Manifest["exec"], "inputs" | "outputs"> | null;
}

interface Owner {
  path: string;
  /** Whose it is, as the end of a sentence. */
  what: string;
}

/**
 * A file that is put somewhere must not take the place of another one that a run needs: a path that somebody uploads to
 * is no script, no file of Floom's, and no result, and nothing that Python, Node or an installer would take up by itself.
 */
export function checkPaths(root: MapNode, { bundle, fields }: KnownFiles, report: Report): void {
  const entry = trimPath(textAt(root, "exec", "entry") ?? "run.py");
  const needed: Owner[] = [
    { path: entry, what: "is the script itself" },
    ...platformFiles.map((path) => ({ path, what: "belongs to Floom" })),
  ];
  const brought: Owner[] = [
    ...PACKAGE_FILES.map((path) => ({ path, what: "says which packages are installed" })),
    ...IMPORTED.map((path) => ({ path, what: "is imported by scripts" })),
    // A folder's own inputs/ never reaches a run.
    ...[...(bundle ?? [])]
      .filter((path) => !path.startsWith("inputs/"))
      .map((path) => ({ path, what: `is the place of ${path}, a file of the folder` })),
  ];
  const inputs = checkList(root, "inputs", { taken: [...needed, ...brought], fields, report });
  for (const { path, place, field } of inputs) {
    if (!IMPORTABLE.test(path) || needed.concat(brought).some((owner) => meets(owner.path, path))) continue;
    report.error(
      place,
      takenPath("inputs", field, { path, what: "would be imported by scripts that lie beside it" }),
    );
  }
  // What a folder brings may lie where a run writes its output: it is replaced.
  checkList(root, "outputs", { taken: [...needed, ...inputs], fields, report });
}

interface Placed extends Owner {
  place: Place;
  field: YamlNode;
}

/** Reports the paths of one list that are taken, or that two of it share; gives those that are its own. */
function checkList(
  root: MapNode,
  list: "inputs" | "outputs",
  { taken, fields, report }: { taken: readonly Owner[]; fields: KnownFiles["fields"]; report: Report },
): Placed[] {
  const own: Placed[] = [];
  for (const [index, field] of itemsAt(root, "exec", list).entries()) {
    // Where the author names no place, the one that the file is given.
    const path = textAt(field, "path") ?? fields?.[list][index]?.path;
    const place: Place = nodeAt(field, "path") ?? field;
    if (path === undefined) continue;
    const other = own.find((owner) => meets(owner.path, path));
    const owner = taken.find((candidate) => meets(candidate.path, path));
    if (other !== undefined) report.error(place, sharedPath(list, path, other.path));
    else if (owner !== undefined) report.error(place, takenPath(list, field, { ...owner, path }));
    own.push({ place, field, path, what: `is the place of the input ${textAt(field, "name") ?? path}` });
  }
  return own;
}

function takenPath(list: string, field: YamlNode, { path, what }: Owner) {
  return {
    code: "path_taken",
    message: `${textAt(field, "name") ?? "The field"} cannot be at ${path}: it ${what}.`,
    fix: `Write a path of its own, e.g. ${list === "inputs" ? "inputs" : "out"}/data.csv.`,
  };
}

function sharedPath(list: string, path: string, other: string) {
  return {
    code: "duplicate_path",
    message:
      path === other
        ? `Two ${list} have the path ${path}.`
        : `The ${list} ${other} and ${path} cannot both be there: ${foldPath(path) === foldPath(other) ? "the paths differ only in case" : "one is a folder of the other"}.`,
    fix: "Give each its own path.",
  };
}

/** The same file, or one that would have to be a folder of the other. */
function meets(a: string, b: string): boolean {
  const [one, two] = [foldPath(a), foldPath(b)];
  return one === two || one.startsWith(`${two}/`) || two.startsWith(`${one}/`);
}

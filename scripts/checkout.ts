import { isAbsolute, join, resolve } from "node:path";

/** The root folder of the checkout, or of the package as it was installed. */
export const rootDir = resolve(import.meta.dirname, "..");

/** Whether this runs as it was built for the package, which is installed without its sources. */
export const isBuilt = !import.meta.filename.endsWith(".ts");

/** Below the root: what the package's own code is built into. */
export const PACKAGE_DIR = "dist/package";

/** What is started as a process of its own, by its source. */
export const programs = {
  edge: "scripts/edge.ts",
  "exit-with-parent": "scripts/local/exit-with-parent.ts",
  sandbox: "sandbox/src/main.ts",
} as const;

/** Resolves a path below the root. */
export function inRoot(path: string): string {
  return isAbsolute(path) ? path : join(rootDir, path);
}

/** The file that Node is given for a program: its source in a checkout, in a package what it was built into. */
export function programPath(program: keyof typeof programs): string {
  return inRoot(isBuilt ? `${PACKAGE_DIR}/${program}.mjs` : programs[program]);
}

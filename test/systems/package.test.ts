import { execFile } from "node:child_process";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as z from "zod";
import { buildAll } from "../../scripts/build/build-all.ts";
import { packageTarget } from "../../scripts/build/package.ts";
import { verifies } from "../verifies.ts";

// The package as whoever installs it has it: what `npm pack` puts together, below node_modules, with nothing beside it but
// what it says it depends on.

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const fixtures = join(root, "test/fixtures/installed");
const worker = join(root, "workers-examples/hello-worker");
const manifest = z
  .object({
    dependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(join(root, "package.json"), "utf8")));
/** The Node of the lockfile, and where there is one an older one, which reads no TypeScript at all. */
const nodes = [process.execPath, "/usr/bin/node"].filter((path) => existsSync(path));

let dir: string;
let program: string;

beforeAll(async () => {
  await buildAll(() => undefined, [packageTarget]);
  dir = mkdtempSync(join(tmpdir(), "floom-package-"));
  const packages = join(dir, "node_modules");
  mkdirSync(packages);
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", dir], { cwd: root });
  await run("tar", ["-xzf", join(dir, stdout.trim()), "-C", packages]);
  // npm unpacks into a folder of the package's name.
  cpSync(join(packages, "package"), join(packages, "floom"), { recursive: true });
  rmSync(join(packages, "package"), { recursive: true });
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const here = join(root, "node_modules", name);
    if (existsSync(here)) symlinkSync(here, join(packages, name));
  }
  program = join(packages, "floom/cli/bin/floom.mjs");
  cpSync(fixtures, dir, { recursive: true });
});
afterAll(() => rmSync(dir, { recursive: true }));

it.each(nodes)(
  "a program imports floom/mcp from an installed package and serves a folder, on %s",
  async (node) => {
    verifies("mcp:library:installed");
    const { stdout } = await run(node, ["serve.mjs", worker], { cwd: dir });
    expect(JSON.parse(stdout)).toEqual({ tools: ["hello-worker"], kind: "not_found", greets: true });
  },
);

it.each(nodes)("`floom mcp serve` of an installed package serves a folder, started by %s", async (node) => {
  verifies("mcp:library:installed");
  const serving = run(node, [program, "mcp", "serve", worker], { cwd: dir });
  const params = { name: "hello-worker", arguments: { name: "Bo" } };
  serving.child.stdin?.end(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params })}\n`);
  expect((await serving).stdout).toContain("Hello, Bo!");
});

it("a program in TypeScript has the library's types, and needs those of no other package", async () => {
  verifies("mcp:library:installed");
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--strict", "--noEmit", "--target", "es2022", "--types", "", "--lib", "es2022,dom"];
  for (const module of ["nodenext", "preserve"]) {
    const checking = run(process.execPath, [compiler, ...options, "--module", module, "typed.mts"], {
      cwd: dir,
    });
    await expect(checking).resolves.toMatchObject({ stdout: "" });
  }
});

it("the package has no source, no test and no path of the machine that packed it", () => {
  const files = globSync("node_modules/floom/**/*", { cwd: dir, withFileTypes: true }).filter((file) =>
    file.isFile(),
  );
  const names = files.map(({ name }) => name);
  expect(names.filter((name) => /(?<!\.d)\.ts$|\.test\.|\.map$/.test(name))).toEqual([]);
  const own = files
    .filter(({ name }) => /\.(?:mjs|js|json|ts)$/.test(name))
    .map((file) => join(file.parentPath, file.name));
  expect(own.filter((file) => readFileSync(file, "utf8").includes(root))).toEqual([]);
});

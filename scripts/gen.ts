// `npm run gen`: writes the generated pages of the docs from the tables in contract/ and the CLI's help.
// `--check` writes nothing and fails when a page is not what its source says.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { apiPage } from "./gen/api.ts";
import { cliPage } from "./gen/cli.ts";
import { firstClientsPage } from "./gen/first-clients.ts";
import type { Generator } from "./gen/generator.ts";
import { limitsPage } from "./gen/limits.ts";
import { manifestPage, manifestSchema } from "./gen/manifest.ts";
import { openapiDocument } from "./gen/openapi.ts";
import { mcpToolsPage } from "./gen/mcp-tools.ts";
import { problemsPage } from "./gen/problems.ts";
import { rolesPage } from "./gen/roles.ts";
import { runnerArchive } from "./gen/runner.ts";
import { inRoot } from "./checkout.ts";

const generators: Generator[] = [
  apiPage,
  openapiDocument,
  cliPage,
  limitsPage,
  manifestPage,
  manifestSchema,
  mcpToolsPage,
  problemsPage,
  rolesPage,
  firstClientsPage,
  runnerArchive,
];
const isCheck = process.argv.includes("--check");

const stale: string[] = [];
for (const { file, render } of generators) {
  const path = inRoot(file);
  const wanted = await render();
  const found = await readFile(path, "utf8").catch(() => undefined);
  if (found === wanted) continue;

  stale.push(file);
  if (!isCheck) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, wanted);
    console.log(`wrote ${file}`);
  }
}

if (isCheck && stale.length > 0) {
  console.error(`Not what their sources say (run \`npm run gen\`):\n${stale.join("\n")}`);
  process.exitCode = 1;
}

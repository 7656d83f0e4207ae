import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { pushResultSchema } from "#contract/workers/worker";
import { packAnyFolder } from "../cli/bundle/bundle.ts";
import { inRoot } from "./checkout.ts";

const EXAMPLES_DIR = "workers-examples";
/** Apps of typed Python: folders without a worker.yml. */
const APPS_DIR = join(EXAMPLES_DIR, "apps");
/** Examples of what goes wrong are pushed by tests, and packs by whoever has their service; none is on everybody's first page. */
const NOT_SEEDED = new Set(["broken", "apps", "packs"]);

interface SeedOptions {
  url: string;
  token: string;
  say: (line: string) => void;
}

/** Pushes every example, those that name others after them; one that did not change makes no new version, one that is refused is named. */
export async function seedExamples({ url, token, say }: SeedOptions): Promise<void> {
  const folders = [...(await listFolders(EXAMPLES_DIR)), ...(await listFolders(APPS_DIR))];
  const needing = await Promise.all(folders.map(({ folder }) => needsOthers(folder)));
  const ordered = [...folders.filter((_, at) => !needing[at]), ...folders.filter((_, at) => needing[at])];
  for (const { name, folder } of ordered) {
    const { zip } = await packAnyFolder(inRoot(folder));
    const answer = await fetch(new URL(`/api/workers/${name}/bundle`, url), {
      method: "PUT",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/zip" },
      body: zip,
    });
    if (!answer.ok) {
      say(`The example ${name} was refused (${answer.status}): ${await answer.text()}`);
      continue;
    }
    const pushed = pushResultSchema.parse(await answer.json());
    if (pushed.changed) say(`seeded ${name}`);
  }
}

/** Whether its example.json says that it runs with others only. */
async function needsOthers(folder: string): Promise<boolean> {
  const text = await readFile(inRoot(join(folder, "example.json")), "utf8").catch(() => "{}");
  return /"needs"\s*:/.test(text);
}

async function listFolders(parent: string): Promise<{ name: string; folder: string }[]> {
  return (await readdir(inRoot(parent), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !NOT_SEEDED.has(entry.name))
    .map(({ name }) => ({ name, folder: join(parent, name) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}

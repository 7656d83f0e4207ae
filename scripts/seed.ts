import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pushResultSchema } from "#contract/workers/worker";
import { packFolder } from "../cli/bundle/bundle.ts";
import { inRoot } from "./checkout.ts";

const EXAMPLES_DIR = "workers-examples";
/** Examples of what goes wrong; they are pushed by tests, not to everybody's first page. */
const NOT_SEEDED = new Set(["broken"]);

interface SeedOptions {
  url: string;
  token: string;
  say: (line: string) => void;
}

/** Pushes every example; one that did not change makes no new version, one that is refused is named. */
export async function seedExamples({ url, token, say }: SeedOptions): Promise<void> {
  const folders = (await readdir(inRoot(EXAMPLES_DIR), { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !NOT_SEEDED.has(entry.name))
    .map((entry) => entry.name)
    .sort();
  for (const name of folders) {
    const { zip } = await packFolder(inRoot(join(EXAMPLES_DIR, name)));
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

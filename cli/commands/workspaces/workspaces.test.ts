import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { ImportItem } from "#contract/moves/move";
import { callCli } from "../../../test/support/cli-host.ts";
import { startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";

const made = (kind: ImportItem["kind"], name: string): ImportItem => ({
  kind,
  name,
  outcome: "made",
  detail: null,
  secret: null,
});
const parts: ImportItem[][] = [
  [made("settings", "retention_days"), made("version", "report version 1")],
  [
    { ...made("trigger", "report/orders"), secret: "whsec_new" },
    { ...made("worker", "report"), outcome: "there", detail: "The worker is at work." },
    { ...made("secret", "API_KEY"), outcome: "missing", detail: "Declared by report." },
  ],
];
const refused: ImportItem = {
  ...made("context", "prices"),
  outcome: "refused",
  detail: "It is there already.",
};
const answer = (part: number, items: ImportItem[] | undefined) => ({
  archive: "abc-1",
  dry_run: false,
  exported_at: "2026-01-01T00:00:00.000Z",
  workspace: "Team",
  items: items ?? [],
  done: part + 1,
  total: 2,
  next: part === 0 ? 25 : null,
});

let edge: FakeEdge;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-workspaces-"));
  edge = await startFakeEdge({
    exportWorkspace: ({ response }) => void response.end("PK archive"),
    importWorkspace: () => answer(0, parts[0]),
    continueImport: ({ query }) => answer(1, query["allow"] === "true" ? [refused] : parts[1]),
  });
});
afterEach(async () => {
  await edge.close();
  await rm(dir, { recursive: true });
});

it("saves an archive into a file, and replaces none that is there", async () => {
  const ask = (...more: string[]) =>
    callCli(["workspaces", "export", "-o", "team.zip", ...more], { edge, cwd: dir });
  expect((await ask("--versions", "3", "--no-runs")).stdout).toContain("team.zip (10 B)");
  expect(edge.requests.at(-1)?.query).toEqual({
    versions: "3",
    sensitive: "false",
    runs: "false",
  });
  expect(await readFile(join(dir, "team.zip"), "utf8")).toBe("PK archive");
  const asked = edge.requests.length;
  expect((await ask()).exitCode).toBe(5);
  expect(edge.requests).toHaveLength(asked);
  expect((await ask("--force", "--json")).stdout).toContain('"size_bytes": 10');
});

it("writes an archive to standard output as it is", async () => {
  expect(await callCli(["workspaces", "export"], { edge })).toMatchObject({
    exitCode: 0,
    stdout: "PK archive",
  });
});

it("takes an archive over part by part, and shows what became of it with each new secret", async () => {
  await writeFile(join(dir, "team.zip"), "PK archive");
  const done = await callCli(["workspaces", "import", "team.zip", "--live"], { edge, cwd: dir });
  expect(done.exitCode).toBe(0);
  expect(done.stdout).toContain("3 made, 1 there already, 0 refused, 1 missing.");
  expect(done.stdout).toContain("whsec_new");
  expect(done.stdout).toContain("The worker is at work.");
  const [sent, next] = edge.requests.slice(-2);
  expect([sent?.body.toString(), sent?.query["live"]]).toEqual(["PK archive", "true"]);
  expect([next?.params, next?.query["from"]]).toEqual([{ archive: "abc-1" }, "25"]);
});

it("exits as for a conflict where something was refused, with all of it as one document", async () => {
  await writeFile(join(dir, "team.zip"), "PK archive");
  const argv = ["workspaces", "import", "team.zip", "--allow", "--dry-run", "--json"];
  const done = await callCli(argv, { edge, cwd: dir });
  expect(done.exitCode).toBe(5);
  expect(JSON.parse(done.stdout)).toEqual({ dry_run: true, items: [...(parts[0] ?? []), refused] });
  expect((await callCli(["workspaces", "import", "none.zip"], { edge, cwd: dir })).exitCode).toBe(4);
});

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildAttempts } from "../../model/attempt.ts";
import type { Area } from "../../model/attempt.ts";
import { runFloom } from "../../stage/command-line.ts";
import { buildManifest, fillIn, readPrograms } from "../../stage/inside.ts";
import type { Thing } from "../../stage/inside.ts";
import type { Stage } from "../../stage/stage.ts";

const AREA = "users-files";
const CONTROL = `${AREA}:control-saved`;
const PLANTED_CONTROL = `${AREA}:control-token`;
const HOSTILE = "from the script";

/** Files that a script leaves for the folder of whoever saves them. */
const files: readonly (readonly [id: string, path: string, wants: string])[] = [
  ["git-config", ".git/config", "Have a program run by git's configuration."],
  ["git-hook", ".git/hooks/pre-commit", "Have a program run by a hook of git."],
  ["shell-start", ".bashrc", "Have a program run when a shell starts."],
  ["npm-config", ".npmrc", "Send packages to another registry."],
  ["editor-tasks", ".vscode/tasks.json", "Have a program run by an editor."],
  ["direnv", ".envrc", "Have a program run when the folder is entered."],
  ["floom-home", ".floom/run/edge.url", "Send the user's token to another server."],
  ["inside-hidden", "out/.hidden/x", "Hide a file in a folder of results."],
  ["existing", "package.json", "Write over a file that is there."],
  ["existing-below", "src/main.py", "Write over a file in a folder that is there."],
  ["through-link", "linked/x.txt", "Write through a link that leads out of the folder."],
  ["over-link", "link.txt", "Write over what a link leads to."],
];

/** Two commands that save them: the same must hold for both. */
const savers = ["run", "download"] as const;

const planted: readonly (readonly [id: string, url: string, wants: string])[] = [
  ["http", "http://collector.invalid", "Get the user's token by a folder that was planted."],
  ["https", "https://collector.invalid", "The same over TLS."],
  ["private", "http://192.0.2.7:8787", "The same at an address."],
];

/** What the command line does to the machine of whoever uses it. */
export const usersFilesArea: Area<Stage> = {
  name: AREA,
  isSlow: true,
  controls: [
    { id: CONTROL, works: ["saved"] },
    { id: PLANTED_CONTROL, works: ["sent"] },
  ],
  attempts: [
    ...buildAttempts(
      { area: AREA, kind: "machine", control: CONTROL, refusals: ["not written"] },
      savers.flatMap((saver) => files.map(([id, , wants]) => ({ id: `${saver}-${id}`, wants }))),
    ),
    ...buildAttempts({ area: AREA, kind: "machine", control: CONTROL, refusals: ["as it was"] }, [
      { id: "pull-over-changes", wants: "Write over the user's changes by a pull." },
    ]),
    ...buildAttempts(
      { area: AREA, kind: "machine", control: PLANTED_CONTROL, refusals: ["kept"], needs: "own_system" },
      planted.map(([id, , wants]) => ({ id: `planted-${id}`, wants })),
    ),
  ],
  look: async (stage) => {
    const seen = new Map<string, string>();
    const worker = stage.yard.name("leaves");
    const source = { "worker.yml": buildManifest(worker), ...readPrograms() };
    await stage.yard.push(worker, source);
    const control = await leave(stage, worker, "out/result.txt");
    const folder = buildFolder(stage, "control");
    await runFloom(stage, ["runs", "download", control, "--output-dir", folder]);
    const followed = buildFolder(stage, "control-run");
    await runFloom(stage, ["run", worker, "-f", writeInputs(stage, "out/result.txt"), "-o", followed]);
    const places = [folder, followed].map((at) => join(at, "out", "result.txt"));
    seen.set(CONTROL, places.every((place) => readOr(place) === HOSTILE) ? "saved" : "not saved");
    await Promise.all([lookAtDownloads(stage, worker, seen), lookAtRuns(stage, worker, seen)]);
    seen.set(`${AREA}:pull-over-changes`, await pullOver(stage, worker));
    for (const [id, url] of planted)
      seen.set(`${AREA}:planted-${id}`, await visitPlanted(stage, url, "planted"));
    seen.set(
      PLANTED_CONTROL,
      (await visitPlanted(stage, "http://named.invalid", "named")) === "kept" ? "kept" : "sent",
    );
    return seen;
  },
};

/** Each file in a run of its own: one that is refused must not keep the others from being tried. */
async function lookAtDownloads(stage: Stage, worker: string, seen: Map<string, string>): Promise<void> {
  for (const [id, path] of files) {
    const run = await leave(stage, worker, path);
    const saved = buildFolder(stage, `download-${id}`);
    await runFloom(stage, ["runs", "download", run, "--output-dir", saved]);
    seen.set(`${AREA}:download-${id}`, isWritten(saved, path) ? "written" : "not written");
  }
}

async function lookAtRuns(stage: Stage, worker: string, seen: Map<string, string>): Promise<void> {
  for (const [id, path] of files) {
    const saved = buildFolder(stage, `run-${id}`);
    await runFloom(stage, ["run", worker, "-f", writeInputs(stage, path), "-o", saved]);
    seen.set(`${AREA}:run-${id}`, isWritten(saved, path) ? "written" : "not written");
  }
}

function buildThings(stage: Stage, path: string): ReturnType<typeof fillIn> {
  const things: Thing[] = [
    { id: `${AREA}:leave`, way: "leave_files", with: { files: { [path]: HOSTILE } } },
    {
      id: `${AREA}:result`,
      way: "result",
      with: { outputs: { done: true }, artifacts: [{ name: "A", path }] },
    },
  ];
  return fillIn(stage, things);
}

function writeInputs(stage: Stage, path: string): string {
  const file = join(stage.folder, "inputs.json");
  writeFileSync(file, JSON.stringify({ things: buildThings(stage, path) }));
  return file;
}

async function leave(stage: Stage, worker: string, path: string): Promise<string> {
  return (await stage.yard.run(worker, { things: buildThings(stage, path) })).id;
}

/** A folder as a person has it: with files of their own, and links. */
function buildFolder(stage: Stage, name: string): string {
  const folder = join(stage.folder, "users", name);
  mkdirSync(join(folder, "src"), { recursive: true });
  mkdirSync(join(folder, ".git"));
  mkdirSync(outside(folder));
  writeFileSync(join(folder, "package.json"), "mine");
  writeFileSync(join(folder, "src", "main.py"), "mine");
  writeFileSync(join(folder, ".git", "config"), "mine");
  writeFileSync(join(outside(folder), "target.txt"), "mine");
  symlinkSync(outside(folder), join(folder, "linked"));
  symlinkSync(join(outside(folder), "target.txt"), join(folder, "link.txt"));
  return folder;
}

function outside(folder: string): string {
  return `${folder}-outside`;
}

/** Whether the script's words stand where it wanted them, or beyond a link. */
function isWritten(folder: string, path: string): boolean {
  const places = [join(folder, path), join(outside(folder), "x.txt"), join(outside(folder), "target.txt")];
  return places.some((place) => readOr(place) === HOSTILE);
}

function readOr(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

async function pullOver(stage: Stage, worker: string): Promise<string> {
  const folder = join(stage.folder, "users", "pulled");
  await runFloom(stage, ["workers", "pull", worker, folder]);
  const program = join(folder, "run.py");
  if (readOr(program) === "") return "nothing was pulled";
  writeFileSync(program, "mine");
  await runFloom(stage, ["workers", "pull", worker, folder]);
  return readOr(program) === "mine" ? "as it was" : "the changes are gone";
}

/** Lists workers in a folder that says where the server is, or with the server named; did the token go there? */
async function visitPlanted(stage: Stage, url: string, how: "planted" | "named"): Promise<"kept" | "sent"> {
  const folder = join(stage.folder, "users", `repository-${Buffer.from(url).toString("hex").slice(0, 24)}`);
  mkdirSync(join(folder, ".floom", "run"), { recursive: true });
  writeFileSync(join(folder, ".floom", "run", "edge.url"), url);
  const token = `flm_of_the_user_${how}`;
  const before = stage.canary.hits.length;
  const env = { FLOOM_TOKEN: token, FLOOM_API_URL: how === "named" ? url : "" };
  await runFloom(stage, ["workers", "list"], { cwd: folder, env });
  const hits = stage.canary.hits.slice(before);
  // Over TLS the token itself would follow the tunnel: that it is asked for is enough.
  return hits.some((hit) => hit.includes(token) || hit.startsWith("CONNECT")) ? "sent" : "kept";
}

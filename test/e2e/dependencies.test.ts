import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, inject, it } from "vitest";
import { replayRoutes } from "#contract/replay/routes";
import { routes } from "#contract/routes";
import type { RunDetail } from "#contract/runs/run";
import { packBundle } from "../support/runner/start-runner.ts";
import { verifies } from "../verifies.ts";
import { connect, startRun, waitForEnd } from "./story.ts";

// What a version's packages are built from, and who can change them: over the system that all stories share.

const client = connect(inject("floom"));
const WHEEL = "wheels/floom_greetings-1.0.0-py3-none-any.whl";
const examples = resolve(import.meta.dirname, "..", "..", "workers-examples");
const wheel = await readFile(join(examples, "local-wheel", WHEEL));
const TAKEN = "The dependencies are those that were built for this version.";
const INSTALLING = "Installing the dependencies of requirements.txt.";

const manifestOf = (name: string) =>
  `schema_version: "0.3"\nname: ${name}\ntitle: Packages\nversion: 0.1.0\n` +
  "exec: { entry: run.py, inputs: [{ name: how, type: string, required: true }], outputs: [{ name: said, type: string }] }\n";

/** Greets by the package; told to, it first spoils whatever of the package it can reach, and hands over one of its own. */
const script = `import importlib, os, sys, urllib.request
import floom_greetings

def hand_over():
    where = os.environ["FLOOM_API_URL"] + "/api/runs/" + os.environ["FLOOM_RUN_ID"] + "/runner/dependencies/"
    for key in ("built", "a" * 64):
        request = urllib.request.Request(where + key, data=b"poison", method="PUT")
        request.add_header("Authorization", "Bearer " + os.environ["FLOOM_RUN_TOKEN"])
        try:
            print("handed over", urllib.request.urlopen(request, timeout=10).status)
        except Exception as error:
            print("refused", getattr(error, "code", type(error).__name__))

def spoil():
    place = floom_greetings.__file__
    with open(place, "w") as file:
        file.write("def greet(*_): return 'POISONED'\\n")
    for name in ("dependencies.tar.gz", "bundle.zip"):
        with open("/home/user/.floom/" + name, "wb") as file:
            file.write(b"poison")
    hand_over()
    for name in [name for name in sys.modules if name.startswith("floom_greetings")]:
        del sys.modules[name]
    importlib.invalidate_caches()
    return importlib.import_module("floom_greetings")

def run(inputs, context):
    greetings = spoil() if inputs["how"] == "spoil" else floom_greetings
    return {"said": greetings.greet("Ada", "en")}
`;

async function push(worker: string, files: Record<string, string | Uint8Array>): Promise<void> {
  await client.call(routes.putWorkerBundle, {
    params: { worker },
    body: new Uint8Array(await packBundle({ "worker.yml": manifestOf(worker), ...files })),
    headers: { "content-type": "application/zip" },
  });
}

const greeting = (comment = "") => ({
  "run.py": `${script}${comment}`,
  "requirements.txt": `./${WHEEL}\n`,
  [WHEEL]: wheel,
});

interface Seen {
  run: RunDetail;
  /** The platform's own lines, with when they were said. */
  lines: { message: string; timestamp: string }[];
}

async function see(run: string): Promise<Seen> {
  const ended = await waitForEnd(client, run);
  const { logs } = await client.call(routes.getRunLogs, { params: { run } });
  const said = logs.filter(({ stream }) => stream === "system");
  return { run: ended, lines: said.map(({ message, timestamp }) => ({ message, timestamp })) };
}

const runAndSee = async (worker: string, how: string) => see((await startRun(client, worker, { how })).id);
const messages = ({ lines }: Seen) => lines.map(({ message }) => message);

it("a bad run changes neither what later runs of its version import, nor what another version does", async () => {
  verifies("runner:dependencies:no-poison", "runner:dependencies:built-apart");
  const worker = "package-story";
  await push(worker, greeting());
  const first = await runAndSee(worker, "greet");
  expect(first.run).toMatchObject({ status: "completed", outputs: { said: "Hello, Ada!" } });
  expect(messages(first)).toContain(INSTALLING);
  expect(messages(first).at(-1)).toBe(TAKEN);

  const bad = await runAndSee(worker, "spoil");
  expect(bad.run).toMatchObject({ status: "completed", outputs: { said: "POISONED" } });
  const { logs } = await client.call(routes.getRunLogs, { params: { run: bad.run.id } });
  const printed = logs.filter(({ stream }) => stream === "stdout").map(({ message }) => message);
  expect(printed.filter((line) => line.startsWith("refused"))).toHaveLength(2);
  expect(printed.join("\n")).not.toContain("handed over");

  const later = await runAndSee(worker, "greet");
  expect(later.run).toMatchObject({ version: 1, outputs: { said: "Hello, Ada!" } });
  expect(messages(later)).toEqual([TAKEN]);

  await push(worker, greeting("# version 2\n"));
  const other = await runAndSee(worker, "greet");
  expect(other.run).toMatchObject({ version: 2, outputs: { said: "Hello, Ada!" } });
  expect(messages(other)).toContain(INSTALLING);
});

it("runs that start at once wait for one build, and each has its lines in its log", async () => {
  verifies("runner:dependencies:built-once");
  const worker = "package-story-at-once";
  await push(worker, greeting());
  const seen = await Promise.all([1, 2, 3].map(() => runAndSee(worker, "greet")));
  const installed = seen.map(({ lines }) => lines.find(({ message }) => message === INSTALLING));
  for (const { run } of seen) expect(run.outputs).toEqual({ said: "Hello, Ada!" });
  // Said at one moment: by one build.
  expect(new Set(installed.filter(Boolean).map((line) => line?.timestamp)).size).toBe(1);
});

it("a dry replay of a version that has never run gets its packages, though its own network is shut", async () => {
  verifies("runner:dependencies:built-apart");
  const worker = "package-story-dry";
  await push(worker, { "run.py": "def run(inputs, context):\n    return {'said': 'none'}\n" });
  const first = await runAndSee(worker, "greet");
  expect(messages(first)).toEqual([]);
  await push(worker, greeting());
  const params = { run: first.run.id };
  const dry = await client.call(replayRoutes.replayRun, { params, json: { dry: true, version: "active" } });
  expect((await see(dry.id)).run).toMatchObject({ dry: true, outputs: { said: "Hello, Ada!" } });
});

it("packages that cannot be installed fail the run with the installer's words", async () => {
  verifies("runner:install:failed");
  const worker = "package-story-missing";
  await push(worker, { "run.py": "", "requirements.txt": "--no-index\nno-such-package==9.9\n" });
  const seen = await runAndSee(worker, "greet");
  expect(seen.run).toMatchObject({ status: "failed", error_code: "install_failed" });
  expect(seen.run.error).toContain("no-such-package==9.9");
  expect(messages(seen).join("\n")).toContain("No matching distribution found");
});

it("a run that waits for its packages says so, and is cancelled at once", async () => {
  const worker = "package-story-cancel";
  await push(worker, {
    "run.py": "",
    "requirements.txt": "./slow\n",
    "slow/setup.py": "import time\ntime.sleep(20)\n",
  });
  const { id } = await startRun(client, worker, { how: "greet" });
  const params = { run: id };
  const waits = async () => (await client.call(routes.getRun, { params })).why_waiting ?? "";
  await expect.poll(waits).toContain("dependencies of this version are being installed");
  await client.call(routes.cancelRun, { params });
  expect(await waitForEnd(client, id)).toMatchObject({ status: "cancelled" });
});

import { expect, inject, it } from "vitest";
import { routes } from "#contract/routes";
import type { RunDetail } from "#contract/runs/run";
import { packBundle } from "../support/runner/start-runner.ts";
import { connect, startRun, waitForEnd } from "./story.ts";

// What runs of one version share where worker.yml says exec.reuse, and what they do not.

const client = connect(inject("floom"));

/** Tells how many runs were here before it and what they left, then leaves all that a run can. */
const script = `import glob, os, subprocess, sys, time

def orders_of_others():
    mine = os.environ["FLOOM_RUN_ID"]
    found = []
    for place in glob.glob("/home/user/.floom/**", recursive=True):
        if os.path.isfile(place) and os.path.basename(place) in ("run.json", "journal.ndjson"):
            with open(place, errors="replace") as file:
                if mine not in file.read() and os.path.basename(place) == "run.json":
                    found.append(place)
    return found

def alive(name):
    words = [open(place, "rb").read() for place in glob.glob("/proc/[0-9]*/cmdline")]
    return sum(name in one for one in words)

def run(inputs, context):
    with open("/tmp/visits", "a") as file:
        file.write("x")
    visits = os.path.getsize("/tmp/visits")
    failed, versions = os.path.exists("/tmp/failed"), sorted(glob.glob("/tmp/version-*"))
    open("/tmp/version-" + VERSION, "w").close()
    seen = {"visits": visits, "left": sorted(os.listdir(".")), "others": orders_of_others(), "daemons": alive(b"6151"),
            "said": os.environ.get("LEFT_BEHIND", ""), "boot": int(os.path.exists("left.txt")),
            "failed": failed, "versions": versions}
    os.environ["LEFT_BEHIND"] = "yes"
    open("left.txt", "w").write("left")
    os.makedirs("shut/in", exist_ok=True)
    os.chmod("shut", 0)
    subprocess.Popen(["sh", "-c", "(sleep 6151 & sleep 6151) &"], start_new_session=True)
    if os.path.exists("/tmp/busy"):
        raise RuntimeError("two runs at once in one sandbox")
    open("/tmp/busy", "w").close()
    time.sleep(float(inputs["seconds"]))
    os.unlink("/tmp/busy")
    if inputs["how"] == "fail":
        open("/tmp/failed", "w").close()
        sys.exit(3)
    return {"seen": seen}
`;

const manifestOf = (name: string, more: string) =>
  `schema_version: "0.3"\nname: ${name}\ntitle: Visits\nversion: 0.1.0\nexec:\n  entry: run.py\n${more}` +
  "  inputs: [{ name: how, type: string, default: go }, { name: seconds, type: number, default: 0 }]\n" +
  "  outputs: [{ name: seen, type: object }]\n";

async function push(worker: string, of: { reuse: boolean; version?: string }): Promise<void> {
  const files = {
    "worker.yml": manifestOf(worker, of.reuse ? "  reuse: worker\n" : ""),
    "run.py": `${script}VERSION = "${of.version ?? "one"}"\n`,
  };
  await client.call(routes.putWorkerBundle, {
    params: { worker },
    body: new Uint8Array(await packBundle(files)),
    headers: { "content-type": "application/zip" },
  });
}

async function visit(worker: string, inputs: Record<string, string | number> = {}): Promise<RunDetail> {
  const { run_id } = await startRun(client, worker, inputs);
  return waitForEnd(client, run_id);
}

const seenBy = (run: RunDetail) => run.outputs?.["seen"] as Record<string, unknown>;

it("a run goes on in the sandbox of the one before it, and finds its files elsewhere and nothing else of it", async () => {
  await push("visits-kept", { reuse: true });
  const runs: RunDetail[] = [];
  // A run that begins before the sandbox of the one before it is free again has one of its own.
  for (let run = 0; run < 6; run++) runs.push(await visit("visits-kept"));
  expect(runs.map(({ error }) => error)).toEqual(runs.map(() => null));
  const [first, ...later] = runs.map(seenBy);
  const inItsPlace = later.filter((seen) => Number(seen["visits"]) > 1);
  expect(inItsPlace.length).toBeGreaterThan(0);
  for (const { visits: _visits, ...seen } of inItsPlace)
    expect(seen).toEqual({ ...first, visits: undefined, versions: ["/tmp/version-one"] });
  expect(first).toMatchObject({ visits: 1, others: [], daemons: 0, said: "", boot: 0 });
});

it("neither another version nor a run after one that failed goes on in it", async () => {
  await push("visits-fresh", { reuse: true });
  await visit("visits-fresh");
  const failed = await visit("visits-fresh", { how: "fail" });
  expect(failed.status).toBe("failed");
  // The second run may have begun before the first one's sandbox was free again: that one goes on.
  for (let run = 0; run < 3; run++)
    expect(seenBy(await visit("visits-fresh"))).toMatchObject({ failed: false });
  await push("visits-fresh", { reuse: true, version: "two" });
  expect(seenBy(await visit("visits-fresh"))).toMatchObject({ failed: false, versions: [] });
});

it("without the word each run has a sandbox of its own", async () => {
  await push("visits-own", { reuse: false });
  await visit("visits-own");
  expect(seenBy(await visit("visits-own"))).toMatchObject({ visits: 1 });
});

it("of many at once no two are in one sandbox at the same time", async () => {
  await push("visits-many", { reuse: true });
  const lane = async () => {
    const runs: RunDetail[] = [];
    for (let round = 0; round < 3; round++) runs.push(await visit("visits-many", { seconds: 0.2 }));
    return runs;
  };
  const runs = (await Promise.all([lane(), lane(), lane(), lane()])).flat();
  expect(runs.map(({ error }) => error)).toEqual(runs.map(() => null));
  expect(runs.some((run) => Number(seenBy(run)["visits"]) > 1)).toBe(true);
});

import { expect, it } from "vitest";
import { limits } from "#contract/limits";
import { saidByOwner } from "../runs/ports/executor.ts";
import type { JournalRead } from "../runs/ports/executor.ts";
import { lookAtBuild, readBuildJournal } from "./read-build.ts";

const line = (entry: object) => `${JSON.stringify({ at: 1, ...entry })}\n`;
const said = (text: string) => line({ type: "log", stream: "system", level: "info", text });
const file = (change: object = {}) =>
  line({
    type: "file",
    kind: "artifact",
    name: "dependencies",
    path: "dependencies.tar.gz",
    media_type: "application/gzip",
    size_bytes: 3,
    sha256: "a".repeat(64),
    ...change,
  });
const result = (outcome: "success" | "failure") =>
  line({
    type: "result",
    outcome,
    error_code: outcome === "failure" ? "install_failed" : null,
    error: null,
    error_raw: null,
    exit_code: null,
    outputs: null,
    usage: { wall_ms: 1, cpu_ms: 0, max_memory_bytes: 0, log_bytes: 0 },
  });
const types = (lines: readonly string[]) => lines.map((text) => (JSON.parse(text) as { type: string }).type);

it("a build that worked gives its lines and its archive, and no file or result to the run's log", () => {
  const text = line({ type: "phase", phase: "install" }) + said("a") + file() + result("success");
  const { look } = readBuildJournal(text);
  expect(look).toMatchObject({ kind: "done", failed: false, archive: { size_bytes: 3 } });
  if (look?.kind !== "done") throw new Error("not done");
  expect(types(look.lines)).toEqual(["phase", "log"]);
});

it("a build that failed gives its lines and the result that says why", () => {
  const { look } = readBuildJournal(said("a") + result("failure"));
  if (look?.kind !== "done") throw new Error("not done");
  expect(look).toMatchObject({ failed: true, archive: null });
  expect(types(look.lines)).toEqual(["log", "result"]);
});

it.each([
  file({ sha256: "../../x" }),
  file({ sha256: `../${"a".repeat(64)}` }),
  file({ sha256: `${"a".repeat(64)}/../x` }),
  file({ size_bytes: 1e12 }),
  file({ size_bytes: limits.dependencies_bytes.value + 1 }),
  "",
])("a build without an archive that can be kept leaves installing to its runs: %j", (written) => {
  expect(readBuildJournal(written + result("success")).look).toMatchObject({
    failed: false,
    archive: null,
  });
});

it("an archive of the largest size is kept", () => {
  const size_bytes = limits.dependencies_bytes.value;
  expect(readBuildJournal(file({ size_bytes }) + result("success")).look).toMatchObject({
    archive: { size_bytes },
  });
});

it("progress is neither an end nor a line of the log", () => {
  const progress = line({ type: "progress", percent: 50, message: "half" });
  const { look, lines } = readBuildJournal(progress + said("a"));
  expect(look).toBeNull();
  expect(types(lines)).toEqual(["log"]);
});

it("what is no entry, no whole line, or stands behind the result, is not there", () => {
  const { look, lines } = readBuildJournal(`nonsense\n${said("a")}${result("success").trimEnd()}`);
  expect(look).toBeNull();
  expect(lines).toHaveLength(1);
  const done = readBuildJournal(said("a") + result("success") + said("b") + file()).look;
  if (done?.kind !== "done") throw new Error("not done");
  expect(done.archive).toBeNull();
  expect(done.lines.map((text) => JSON.parse(text) as unknown)).toEqual([JSON.parse(said("a"))]);
});

it("a build that says as much as it may is read to its end, however its log is spelled", async () => {
  const text = "\n".repeat(limits.build_log_bytes.value - 2000);
  const journal = new TextEncoder().encode(said(text) + result("success"));
  const readJournal = async (_: string, offset: number, most: number): Promise<JournalRead> => {
    return { kind: "read", bytes: journal.subarray(offset, offset + most), runnerAlive: true };
  };
  expect(await lookAtBuild({ readJournal }, "sbx")).toMatchObject({ kind: "done", failed: false });
});

it("a runner that is gone without a result is looked for twice before that is said", async () => {
  const encode = (text: string) => new TextEncoder().encode(text);
  const read = (text: string, runnerAlive: boolean): JournalRead => ({
    kind: "read",
    bytes: encode(text),
    runnerAlive,
  });
  const look = async (...reads: JournalRead[]) => {
    const found = await lookAtBuild(
      { readJournal: async () => reads.shift() ?? { kind: "unavailable" } },
      "sbx",
    );
    return [found?.kind, reads.length];
  };
  expect(await look(read(said("a"), false), read(said("a") + result("success"), false))).toEqual(["done", 0]);
  expect(await look(read(said("a"), false), read(said("a"), false))).toEqual(["silent", 0]);
  expect(await look(read(said("a"), true))).toEqual(["going", 0]);
  expect(await look(saidByOwner())).toEqual(["gone", 0]);
  expect(await look({ kind: "unavailable" })).toEqual([undefined, 0]);
});

import { expect, inject, test } from "vitest";
import { ApiProblem } from "#contract/client";
import { verifies } from "../verifies.ts";
import { listExamples } from "./example-folders.ts";
import type { ExampleFolder } from "./example-folders.ts";
import { fileExpectationSchema } from "./example-schema.ts";
import type { OutputExpectation } from "./example-schema.ts";
import {
  connect,
  pushExample,
  pushNeeded,
  readOutputFile,
  runExample,
  runUntilItAsks,
  approveAndFollow,
} from "./run-example.ts";
import type { EndedRun } from "./run-example.ts";

const client = connect(inject("floom"));
const examples = await listExamples();

type Expectation<Status> = Extract<ExampleFolder["example"]["expect"], { status: Status }>;

function foldersThat<Status extends ExampleFolder["example"]["expect"]["status"]>(status: Status) {
  return examples.flatMap((folder) => {
    const { expect: expected } = folder.example;
    return expected.status === status ? [{ ...folder, expected: expected as Expectation<Status> }] : [];
  });
}

async function expectOutput({ run }: EndedRun, name: string, expected: OutputExpectation): Promise<void> {
  const file = fileExpectationSchema.safeParse(expected);
  if (!file.success) {
    expect(run.outputs[name]).toEqual(expected);
    return;
  }
  const content = await readOutputFile(client, run, name);
  for (const text of file.data.$file_contains) expect(content).toContain(text);
}

function expectLog({ lines }: EndedRun, texts: readonly string[]): void {
  for (const text of texts) expect(lines.join("\n")).toContain(text);
}

test.concurrent.for(foldersThat("completed"))(
  "$name is pushed, runs and gives what it says",
  async (folder) => {
    verifies("examples:all:run-and-match");
    await pushNeeded(client, folder, examples);
    await pushExample(client, folder);
    expect(await pushExample(client, folder), "the same folder again makes no new version").toMatchObject({
      changed: false,
    });
    const ended = await runExample(client, folder);
    expect(ended.run.failure).toBeNull();
    expect(ended.run.status).toBe("completed");
    for (const [name, expected] of Object.entries(folder.expected.outputs))
      await expectOutput(ended, name, expected);

    const artifacts = ended.run.artifacts.filter(({ kind }) => kind === "artifact").map(({ path }) => path);
    expect(artifacts.sort()).toEqual(folder.expected.artifacts.toSorted());
    expectLog(ended, folder.expected.log_contains);
  },
);

test.concurrent.for(foldersThat("pending_approval"))(
  "$name asks first, and gives what it says once it is approved",
  async (folder) => {
    verifies("examples:all:run-and-match");
    const { expected } = folder;
    await pushNeeded(client, folder, examples);
    await pushExample(client, folder);
    const asking = await runUntilItAsks(client, folder);
    expect(asking.run).toMatchObject({ status: "pending_approval", outputs: expected.outputs });
    expect(asking.run.approval_trail).toMatchObject({ label: expected.label });
    for (const text of expected.preview_contains) expect(asking.run.approval_trail?.preview).toContain(text);
    expectLog(asking, expected.log_contains);
    const followUp = await approveAndFollow(client, asking.run, expected.approved.comment);
    expect(followUp.run.status).toBe("completed");
    expect(followUp.run.outputs).toMatchObject(expected.approved.outputs);
    expectLog(followUp, expected.approved.log_contains);
  },
);

test.concurrent.for(foldersThat("failed"))("$name fails with exactly its code and a hint", async (folder) => {
  verifies("examples:broken:exact-code-and-hint");
  await pushExample(client, folder);
  const ended = await runExample(client, folder);
  expect(ended.run).toMatchObject({ status: "failed", error_code: folder.expected.error_code });
  expect(ended.run.failure).toMatchObject({ code: folder.expected.error_code });
  expect(ended.run.failure?.hint).not.toBe("");
  expectLog(ended, folder.expected.log_contains);
});

test.for(foldersThat("refused"))("$name is refused with all its findings at once", async (folder) => {
  verifies("examples:broken:refused-with-all-findings");
  const refusal = await pushExample(client, folder).catch((error: unknown) => error);
  if (!(refusal instanceof ApiProblem)) return expect.unreachable("the push was accepted");
  expect(refusal.problem).toMatchObject({ status: 422, code: folder.expected.error_code });
  const findings = refusal.problem.errors ?? [];
  const codes = findings.map(({ code }) => code ?? "");
  expect(codes.sort()).toEqual(folder.expected.findings.toSorted());
  for (const { line, column, fix } of findings) {
    expect(line).toBeGreaterThan(0);
    expect(column).toBeGreaterThan(0);
    expect(fix).not.toBe("");
  }
});

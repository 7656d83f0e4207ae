import { expect, inject, test } from "vitest";
import { routes } from "#contract/routes";
import { listExamples } from "./example-folders.ts";
import { connect, pushExample } from "./run-example.ts";

const client = connect(inject("floom"));

test("bundles are read and pushed at once without one request waiting for another", async () => {
  const folders = (await listExamples()).filter(({ example }) => example.expect.status === "completed");
  const pushes = folders.map((folder) => pushExample(client, folder));
  const reads = folders.flatMap(({ worker }) =>
    Array.from({ length: 4 }, () => client.call(routes.getWorker, { params: { worker } })),
  );
  const [pushed, read] = await Promise.all([Promise.all(pushes), Promise.all(reads)]);
  expect(pushed.every(({ changed }) => !changed)).toBe(true);
  expect(read.every(({ files }) => files.length > 0)).toBe(true);
});

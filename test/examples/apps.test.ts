import { readFileSync, readdirSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { expect, inject, test } from "vitest";
import * as z from "zod";
import { routes } from "#contract/routes";
import { inputsSchema } from "#contract/runs/run";
import type { RunDetail } from "#contract/runs/run";
import { verifies } from "../verifies.ts";
import { packFolder } from "./example-folders.ts";
import { fileExpectationSchema } from "./example-schema.ts";
import { connect } from "./run-example.ts";

const client = connect(inject("floom"));
const APPS = resolve(import.meta.dirname, "../../workers-examples/apps");
const mediaTypes: Record<string, string> = { csv: "text/csv", pdf: "application/pdf", png: "image/png" };

const appExampleSchema = z.strictObject({
  action: z.string(),
  inputs: inputsSchema,
  files: z.record(z.string(), z.string()).default({}),
  expect: z.strictObject({
    status: z.literal("completed"),
    outputs: z.record(z.string(), z.union([fileExpectationSchema, z.json()])),
  }),
});

const apps = readdirSync(APPS).map((name) => ({
  name,
  example: appExampleSchema.parse(JSON.parse(readFileSync(join(APPS, name, "example.json"), "utf8"))),
}));

async function upload(file: string): Promise<string> {
  const type = mediaTypes[file.split(".").pop() ?? ""] ?? "application/octet-stream";
  const body = new FormData();
  body.append("file", new Blob([readFileSync(file)], { type }), basename(file));
  return (await client.call(routes.createUpload, { body })).id;
}

async function readFileOutput(run: RunDetail, path: unknown): Promise<string> {
  const artifact = run.artifacts.find((one) => one.path === path)?.id ?? "";
  return (await client.open(routes.downloadArtifact, { params: { run: run.id, artifact } })).text();
}

test.concurrent.for(apps)(
  "$name deploys from its folder and gives what it says",
  async ({ name, example }) => {
    verifies("examples:apps:run-and-match");
    const deployed = await client.call(routes.deployZip, {
      query: { name },
      body: await packFolder(join(APPS, name)),
      headers: { "content-type": "application/zip" },
    });
    expect(deployed).toMatchObject({ worker: name, missing_secrets: [], warnings: [] });
    const uploads = Object.entries(example.files).map(async ([input, file]) => [
      input,
      await upload(join(APPS, name, file)),
    ]);
    const inputs = { ...example.inputs, ...Object.fromEntries(await Promise.all(uploads)) };
    const run = await client.call(routes.startAction, {
      params: { worker: name, action: example.action },
      query: { wait: 60 },
      json: { inputs },
    });
    expect(run.failure).toBeNull();
    expect(run.status).toBe("completed");
    for (const [output, expected] of Object.entries(example.expect.outputs)) {
      const file = fileExpectationSchema.safeParse(expected);
      if (!file.success) expect(run.outputs[output]).toEqual(expected);
      else {
        const content = await readFileOutput(run, run.outputs[output]);
        for (const text of file.data.$file_contains) expect(content).toContain(text);
      }
    }
  },
);

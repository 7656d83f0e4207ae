import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { workerSummarySchema } from "#contract/workers/worker";
import { callApi, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { verifies } from "../../../test/verifies.ts";

/** Pushes a worker, whose worker.yml names this folder; empty for none. */
async function push(name: string, { folder = "", script = "print(1)" } = {}) {
  const worker_yml = `schema_version: "0.3"
name: ${name}
title: ${name}
description: Does what its test asks for
version: "1.0.0"
${folder === "" ? "" : `folder: ${folder}\n`}exec:
  entry: run.py
`;
  const json = { worker_yml, run_py: script };
  const seen = await callApi("GET", `/api/workers/${name}`);
  return seen.status === 200
    ? callApi("PUT", `/api/workers/${name}`, { json })
    : callApi("POST", "/api/workers", { json });
}

async function listed(name: string) {
  const all = workerSummarySchema.array().parse(await (await callApi("GET", "/api/workers")).json());
  return all.find(({ id }) => id === name);
}

const put = (name: string, folder: string | null, as: { token?: string } = {}) =>
  callApi("PUT", `/api/workers/${name}/folder`, { json: { folder }, ...as });

it("a worker is put into a folder without a push, and stays there when it is pushed", async () => {
  verifies("registry:folders:made-by-people");
  await push("sorted", { folder: "declared" });
  expect(await listed("sorted")).toMatchObject({ folder: "declared", folder_source: "manifest" });
  const moved = workerSummarySchema.parse(await (await put("sorted", " The shop ")).json());
  expect(moved).toMatchObject({ folder: "The shop", folder_source: "workspace", version: 1 });
  await push("sorted", { folder: "elsewhere", script: "print(2)" });
  expect(await listed("sorted")).toMatchObject({ folder: "The shop", version: 2 });
});

it("a worker is put into no folder, and back to where worker.yml says", async () => {
  verifies("registry:folders:made-by-people");
  await push("loose", { folder: "declared" });
  expect((await put("loose", "")).status).toBe(200);
  expect(await listed("loose")).toMatchObject({ folder: null, folder_source: "workspace" });
  await put("loose", null);
  expect(await listed("loose")).toMatchObject({ folder: "declared", folder_source: "manifest" });
  await push("bare");
  expect(await listed("bare")).toMatchObject({ folder: null, folder_source: null });
});

it("a stranger moves nobody's worker and cannot tell it from none, and a name that is too long is refused", async () => {
  verifies("registry:folders:made-by-people");
  await push("guarded");
  const token = await strangerToken();
  const ask = async (name: string) => {
    const response = await put(name, "theirs", { token });
    const { instance: _i, request_id: _r, ...problem } = problemSchema.parse(await response.json());
    return problem;
  };
  expect(await ask("guarded")).toEqual(await ask("not-there"));
  expect((await put("guarded", "x".repeat(65))).status).toBe(422);
  expect(await listed("guarded")).toMatchObject({ folder: null });
});

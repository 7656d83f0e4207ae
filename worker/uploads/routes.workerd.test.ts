import { expect, it } from "vitest";
import { problemSchema } from "#contract/problem";
import { uploadSchema } from "#contract/workers/worker";
import type { Upload } from "#contract/workers/worker";
import { callApi, strangerToken } from "../../test/support/workerd/api-harness.ts";

async function post(file: File | string, token?: string): Promise<Response> {
  const body = new FormData();
  body.set("file", file);
  return callApi("POST", "/api/uploads", { body, ...(token === undefined ? {} : { token }) });
}

const upload = async (file: File): Promise<Upload> => uploadSchema.parse(await (await post(file)).json());
const table = () => new File(["a,b\n1,2\n"], "table.csv", { type: "text/csv" });

it("a file comes back byte for byte, under its name, to be saved and not shown", async () => {
  const { id } = await upload(table());
  const got = await callApi("GET", `/api/uploads/${id}`);
  expect(await got.text()).toBe("a,b\n1,2\n");
  expect(got.headers.get("content-length")).toBe("8");
  expect(got.headers.get("content-disposition")).toContain('attachment; filename="table.csv"');
  expect(got.headers.get("content-security-policy")).toContain("sandbox");
});

it("the same content has the same id, and is the same file to whoever sends it again", async () => {
  expect((await upload(table())).id).toBe((await upload(table())).id);
});

it("a form without a file, and a body that is no form, are refused for what they are", async () => {
  expect(problemSchema.parse(await (await post("only text")).json())).toMatchObject({
    code: "invalid_request",
    errors: [{ pointer: "/file" }],
  });
  const json = await callApi("POST", "/api/uploads", { json: {} });
  expect(problemSchema.parse(await json.json()).code).toBe("unsupported_media_type");
});

it("a stranger who has the very same content has a file of his own, and reaches no other", async () => {
  const { id } = await upload(table());
  const token = await strangerToken();
  expect((await callApi("GET", `/api/uploads/${id}`, { token })).status).toBe(404);
  const own = uploadSchema.parse(await (await post(table(), token)).json());
  expect(own.id).toBe(id);
  expect((await callApi("GET", `/api/uploads/${id}`, { token })).status).toBe(200);
});

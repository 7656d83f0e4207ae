import { expect, test } from "vitest";
import { manifestSchema } from "#contract/manifest/manifest";
import { templateFiles } from "../../build/templates-plugin.ts";
import * as z from "zod";
import { findFreeName, nameFiles, templateSummarySchema, workerTemplateSchema } from "./template.ts";

const files = templateFiles();
const index = z.array(templateSummarySchema).parse(JSON.parse(files.get("templates/index.json") ?? ""));

test("every template of the gallery says what it is, and has the files of a worker", () => {
  expect(index.length).toBeGreaterThan(30);
  expect(new Set(index.map(({ kind }) => kind))).toEqual(new Set(["functions", "folder", "service"]));
  const wrong = index.filter(({ name, title, description, file_count: count }) => {
    const whole = workerTemplateSchema.parse(JSON.parse(files.get(`templates/${name}.json`) ?? ""));
    const entry = whole.files.some(({ path }) => /^(?:worker\.yml|app\.(?:py|m?js)|SKILL\.md)$/.test(path));
    return !entry || whole.files.length !== count || !/^[A-Z]/.test(title) || !/\w\.$/.test(description);
  });
  expect(wrong).toEqual([]);
});

test("a worker that is made of a template has its own name, and is no example", () => {
  const yml = "schema_version: '0.3'\nname: hello-worker\nis_example: true\ntitle: Hello\n";
  const other = { path: "run.py", content: "name: x\n", encoding: "utf-8" } as const;
  expect(nameFiles([{ path: "worker.yml", content: yml, encoding: "utf-8" }, other], "mine")).toEqual([
    { path: "worker.yml", content: "schema_version: '0.3'\nname: mine\ntitle: Hello\n", encoding: "utf-8" },
    other,
  ]);
  expect(manifestSchema.shape.name.safeParse(findFreeName("a-worker", new Set())).success).toBe(true);
});

test("a name that is taken gets the first number that is free", () => {
  expect(findFreeName("a", new Set())).toBe("a");
  expect(findFreeName("a", new Set(["a", "a-2"]))).toBe("a-3");
});

import { expect, it } from "vitest";
import { fileOf } from "../registry/bundle/bundle-file.ts";
import { judgeBundle } from "./judge-bundle.ts";

it("a script whose signatures cannot be read is told of, not that a worker.yml is missing", async () => {
  const latin = new Uint8Array([...new TextEncoder().encode("def f(a: str = '"), 0xe9, 0x27]);
  const { problems } = await judgeBundle({ files: [fileOf("app.py", latin)], problems: [] });
  expect(problems).toMatchObject([
    { file: "app.py", code: "not_text", fix: expect.stringContaining("UTF-8") },
  ]);
});

it("a folder of scripts without a function misses its worker.yml", async () => {
  const plain = fileOf("app.py", new TextEncoder().encode("print(1)\n"));
  const { problems } = await judgeBundle({ files: [plain], problems: [] });
  expect(problems).toMatchObject([{ code: "missing_manifest" }]);
});

import { describe, expect, it } from "vitest";
import { parseManifest } from "../parse-manifest.ts";

const good = `schema_version: "0.3"
name: hello-worker
title: Hello
version: 0.1.0
exec:
  entry: run.py
`;
const withExec = (line: string) => `${good}  ${line}\n`;

function codes(source: string): string[] {
  const { findings } = parseManifest(source);
  return findings.filter(({ severity }) => severity === "error").map(({ code }) => code);
}

describe("places that something takes up by itself", () => {
  const inputAt = (path: string) => withExec(`inputs: [{name: a, kind: file, path: ${path}}]`);

  it.each(
    ".npmrc node_modules/x/index.js wheels/x.whl floom.py floom/x.py json.py json/__init__.py lib.so template.yml".split(
      " ",
    ),
  )("no upload is put at %s", (path) => {
    expect(codes(inputAt(path))).toEqual(["path_taken"]);
  });

  it.each(["inputs/x.py", "code/main.py", "data.json", "inputs/package.json"])(
    "an upload may be at %s",
    (path) => {
      expect(codes(inputAt(path))).toEqual([]);
    },
  );

  it("a place that nobody wrote counts as one that somebody wrote", () => {
    const inputs =
      "inputs: [{name: a, kind: file, accepts: [.csv]}, {name: b, kind: file, path: inputs/a.csv}]";
    const outputs =
      "outputs: [{name: a, kind: file, path: out/b.csv/x}, {name: b, kind: file, media_type: text/csv}]";
    expect(codes(withExec(inputs))).toEqual(["duplicate_path"]);
    expect(codes(withExec(outputs))).toEqual(["duplicate_path"]);
  });

  it("a script in inputs/ would not be there when it is started", () => {
    expect(codes(good.replace("run.py", "inputs/run.py"))).toEqual(["bad_entry"]);
  });
});

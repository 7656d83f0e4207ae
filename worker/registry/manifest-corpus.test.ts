import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listManifestKeys } from "#contract/manifest/key-table";
import { manifestSchema } from "#contract/manifest/manifest";
import type { Json } from "#contract/json";
import { readYaml } from "./manifest/read-yaml.ts";
import { createReport } from "./manifest/report.ts";
import { toJson } from "./manifest/yaml-node.ts";
import { parseManifest } from "./parse-manifest.ts";

const folder = join(import.meta.dirname, "fixtures", "manifests");

/**
 * Each file says in its first line what becomes of it: `# valid`, `# valid or warned` (by something that this server may
 * learn), `# warning <code> [pointer]` or `# error <code> <pointer>`.
 */
const corpus = readdirSync(folder).map((file) => {
  const source = readFileSync(join(folder, file), "utf8");
  const [expected = ""] = source.split("\n");
  return { file, source, expected: expected.replace(/^# /, "") };
});
const refused = corpus.filter(({ expected }) => expected.startsWith("error"));
const taken = corpus.filter((manifest) => !refused.includes(manifest));

const known = new Set(listManifestKeys().map(({ path }) => path));
/** Mappings whose names are their authors'. */
const namedByAuthors = new Set(
  [...known].flatMap((path) =>
    path.split(/\.\*(?=[.[])/).flatMap((_, at, parts) => (at === 0 ? [] : [parts.slice(0, at).join(".*")])),
  ),
);

/** Every key of a file as the table of keys writes it: `exec.inputs[].name`. */
function pathsOf(value: Json, at: string): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => [`${at}[]`, ...pathsOf(item, `${at}[]`)]);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = at === "" ? key : `${at}.${namedByAuthors.has(at) ? "*" : key}`;
    return [path, ...pathsOf(inner, path)];
  });
}

describe("the corpus of manifests", () => {
  it("holds at least forty, taken and refused ones", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(40);
    expect(refused.length).toBeGreaterThan(10);
  });

  it("uses every key of the reference in a file that is taken", () => {
    const used = new Set(
      taken.flatMap(({ source }) => {
        const root = readYaml(source, createReport());
        return root === null ? [] : pathsOf(toJson(root), "");
      }),
    );
    // What no file is taken with.
    const refusedByName = /connections\[\]\.browser_session$/;
    const unused = listManifestKeys().filter(({ path }) => !used.has(path) && !refusedByName.test(path));
    expect(unused.map(({ path }) => path)).toEqual([]);
  });

  it.each(taken)("takes $file: $expected", ({ source, expected }) => {
    const { manifest, findings } = parseManifest(source);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(manifestSchema.parse(manifest)).toEqual(manifest);
    const told = findings.map(({ code, pointer }) => `warning ${code} ${pointer}`);
    if (expected === "valid") expect(told).toEqual([]);
    if (expected.startsWith("warning")) expect(told.join("\n")).toContain(expected);
  });

  it.each(refused)("refuses $file: $expected", ({ source, expected }) => {
    const { manifest, findings } = parseManifest(source);
    expect(manifest).toBeNull();
    const errors = findings.filter(({ severity }) => severity === "error");
    expect(errors.map(({ code, pointer }) => `error ${code} ${pointer}`)).toEqual([expected]);
  });
});

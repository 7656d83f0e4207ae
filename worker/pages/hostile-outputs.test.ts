import { expect, it } from "vitest";
import { artifactIdSchema, runIdSchema } from "#contract/ids";
import { buildOutput } from "#contract/outputs/build-output";
import type { OutputFile } from "#contract/outputs/output";
import type { PublicRun } from "#contract/shares/share";
import { verifies } from "../../test/verifies.ts";
import { fileHeaders } from "../http/look/file-answer.ts";
import { answerFrame, answerTable } from "./run-output.ts";
import { buildRunPage } from "./run-page.ts";
import { answerStyledFrame } from "./styled-frame.ts";

const SCRIPT = `<script>alert(1)</script><img src=x onerror=alert(1)>`;
const id = artifactIdSchema.parse(`art_${"0".repeat(26)}`);
const file = (name: string, type: string): OutputFile => ({ id, name, path: name, type, size_bytes: 10 });
const run: PublicRun = {
  id: runIdSchema.parse(`run_${"0".repeat(26)}`),
  status: "completed",
  progress: null,
  partial: null,
  message: null,
  created_at: "2026-01-01T00:00:00.000Z",
  completed_at: "2026-01-01T00:00:01.000Z",
  outputs: {},
  action: "run",
  files: [],
};

type Output = Parameters<typeof buildOutput>;
async function pageOf(schema: Output[0], outputs: Output[1], files: OutputFile[] = []): Promise<string> {
  const output = buildOutput(schema, outputs, files);
  const page = buildRunPage({ run, output, title: SCRIPT, base: "/a/x", path: "/a/x/runs/r", shared: null });
  return String(await page);
}

const markdown = { type: "object", properties: { page: { type: "string", "x-floom-widget": "markdown" } } };
const htmlOutput = {
  type: "object",
  properties: { page: { type: "string", contentMediaType: "text/html" } },
};

/** Tags that a browser would make of a page, without what stands within quotes. */
const tagsOf = (page: string) => page.replaceAll(/"[^"]*"/g, '""').match(/<[a-z][^>]*>/gi) ?? [];

it.each([
  ["a text", null, { result: SCRIPT }],
  ["Markdown", markdown, { page: `# Hi\n\n${SCRIPT}\n\n[x](javascript:alert(1)) ![y](javascript:alert(2))` }],
  ["HTML", htmlOutput, { page: SCRIPT }],
  ["names of columns and cells", null, { result: [{ [SCRIPT]: SCRIPT }] }],
  ["names of outputs", null, { [SCRIPT]: "a", other: "b" }],
])("script in %s stays text, or stands in a frame that may do nothing", async (_, schema, outputs) => {
  verifies("shares:page:hostile-outputs");
  const tags = tagsOf(await pageOf(schema, outputs));
  expect(tags.filter((tag) => /^<script|\son\w+=/i.test(tag))).toEqual([]);
  expect((await pageOf(schema, outputs)).toLowerCase()).not.toMatch(/(?:href|src)="javascript:/);
  for (const frame of tags.filter((tag) => tag.startsWith("<iframe"))) expect(frame).toContain("sandbox=");
});

it("what has come of a result shows on the page without scripts, as text, with its direction marks written out", async () => {
  verifies("shares:page:hostile-outputs", "shares:page:live-partial");
  const partial = { count: 7, pieces: [{ [SCRIPT]: `a\u202Eb${SCRIPT}` }, { x: 1 }], left_out: true };
  const running: PublicRun = { ...run, status: "running", completed_at: null, partial };
  const shown = { run: running, output: null, title: "App", base: "/a/x", path: "/a/x/runs/r", shared: null };
  const page = String(await buildRunPage(shown));
  expect(tagsOf(page).filter((tag) => /^<script|\son\w+=/i.test(tag))).toEqual([]);
  expect(page).toContain("7 pieces, the newest shown");
  expect(page).toContain("[U+202E]");
  expect(page).not.toContain("/tables/");
  const text = { ...running, partial: { count: 1, pieces: "so far", left_out: false } };
  expect(String(await buildRunPage({ ...shown, run: text }))).toContain("so far");
});

it("HTML that a function returned shows with its styles, runs nothing and loads nothing", async () => {
  verifies("shares:page:styled-html");
  const schema = {
    type: "object",
    properties: {
      a: { type: "string", contentMediaType: "text/html" },
      b: { anyOf: [{ type: "string", contentMediaType: "text/html" }, { type: "null" }] },
    },
  };
  const second = "<style>p{color:red}</style><p onclick=x style='color:red'>b</p>";
  const output = buildOutput(schema, { a: SCRIPT, b: second }, []);
  const page = await pageOf(schema, { a: SCRIPT, b: second });
  expect(page).toContain('sandbox="" title="Output" src="/a/x/runs/r/html/1"');
  const answer = answerFrame(output, "1");
  expect(await answer.text()).toBe(second);
  const policy = answer.headers.get("content-security-policy") ?? "";
  expect(policy).toContain("default-src 'none'; style-src 'unsafe-inline'");
  expect(policy).toMatch(/; sandbox$/);
  expect(policy).not.toMatch(/script-src|https?:|\*\./);
  for (const place of ["2", "-1", "x", "1e0", "99999"])
    expect(() => answerFrame(output, place), place).toThrow(/nothing here/);
  const frame = await answerStyledFrame();
  const own = frame.headers.get("content-security-policy") ?? "";
  expect(own).toMatch(/^default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'unsafe-inline';/);
  expect(own).toContain("sandbox allow-scripts");
});

it("a file's name shows its direction marks, and its type never makes it act in the page's own origin", async () => {
  verifies("shares:page:hostile-outputs");
  const name = `invoice\u202Efdp.${SCRIPT}.exe`;
  const page = await pageOf(null, {}, [file(name, "application/x-sh")]);
  expect(page).toContain("[U+202E]");
  expect(page).not.toContain("\u202E");
  for (const type of ["image/svg+xml", "text/html", "application/xhtml+xml", "text/xml", "image/x;a=b"]) {
    for (const view of [false, true]) {
      const headers = fileHeaders(file("a", type), view);
      expect([type, headers["content-security-policy"]]).toEqual([type, expect.stringContaining("sandbox")]);
      expect(headers["content-security-policy"]).not.toContain("allow-same-origin");
      expect(headers["x-content-type-options"]).toBe("nosniff");
    }
    expect(fileHeaders(file("a", type), false)["content-disposition"]).toMatch(/^attachment/);
  }
});

it("a line of ten million characters is cut, and a formula in a table's CSV is no formula", async () => {
  verifies("shares:page:hostile-outputs");
  const page = await pageOf(null, { result: "x".repeat(10_000_000) });
  expect(page.length).toBeLessThan(500_000);
  const output = buildOutput(null, { result: [{ a: '=HYPERLINK("http://evil")' }] }, []);
  expect(await answerTable(output, "0").text()).toContain("'=HYPERLINK");
  for (const place of ["1", "x", ""]) expect(() => answerTable(output, place)).toThrow();
});

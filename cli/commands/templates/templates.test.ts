import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { TemplateDetail } from "#contract/templates/template";
import { callCli } from "../../../test/support/cli-host.ts";
import { FakeProblem, startFakeEdge } from "../../../test/support/fake-edge.ts";
import type { FakeEdge } from "../../../test/support/fake-edge.ts";
import { verifies } from "../../../test/verifies.ts";

const sheets: TemplateDetail = {
  name: "sheets",
  provider_name: `floom-${"a".repeat(40)}`,
  apt: [],
  pip: ["openpyxl"],
  npm: [],
  env: { TZ: "UTC" },
  cpu_count: null,
  memory_mb: 1024,
  start_command: null,
  ready_command: null,
  updated_at: "2026-03-02T09:00:00.000Z",
};

let edge: FakeEdge;
let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "floom-templates-"));
  edge = await startFakeEdge({
    listTemplates: () => [sheets],
    getTemplate: () => sheets,
    putTemplate: ({ params }) => {
      if (params["template"] !== "bad") return sheets;
      const errors = [
        { pointer: "/pip/0", detail: "pip.0 is not written as it must be.", line: 1, column: 7 },
      ];
      throw new FakeProblem("invalid_template", "Line 1: pip.0 is not written as it must be.", errors);
    },
    deleteTemplate: () => undefined,
  });
});
afterEach(async () => {
  await edge.close();
  await rm(dir, { recursive: true });
});

it("pushes a file or a folder's template.yml under the name that it says or that is given", async () => {
  verifies("templates:workspace:by-name");
  const source = "name: sheets\npip: [openpyxl]\n";
  await writeFile(join(dir, "template.yml"), source);
  for (const argv of [["."], ["template.yml"], [".", "--name", "sheets"]]) {
    const pushed = await callCli(["templates", "push", ...argv], { edge, cwd: dir });
    expect(pushed).toMatchObject({ exitCode: 0, stdout: "Pushed sheets.\n" });
    const asked = edge.requests.at(-1);
    expect([asked?.params, asked?.json()]).toEqual([{ template: "sheets" }, { template_yml: source }]);
  }
});

it("says what is missing or wrong, and asks nobody without a name", async () => {
  await writeFile(join(dir, "template.yml"), "pip: [-x]\n");
  expect((await callCli(["templates", "push", "."], { edge, cwd: dir })).exitCode).toBe(2);
  expect((await callCli(["templates", "push", "nowhere"], { edge, cwd: dir })).exitCode).toBe(2);
  expect(edge.requests).toEqual([]);
  const bad = await callCli(["templates", "push", ".", "--name", "bad"], { edge, cwd: dir });
  expect(bad.exitCode).not.toBe(0);
  expect(bad.stderr).toContain("Line 1: pip.0");
});

it("lists, shows and removes templates", async () => {
  const listed = await callCli(["templates", "list"], { edge });
  expect(listed.stdout).toContain("openpyxl");
  expect(JSON.parse((await callCli(["templates", "list", "--json"], { edge })).stdout)).toEqual([sheets]);
  const shown = await callCli(["templates", "show", "sheets"], { edge });
  expect(shown.stdout).toContain("pip: openpyxl\nenv: TZ=UTC\n");
  expect((await callCli(["templates", "remove", "sheets"], { edge })).stdout).toBe("Removed sheets.\n");
});

import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { nameTemplate } from "./name-template.ts";
import { parseTemplate } from "./parse-template.ts";

const full = `name: sheets
apt: [poppler-utils, "libpq5=15.6-0+deb12u1"]
pip:
  - requests
  - pandas[excel]>=2.0,<3
  - numpy==2.1.*
npm: ["@scope/tool@^1.2.3", tsx]
env:
  TZ: Europe/Berlin
start_command: python3 -m http.server 8000
ready_command: curl -sf http://127.0.0.1:8000
`;

describe("template.yml", () => {
  it("is read with its packages, variables and commands; what is left out is empty", () => {
    verifies("templates:file:read");
    const { template, findings } = parseTemplate(full);
    expect(findings).toEqual([]);
    expect(template).toMatchObject({
      name: "sheets",
      spec: {
        apt: ["poppler-utils", "libpq5=15.6-0+deb12u1"],
        pip: ["requests", "pandas[excel]>=2.0,<3", "numpy==2.1.*"],
        npm: ["@scope/tool@^1.2.3", "tsx"],
        env: { TZ: "Europe/Berlin" },
      },
    });
    expect(parseTemplate("pip: [requests]\nnpm:\n").template?.spec).toEqual({
      apt: [],
      pip: ["requests"],
      npm: [],
      env: {},
    });
  });

  it.each([
    ["apt: ['curl; rm -rf /']"],
    ["apt: ['-o=Dpkg::Pre-Invoke::=sh']"],
    ["apt: ['./local.deb']"],
    ["apt: ['a b']"],
    ["pip: ['--index-url=http://evil.example']"],
    ["pip: ['-r requirements.txt']"],
    ["pip: ['git+https://evil.example/x.git']"],
    ["pip: ['x @ https://evil.example/x.whl']"],
    ['pip: ["a\'b"]'],
    ["pip: ['$(id)']"],
    ["pip: ['requests>=2 ; echo']"],
    ['pip: ["requests\\n--pre"]'],
    ["npm: ['../folder']"],
    ["npm: ['https://evil.example/x.tgz']"],
    ["npm: ['user/repository']"],
    ["npm: ['a@npm:b']"],
    ["npm: ['`id`']"],
    ["env: {FLOOM_RUN_TOKEN: x}"],
    ["env: {PATH: /tmp}"],
    ["env: {LD_PRELOAD: /tmp/x.so}"],
    ["env: {'A B': x}"],
    ["env: {A: 'x\0'}"],
    ["start_command: ''"],
    ["ready_command: 'true'"],
    ["name: ../x"],
    [`pip: [${Array.from({ length: 101 }, (_, n) => `p${n}`).join(", ")}]`],
    [`env: {${Array.from({ length: 51 }, (_, n) => `V${n}: x`).join(", ")}}`],
    [`# ${"x".repeat(17_000)}`],
  ])("lets nothing through but names, versions and plain text: %s", (source) => {
    verifies("templates:file:nothing-smuggled");
    const { template, findings } = parseTemplate(source);
    expect(template).toBeNull();
    expect(findings).not.toEqual([]);
  });

  it("says where each mistake stands, and what was meant", () => {
    const { findings } = parseTemplate("pip:\n  - requests\n  - -x\napts: [a]\nenv:\n  PATH: x\n  N: 1\n");
    expect(findings.map(({ code, line, column }) => [code, line, column])).toEqual([
      ["bad_value", 3, 5],
      ["unknown_key", 4, 1],
      ["bad_value", 6, 3],
      ["wrong_type", 7, 6],
    ]);
    expect(findings[1]?.message).toContain('Did you mean "apt"?');
  });

  it("is built under a name that its content alone decides", async () => {
    verifies("templates:name:by-content");
    const nameOf = async (source: string) => {
      const { template } = parseTemplate(source);
      if (template === null) throw new Error("no template");
      return (await nameTemplate(template.spec)).name;
    };
    const name = await nameOf("pip: [requests]");
    expect(name).toMatch(/^floom-[0-9a-f]{40}$/);
    expect(await nameOf("name: other\nnpm: []\npip:\n  - requests\n")).toBe(name);
    expect(await nameOf("pip: [requests, numpy]")).not.toBe(name);
  });
});

it("the default template that is there to push is one", async () => {
  const source = await readFile(
    `${import.meta.dirname}/../../../docs/templates/default/template.yml`,
    "utf8",
  );
  const { template, findings } = parseTemplate(source);
  expect(findings).toEqual([]);
  expect(template?.name).toBe("default");
  const named = ["requests", "numpy", "pandas", "openpyxl", "httpx", "beautifulsoup4", "openai", "anthropic"];
  expect(template?.spec.pip.toSorted()).toEqual(named.toSorted());
});

import { expect, it } from "vitest";
import { parse } from "jsonc-parser";
import { editFile } from "./client-files.ts";

const entry = { command: "node", args: ["/floom/cli/bin/floom.mjs", "mcp"] };

it("an entry goes into a file of JSON and out again, and comments, order and others' entries stay", () => {
  const before = `{
  // what I use
  "servers": {
    "mine": { "command": "x" }, // do not touch
  },
  "inputs": []
}
`;
  const after = editFile("vscode", before, entry) ?? "";
  const squeezed = after.replaceAll(/\s+/g, " ");
  for (const kept of ["// what I use", "// do not touch", '"mine": { "command": "x" }', '"inputs": []'])
    expect(squeezed).toContain(kept);
  expect(after).toContain('"floom"');
  expect(editFile("vscode", after, entry)).toBe(after);
  const gone = editFile("vscode", after, null) ?? "";
  expect(gone).not.toContain("floom");
  expect(gone).toContain("// do not touch");
});

it("an entry is one line more, or a few, and not a blank of its neighbours changes", () => {
  const files = [
    `{\n\t"mcpServers": {\n\t\t"a": { "command":"x",   "args": [ 1,2 ] }, // mine, as I like it\n\t}\n}\n`,
    `{ "mcpServers": { "a": {"command":"x"} } }`,
    `{\n    "other":   [1,2,\n  3],\n    "deep": {"a":1} /* mine */\n}\n`,
    `{\r\n  "mcpServers": {\r\n    "a": {}\r\n  }\r\n}\r\n`,
    `{\n  "mcpServers": {}\n}\n`,
  ];
  for (const before of files) {
    const after = editFile("cursor", before, entry) ?? "";
    expect(parse(after), after).toMatchObject({ mcpServers: { floom: entry } });
    expect(editFile("cursor", after, entry)).toBe(after);
    const gone = editFile("cursor", after, null);
    if (/"a": \{/.test(before) && before.includes("mcpServers")) expect(gone).toBe(before);
    if (before.includes("deep"))
      expect(after.startsWith(`${before.slice(0, before.indexOf(" /*"))}, /* mine */\n`)).toBe(true);
  }
});

it("a file keeps the byte order mark that it begins with, and the ends of its lines", () => {
  for (const before of [
    `\uFEFF{\n  "a": 1\n}\n`,
    `{\r\n  "a": 1\r\n}\r\n`,
    `{\r\n  "mcpServers": {}\r\n}\r\n`,
  ]) {
    const after = editFile("cursor", before, entry) ?? "";
    expect(after.startsWith("\uFEFF")).toBe(before.startsWith("\uFEFF"));
    expect(after.includes("floom")).toBe(true);
    expect(/(?<!\r)\n/.test(after)).toBe(!before.includes("\r"));
    expect(/\r(?!\n)|(?<!\r)\n/.test(editFile("cursor", after, null) ?? "")).toBe(!before.includes("\r"));
  }
});

it("a file that is not there is made, and one that is no JSON is left alone", () => {
  expect(JSON.parse(editFile("claude", "", entry) ?? "")).toEqual({
    mcpServers: { floom: { type: "stdio", ...entry } },
  });
  expect(JSON.parse(editFile("cursor", "{}", entry) ?? "")).toEqual({ mcpServers: { floom: entry } });
  const untouchable = ["[]", "{", "nonsense", '"text"'];
  untouchable.push('{"mcpServers": null}', '{"mcpServers": []}', '{"mcpServers": "x"}');
  untouchable.push('{"mcpServers": {}, "mcpServers": {}}', '{"mcpServers": {"floom": {}, "floom": {}}}');
  for (const text of untouchable) expect(editFile("cursor", text, entry), text).toBeNull();
});

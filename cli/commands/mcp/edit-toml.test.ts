import { expect, it } from "vitest";
import { editFile } from "./client-files.ts";

const entry = { command: "node", args: ["/floom/cli/bin/floom.mjs", "mcp"] };
const table = '[mcp_servers.floom]\ncommand = "node"\nargs = ["/floom/cli/bin/floom.mjs","mcp"]\n';

it("an entry goes in behind what a file says, and out again to the last blank", () => {
  for (const before of [
    "",
    'model = "x"\n\n\n\n# mine\n[mcp_servers.mine]\ncommand = "y" # mine\n',
    'model = "x"\r\n[tui]\r\nnotifications = true\r\n',
  ]) {
    const after = editFile("codex", before, entry) ?? "";
    expect(after.startsWith(before)).toBe(true);
    expect(after.replaceAll("\r\n", "\n").endsWith(table)).toBe(true);
    expect(/\r\n/.test(after) && /(?<!\r)\n/.test(after)).toBe(false);
    expect(editFile("codex", after, entry)).toBe(after);
    expect(editFile("codex", after, null)).toBe(before);
  }
});

it("our tables are found however they are written, one takes their place, and the others' comments stay", () => {
  const rest = "# about the interface\n[tui]\nnotifications = true\n";
  for (const head of ["[mcp_servers.floom] # mine", '[mcp_servers."floom"]', "[ mcp_servers . floom ]"]) {
    const below = '[mcp_servers.floom.env]\nA = "b"\n\n';
    const before = `model = "x"\n\n${head}\ncommand = "old"\n\n${below}${rest}`;
    expect(editFile("codex", before, entry), head).toBe(`model = "x"\n\n${table}\n${rest}`);
    expect(editFile("codex", before, null), head).toBe(`model = "x"\n\n${rest}`);
  }
});

it("a file that is not TOML, or has us where a table cannot stand for us, is left alone", () => {
  for (const text of [
    "broken = [\n",
    '[mcp_servers]\nfloom = { command = "x" }\n',
    'mcp_servers.floom.command = "x"\n',
    '[mcp_servers.floom]\nargs = [\n  "x",\n[1]\n]\n',
    'mcp_servers = "none"\n',
  ])
    for (const wanted of [entry, null]) expect(editFile("codex", text, wanted) ?? text, text).toBe(text);
});

it("a text that only looks like our table is not ours", () => {
  const before = 'note = """\n[mcp_servers.floom]\nnot ours\n"""\n';
  expect(editFile("codex", before, entry)).toBe(`${before}\n${table}`);
  expect(editFile("codex", before, null)).toBe(before);
});

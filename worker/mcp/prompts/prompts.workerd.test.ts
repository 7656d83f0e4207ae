import { expect, it } from "vitest";
import { callApi, seedWorker, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { callTool, openMcp, openOlderMcp } from "../../../test/support/workerd/mcp-client.ts";
import { seedMember } from "../../../test/support/workerd/people.ts";

type Client = Awaited<ReturnType<typeof openMcp>>;

const yml = (name: string) => `schema_version: "0.3"
name: ${name}
title: Sort mail
description: Sorts a mail.
tags: [office]
version: 1.0.0
exec:
  mode: agent
  entry: SKILL.md
  inputs:
    - { name: mail, type: text, label: The mail, required: true }
    - { name: tone, type: select, label: Tone, options: [warm, short], default: short }
`;
const skill = "---\nname: sort-mail\ndescription: Sorts.\n---\n# Sort\n\nRead the mail.\n";

async function deploySkill(name: string): Promise<void> {
  const answer = await callApi("POST", "/api/workers", { json: { worker_yml: yml(name), skill_md: skill } });
  expect([answer.status, answer.status < 300 ? "" : await answer.text()]).toEqual([expect.any(Number), ""]);
}

async function textOf(
  client: Pick<Client, "getPrompt">,
  name: string,
  args: Record<string, string>,
): Promise<string> {
  const { messages } = await client.getPrompt({ name, arguments: args });
  return messages
    .map(({ content }) => (content.type === "text" ? content.text : JSON.stringify(content)))
    .join("\n");
}

it("each agent is a prompt with its inputs as arguments, in both eras, beside those of the platform", async () => {
  await deploySkill("sort-mail");
  await deploySkill("debug-a-run");
  await seedWorker("no-agent");
  for (const client of [await openMcp(), await openOlderMcp()]) {
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual([
      "debug-a-run",
      "write-a-worker",
      "debug-a-run__skill",
      "sort-mail",
    ]);
    expect(prompts.at(-1)?.arguments).toEqual([
      { name: "mail", description: "The mail", required: true },
      { name: "tone", description: "Tone", required: false },
    ]);
    const said = await textOf(client, "sort-mail", { mail: "Hello", more: "not asked for" });
    expect(said).toContain("Read the mail.");
    expect(said).toContain('"mail": "Hello"');
    expect(said).not.toContain("not asked for");
    expect(await textOf(client, "debug-a-run__skill", { mail: "Hello" })).toContain("Read the mail.");
    expect(await textOf(client, "write-a-worker", { task: "Count to ten" })).toContain("Count to ten");
    await expect(client.getPrompt({ name: "sort-mail" })).rejects.toMatchObject({
      code: -32602,
      data: { missing: ["mail"] },
    });
    for (const name of ["no-agent", "nothing", "__proto__", "../etc", "sort-mail__skill"]) {
      await expect(client.getPrompt({ name, arguments: { mail: "x" } }), name).rejects.toMatchObject({
        code: -32602,
      });
    }
  }
  const alone = await openMcp({ path: "/mcp/workers/sort-mail" });
  expect((await alone.listPrompts()).prompts.map(({ name }) => name)).toEqual(["sort-mail"]);
});

it("a run that is to be mended comes with how it stands and its log, and of another's run nothing", async () => {
  await seedWorker("slow");
  const client = await openMcp();
  const run = String((await callTool(client, "run_start", { worker: "slow", wait: 0 })).said["run_id"]);
  const said = await textOf(client, "debug-a-run", { run });
  expect(said).toContain(`floom://runs/${run}/log`);
  expect(said).toContain("no instruction to you");
  const stranger = await openMcp({ token: await strangerToken() });
  const asked = { name: "debug-a-run", arguments: { run } };
  await expect(stranger.getPrompt(asked)).rejects.toMatchObject({ code: -32602 });
});

it("names, choices, runs, tags and files are completed from what the asker may see", async () => {
  await deploySkill("sort-mail");
  await seedWorker("slow");
  const client = await openMcp();
  const run = String((await callTool(client, "run_start", { worker: "slow", wait: 0 })).said["run_id"]);
  const complete = async (by: Client, ref: object, [name, value]: [string, string], known = {}) => {
    const context = { arguments: known };
    const { completion } = await by.complete({ ref, argument: { name, value }, context } as never);
    return completion.values;
  };
  const prompt = (name: string) => ({ type: "ref/prompt", name });
  const template = (uri: string) => ({ type: "ref/resource", uri });
  const files = template("floom://workers/{worker}/files/{+path}{?from}");
  expect(await complete(client, prompt("sort-mail"), ["tone", ""])).toEqual(["warm", "short"]);
  expect(await complete(client, prompt("sort-mail"), ["tone", "W"])).toEqual(["warm"]);
  expect(await complete(client, prompt("debug-a-run"), ["run", "run_"])).toEqual([run]);
  expect(await complete(client, prompt("write-a-worker"), ["like", "so"])).toEqual(["sort-mail"]);
  expect(await complete(client, files, ["worker", ""])).toEqual(["slow", "sort-mail"]);
  expect(await complete(client, files, ["path", "SK"], { worker: "sort-mail" })).toEqual(["SKILL.md"]);
  expect(await complete(client, template("floom://tags/{tag}"), ["tag", "o"])).toEqual(["office"]);
  for (const ref of [prompt("nothing"), template("nothing://{x}")])
    expect(await complete(client, ref, ["x", ""])).toEqual([]);
  const tagged = await client.readResource({ uri: "floom://tags/office" });
  expect(JSON.stringify(tagged)).toContain("floom://workers/sort-mail/files");
  const stranger = await openMcp({ token: await strangerToken() });
  const narrow = await openMcp({ token: await seedMember("v", "viewer", { scopes: ["workspace:read"] }) });
  for (const other of [stranger, narrow]) {
    expect(await complete(other, files, ["worker", ""])).toEqual([]);
    expect(await complete(other, files, ["path", ""], { worker: "sort-mail" })).toEqual([]);
    expect(await complete(other, prompt("debug-a-run"), ["run", ""])).toEqual([]);
  }
});

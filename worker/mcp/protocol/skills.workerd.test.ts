import { expect, it } from "vitest";
import * as z from "zod";
import { callApi, strangerToken } from "../../../test/support/workerd/api-harness.ts";
import { openMcp } from "../../../test/support/workerd/mcp-client.ts";

const yml = (name: string) => `schema_version: "0.3"
name: ${name}
title: Sort mail
version: 1.0.0
exec:
  mode: agent
  entry: SKILL.md
`;
const skillOf = (name: string) => `---\nname: ${name}\ndescription: Sorts a mail.\n---\n# Sort\n`;

async function deploy(name: string, skill: string): Promise<void> {
  const files = [{ path: "references/how to.md", content: "# How" }];
  const answer = await callApi("POST", "/api/workers", {
    json: { worker_yml: yml(name), skill_md: skill, files },
  });
  expect(answer.status).toBeLessThan(300);
}

const skillForm = z.looseObject({
  uri: z.string(),
  frontmatter: z.looseObject({ name: z.string() }),
  resources: z.array(z.object({ uri: z.string(), digest: z.string(), size: z.number() })),
});
const listForm = z.looseObject({ skills: z.array(skillForm) });
const folderForm = z.looseObject({ resources: z.array(z.looseObject({ uri: z.string() })) });

it("an agent whose SKILL.md names it is a skill with its files, to those who may read it", async () => {
  await deploy("sort-mail", skillOf("sort-mail"));
  await deploy("other-name", skillOf("sort-post"));
  await deploy("no-frontmatter", "# Nothing says who I am");
  const client = await openMcp();
  const ask = (by: typeof client, method: string, params: Record<string, unknown> = {}) =>
    by.request({ method, params }, z.looseObject({}));
  const { skills } = listForm.parse(await ask(client, "skills/list"));
  expect(skills.map(({ uri }) => uri)).toEqual([
    "skill://other-name/sort-post/SKILL.md",
    "skill://sort-mail/SKILL.md",
  ]);
  const files = skills[1]?.resources.map(({ uri }) => uri) ?? [];
  expect(files).toContain("skill://sort-mail/references/how%20to.md");
  for (const uri of files) expect((await client.readResource({ uri })).contents).toHaveLength(1);
  const { resources: all } = await client.listResources();
  expect(all[1]).toMatchObject({
    uri: "skill://sort-mail/SKILL.md",
    name: "sort-mail",
    description: "Sorts a mail.",
  });
  const got = z
    .looseObject({ skill: skillForm })
    .parse(await ask(client, "skills/get", { uri: "skill://sort-mail/SKILL.md" }));
  expect(got.skill).toEqual(skills[1]);
  const { resources } = folderForm.parse(
    await ask(client, "resources/directory/read", { uri: "skill://sort-mail" }),
  );
  expect(resources).toContainEqual({
    uri: "skill://sort-mail/references",
    name: "references",
    mimeType: "inode/directory",
  });
  const wrong = [
    "skill://sort-mail/SKILL.md",
    "skill://sort-mail/../other-name",
    "skill://",
    "floom://runs/x",
  ];
  for (const uri of wrong) {
    await expect(ask(client, "resources/directory/read", { uri }), uri).rejects.toMatchObject({
      code: -32602,
    });
  }
  for (const uri of ["skill://sort-mail/none.md", "skill://sort-mail/%2e%2e/x", "skill://nobody/SKILL.md"])
    await expect(client.readResource({ uri }), uri).rejects.toMatchObject({ code: -32602 });
  const stranger = await openMcp({ token: await strangerToken() });
  expect(listForm.parse(await ask(stranger, "skills/list")).skills).toEqual([]);
  await expect(stranger.readResource({ uri: "skill://sort-mail/SKILL.md" })).rejects.toMatchObject({
    code: -32602,
  });
});

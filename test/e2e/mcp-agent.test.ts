import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, inject, it } from "vitest";
import * as z from "zod";

const floom = inject("floom");

const schemaForm = z.looseObject({
  properties: z.record(z.string(), z.unknown()).default({}),
  required: z.array(z.string()).default([]),
});
const toldForm = z.looseObject({});
type Told = z.output<typeof toldForm>;

/**
 * An agent that knows what it was told over the protocol and nothing else: it calls a tool only where something it has read
 * names it, with arguments that the tool's schema has.
 */
class Agent {
  readonly #client: Client;
  /** Everything it was told, in the order in which it was. */
  #read = "";

  constructor(client: Client) {
    this.#client = client;
    this.#learn(client.getInstructions() ?? "");
  }

  #learn(text: string): void {
    this.#read += `\n${text}`;
  }

  /** The first of what it has read that looks like this. */
  find(form: RegExp): string {
    const found = form.exec(this.#read)?.[0];
    if (found === undefined) throw new Error(`Nothing that was told looks like ${form}.`);
    return found;
  }

  async readResource(uri: string): Promise<void> {
    const { contents } = await this.#client.readResource({ uri });
    for (const content of contents) if ("text" in content) this.#learn(content.text);
  }

  /** Calls a tool that was named before, and learns what it answers. */
  async call(name: string, args: Record<string, unknown>): Promise<Told & { isError: boolean }> {
    if (!new RegExp(String.raw`\b${name}\b`).test(this.#read)) throw new Error(`Nothing has named ${name}.`);
    const { tools } = await this.#client.listTools({}, { cacheMode: "bypass" });
    const tool = tools.find((one) => one.name === name);
    const { properties, required } = schemaForm.parse(tool?.inputSchema);
    const strange = Object.keys(args).filter((one) => !Object.hasOwn(properties, one));
    const missing = required.filter((one) => !Object.hasOwn(args, one));
    if (strange.length + missing.length > 0)
      throw new Error(`${name} takes not ${strange.join(" ")}, but ${missing.join(" ")}.`);
    this.#learn(tool?.description ?? "");
    const {
      content,
      structuredContent,
      isError = false,
    } = await this.#client.callTool({ name, arguments: args });
    for (const one of content) if (one.type === "text") this.#learn(one.text);
    return { ...toldForm.parse(structuredContent), isError };
  }
}

const workerYml = (entry: string) => `schema_version: "0.3"
name: agent-adder
title: Adds
version: "1.0.0"
exec:
  entry: ${entry}
  command: python ${entry}
  inputs:
    - { name: a, type: number }
    - { name: b, type: number }
  outputs:
    - { name: sum, type: number }
`;
const script = (sum: string) => `import json
inputs = json.load(open("inputs.json"))
json.dump({"status": "success", "outputs": {"sum": ${sum}}}, open("result.json", "w"))
`;
const folder = (yml: string, py: string) => [
  { path: "worker.yml", content: yml },
  { path: "run.py", content: py },
];

it("an agent that is told nothing but what the endpoint says writes, mends, runs and schedules a worker", async () => {
  const client = new Client({ name: "an-agent", version: "1.0.0" }, { versionNegotiation: { mode: "auto" } });
  const requestInit = { headers: { authorization: `Bearer ${floom.token}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", floom.url), { requestInit }));
  const agent = new Agent(client);
  await agent.readResource(agent.find(/floom:\/\/docs\/\w+/));

  const refused = await agent.call("worker_validate", { files: folder(workerYml("main.py"), script("0")) });
  expect(JSON.stringify(refused)).toContain("main.py");
  const broken = folder(workerYml("run.py"), script('inputs["a"] + inputs["c"]'));
  expect(await agent.call("worker_validate", { files: broken })).toMatchObject({ isError: false });
  const deployed = await agent.call("worker_deploy", { files: broken });
  expect(deployed).toMatchObject({ worker: "agent-adder", isError: false });

  const failed = await agent.call("agent-adder", { a: 2, b: 3 });
  expect(failed).toMatchObject({
    isError: true,
    status: "failed",
    next: expect.stringContaining("run_replay"),
  });
  const run = z.string().parse(failed["run_id"]);
  expect(JSON.stringify(await agent.call("run_logs", { run }))).toContain("KeyError");

  await agent.call("worker_deploy", {
    files: folder(workerYml("run.py"), script('inputs["a"] + inputs["b"]')),
  });
  expect(failed["next"]).toContain("version active");
  const replayed = await agent.call("run_replay", { run, version: "active" });
  const mended = await agent.call("run_wait", { run: z.string().parse(replayed["run_id"]) });
  expect(mended).toMatchObject({ status: "completed", outputs: { sum: 5 } });

  const schedule = {
    worker: "agent-adder",
    cron: "0 9 * * 1",
    timezone: "Europe/Berlin",
    inputs: { a: 1, b: 2 },
  };
  expect(await agent.call("schedule_set", schedule)).toMatchObject({ isError: false, cron: "0 9 * * 1" });
  expect(JSON.stringify(await agent.call("schedule_list", { worker: "agent-adder" }))).toContain("0 9 * * 1");
  await client.close();
});

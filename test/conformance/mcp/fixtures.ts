import type { McpCaller } from "../../../worker/mcp/caller.ts";
import type { PromptSource, PromptText } from "../../../worker/mcp/prompts/prompt-source.ts";
import type { ResourceContent, ResourceSource } from "../../../worker/mcp/resources/resource-source.ts";
import { askingForms, callAskingFixture } from "./asking-fixtures.ts";
import everyKeyword from "./every-keyword.json" with { type: "json" };
import { tell } from "../../../worker/mcp/tool-result.ts";
import type { ToolDescriptor, ToolSource } from "../../../worker/mcp/tool-source.ts";

// What the public suite looks for by names of its own. It is handed to what serves the product's tools, resources and
// prompts, in their place.

/** A dot. */
const PNG =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

/** How often something was changed: the mark of a workspace without a database. */
export const changes = { tools: 0, prompts: 0 };

const annotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};

function tool(name: string, inputSchema: ToolDescriptor["inputSchema"] = { type: "object" }): ToolDescriptor {
  const words = { title: name, description: `The suite's ${name}.` };
  return { name, ...words, inputSchema, outputSchema: { type: "object" }, annotations };
}

export const fixtureTools: ToolSource = {
  list: () =>
    Promise.resolve([
      tool("json_schema_2020_12_tool", { ...everyKeyword, type: "object" }),
      tool("test_trigger_tool_change"),
      tool("test_trigger_prompt_change"),
      tool(`test_changed_${changes.tools}_times`),
      ...Object.keys(askingForms).map((name) => tool(name)),
    ]),
  call: (_caller, call) => {
    const { name } = call;
    if (name === "test_trigger_tool_change") changes.tools += 1;
    else if (name === "test_trigger_prompt_change") changes.prompts += 1;
    else return callAskingFixture(call);
    return Promise.resolve(tell({ done: true }));
  },
};

const templateForm = /^test:\/\/template\/([^/]+)\/data$/;

function readFixture(uri: string): ResourceContent | null {
  const [, id] = templateForm.exec(uri) ?? [];
  if (id !== undefined) {
    const data = { id, templateTest: true, data: `Data for ID: ${id}` };
    return { uri, mimeType: "application/json", text: JSON.stringify(data) };
  }
  if (uri === "test://static-text")
    return { uri, mimeType: "text/plain", text: "This is the content of the static text resource." };
  return uri === "test://static-binary" ? { uri, mimeType: "image/png", blob: PNG } : null;
}

const resource = (name: string) => ({
  uri: `test://${name}`,
  name,
  title: name,
  description: `The suite's ${name}.`,
});

export const fixtureResources: ResourceSource = {
  list: () => Promise.resolve({ resources: [resource("static-text"), resource("static-binary")] }),
  templates: () => [{ ...resource("template"), uriTemplate: "test://template/{id}/data" }],
  read: (_caller, uri) => Promise.resolve(readFixture(uri)),
};

const say = (text: string): PromptText["messages"][number] => ({
  role: "user",
  content: { type: "text", text },
});

const texts: Readonly<Record<string, (args: Readonly<Record<string, string>>) => PromptText["messages"]>> = {
  test_simple_prompt: () => [say("This is a simple prompt for testing.")],
  test_prompt_with_arguments: ({ arg1 = "", arg2 = "" }) => [
    say(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`),
  ],
  test_prompt_with_embedded_resource: ({ resourceUri = "" }) => [
    {
      role: "user",
      content: {
        type: "resource",
        resource: {
          uri: resourceUri,
          mimeType: "text/plain",
          text: "Embedded resource content for testing.",
        },
      },
    },
    say("Please process the embedded resource above."),
  ],
  test_prompt_with_image: () => [
    { role: "user", content: { type: "image", data: PNG, mimeType: "image/png" } },
    say("Please analyze the image above."),
  ],
};

export const fixturePrompts: PromptSource = {
  list: () => {
    const names = [...Object.keys(texts), `test_changed_${changes.prompts}_times`];
    const prompts = names.map((name) => ({
      name,
      title: name,
      description: `The suite's ${name}.`,
      arguments: [],
    }));
    return Promise.resolve({ prompts });
  },
  get: (_caller, { name, args }) => {
    const messages = texts[name]?.(args);
    return Promise.resolve(
      messages === undefined ? null : { kind: "text", text: { description: name, messages } },
    );
  },
  complete: (_caller, { value }) =>
    Promise.resolve(["testing", "tested"].filter((one) => one.startsWith(value))),
};

/** Whoever asks, as far as the fixtures look at them. */
export function fixtureCaller(principal: McpCaller["principal"], session: McpCaller["session"]): McpCaller {
  const refuse = () => Promise.reject(new Error("The suite's fixtures ask nothing of the API."));
  return {
    principal,
    publicUrl: "http://127.0.0.1",
    api: { call: refuse, open: refuse },
    readMark: () => Promise.resolve(changes.tools + changes.prompts),
    readRunMarks: () => Promise.resolve(new Map()),
    listWorkers: () => Promise.resolve([]),
    findWorker: () => Promise.resolve(undefined),
    findToolHolder: () => Promise.resolve(undefined),
    findMissingSecrets: () => Promise.resolve([]),
    hearLeft: refuse,
    tellLeft: refuse,
    keep: () => undefined,
    wish: { isFull: false, worker: null, workers: null, tags: null },
    session,
  };
}

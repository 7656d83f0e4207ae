import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CallToolResultSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { textOf } from "../interop-client.ts";
import type { InteropKind } from "../interop-client.ts";

/** The official SDK before its second version, which knows the protocol up to 2025-11-25. */
export const olderSdk: InteropKind = {
  name: "SDK v1",
  asks: true,
  open: async ({ url, token }) => {
    const about = { name: "interop", version: "1.0.0" };
    const client = new Client(about, { capabilities: { elicitation: { form: {} } } });
    client.setRequestHandler(ElicitRequestSchema, () => ({ action: "accept", content: { confirm: true } }));
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    return {
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, args, signal) => {
        const options = signal === undefined ? {} : { signal };
        const given = await client.callTool({ name, arguments: args }, CallToolResultSchema, options);
        const answer = CallToolResultSchema.parse(given);
        return { text: textOf(answer.content), isError: answer.isError === true };
      },
      close: () => client.close(),
    };
  },
};

import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { textOf } from "../interop-client.ts";
import type { InteropKind } from "../interop-client.ts";

const about = { name: "interop", version: "1.0.0" };

/** The official SDK, in the newest protocol that the server has or in the one before. */
export const newestSdk = (mode: "auto" | "legacy"): InteropKind => ({
  name: mode === "auto" ? "SDK v2, 2026-07-28" : "SDK v2, 2025-11-25",
  asks: true,
  open: async ({ url, token }) => {
    const client = new Client(about, {
      versionNegotiation: { mode },
      capabilities: { elicitation: { form: {} } },
    });
    client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { confirm: true } }));
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(url), { requestInit }));
    return {
      list: async () => (await client.listTools()).tools.map(({ name }) => name),
      call: async (name, args, signal) => {
        const answer = await client.callTool(
          { name, arguments: args },
          signal === undefined ? {} : { signal },
        );
        return { text: textOf(answer.content), isError: answer.isError === true };
      },
      close: () => client.close(),
    };
  },
});

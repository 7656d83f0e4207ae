import { readPrefix } from "../../platform/read-prefix.ts";
import type { Dial } from "../../platform/network/dial-client.ts";
import { NotDialled } from "../../platform/network/dial-client.ts";
import { isObject } from "../../registry/actions/compile-schema.ts";
import { extractText } from "./extract-text.ts";
import type { ToolAnswer, ToolDriver } from "../../tools/gate-api.ts";

/** The most that is read of a page, and the redirects that are followed to it. */
const PAGE_BYTES = 1024 * 1024;
const MOST_REDIRECTS = 4;
const TIMEOUT_MS = 20_000;

/** web_fetch: reads a public page as text. Each address of it is judged before it is dialled, those of redirects too. */
export function openWebDriver(dial: Dial): ToolDriver {
  return {
    list: () => [
      {
        name: "web_fetch",
        description: "Reads a public page of the web by https, as text.",
        source: "builtin",
        effect: "read",
        method: "GET",
        approval: "never",
        calls_per_minute: 30,
        repeatable: true,
        untrusted: true,
        input_schema: {
          type: "object",
          properties: { url: { type: "string", minLength: 8, maxLength: 2000 } },
          required: ["url"],
          additionalProperties: false,
        },
      },
    ],
    prepare: ({ arguments: given }) => {
      const { url } = isObject(given) ? given : {};
      return { request: { method: "GET", url: url ?? "" }, credentials: [] };
    },
    execute: async ({ request }, { signal }) => {
      const url = isObject(request) && typeof request["url"] === "string" ? request["url"] : "";
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      try {
        return await fetchPage(dial, url, limit);
      } catch (error) {
        if (error instanceof NotDialled) return refuse("address_refused", error.message);
        const why = error instanceof Error ? error.message : "nobody answered";
        return {
          ...refuse("unreachable", `The page could not be read: ${why}`),
          retryable: true,
          sent: true,
        };
      }
    },
  };
}

const refuse = (code: string, message: string) =>
  ({ ok: false, code, message, retryable: false, sent: false }) as const;

async function fetchPage(dial: Dial, first: string, signal: AbortSignal): Promise<ToolAnswer> {
  let url = first;
  for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
    const response = await dial(url, { headers: { accept: "text/html, text/*, application/json" }, signal });
    const next = response.headers.get("location");
    if (response.status < 300 || response.status >= 400 || next === null) return readPage(url, response);
    await response.body?.cancel();
    url = new URL(next, url).href;
  }
  return { ...refuse("too_many_redirects", "The page leads on and on."), sent: true };
}

async function readPage(url: string, response: Response): Promise<ToolAnswer> {
  const { bytes, isCut } = await readPrefix(response.body, PAGE_BYTES);
  const type = response.headers.get("content-type") ?? "";
  if (!/^(?:text\/|application\/(?:[\w.+-]+\+)?(?:json|xml))/i.test(type)) {
    const message = `The page is ${type || "of no type"}, which is no text.`;
    return { ...refuse("not_text", message), sent: true };
  }
  const text = new TextDecoder().decode(bytes);
  const shown = /html/i.test(type) ? extractText(text) : text;
  return { ok: true, content: { url, status: response.status, is_cut: isCut, text: shown } };
}

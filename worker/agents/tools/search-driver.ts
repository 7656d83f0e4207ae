// Owns how an agent searches the web: by one provider (Serper), whose answers are made short.
// Never dials anything but that provider; the key comes last, from the workspace's secrets or the server's own.
// Writes nothing; the gate keeps the record.
import type { Json } from "#contract/json";
import { parseJson } from "#contract/json";
import type { Dial } from "../../platform/network/dial-client.ts";
import { readPrefix } from "../../platform/read-prefix.ts";
import { isObject } from "../../registry/actions/compile-schema.ts";
import type { ToolAnswer, ToolDriver } from "../../tools/gate-api.ts";

export const WEB_SEARCH = "web_search";
/** The secret, and the server's setting, by which it is asked. */
export const SEARCH_KEY = "SERPER_API_KEY";

export interface SearchDeps {
  dial: Dial;
  /** Where the provider answers, without a slash at the end. */
  origin: string;
  /** The server's own key; null where the workspace has one, which the gate hands in. */
  serverKey: string | null;
}

const USUAL_RESULTS = 8;
const MOST_RESULTS = 20;
const ANSWER_BYTES = 512 * 1024;
const TIMEOUT_MS = 20_000;
const TEXT_CHARACTERS = 600;

/** web_search: titles, addresses and snippets of pages. */
export function openSearchDriver(deps: SearchDeps): ToolDriver {
  return {
    list: () => [
      {
        name: WEB_SEARCH,
        description: "Searches the web, and answers titles, addresses and snippets of pages.",
        source: "builtin",
        effect: "read",
        method: null,
        approval: "never",
        calls_per_minute: 30,
        repeatable: true,
        untrusted: true,
        input_schema: {
          type: "object",
          properties: {
            query: { type: "string", minLength: 1, maxLength: 400 },
            results: { type: "integer", minimum: 1, maximum: MOST_RESULTS },
          },
          required: ["query"],
          additionalProperties: false,
        },
      },
    ],
    prepare: ({ arguments: given }) => {
      const { query = "", results = USUAL_RESULTS } = isObject(given) ? given : {};
      const hosts = [new URL(deps.origin).hostname];
      return {
        request: { provider: "serper", url: `${deps.origin}/search`, q: query, num: results },
        credentials: deps.serverKey === null ? [{ name: SEARCH_KEY, hosts }] : [],
      };
    },
    execute: async ({ request }, { credentials, signal }) => {
      const key = deps.serverKey ?? credentials[SEARCH_KEY] ?? "";
      const { q = "", num = USUAL_RESULTS } = isObject(request) ? request : {};
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
      try {
        const response = await deps.dial(`${deps.origin}/search`, {
          method: "POST",
          headers: { "content-type": "application/json", "x-api-key": key },
          body: JSON.stringify({ q, num }),
          redirect: "manual",
          signal: limit,
        });
        return await readResults(response);
      } catch {
        // What the network says may hold the request.
        return fail("unreachable", "The search provider did not answer.", true);
      }
    },
  };
}

function fail(code: string, message: string, retryable: boolean): ToolAnswer {
  return { ok: false, code, message, retryable, sent: true };
}

async function readResults(response: Response): Promise<ToolAnswer> {
  const { bytes, isCut } = await readPrefix(response.body, ANSWER_BYTES);
  if (response.status === 401 || response.status === 403)
    return fail("search_denied", `The search provider does not take ${SEARCH_KEY}.`, false);
  if (response.status === 429)
    return fail("search_limited", "The search provider takes no more requests now.", true);
  if (!response.ok)
    return fail("search_failed", `The search provider answered ${response.status}.`, response.status >= 500);
  const document = isCut ? null : readDocument(bytes);
  if (document === null) return fail("search_failed", "The search provider's answer cannot be read.", false);
  return { ok: true, content: describeResults(document) };
}

function readDocument(bytes: Uint8Array): Json {
  try {
    return parseJson(new TextDecoder().decode(bytes));
  } catch {
    return null;
  }
}

/** What a model reads of the provider's answer. Pure. */
function describeResults(document: Json): Json {
  const { organic, answerBox: box } = isObject(document) ? document : {};
  const pages = Array.isArray(organic) ? organic : [];
  const results = pages.slice(0, MOST_RESULTS).flatMap((page): Json[] => {
    if (!isObject(page)) return [];
    const { title, link, snippet, date } = page;
    return [
      {
        title: text(title),
        url: text(link),
        snippet: text(snippet),
        ...(typeof date === "string" ? { date } : {}),
      },
    ];
  });
  const short = isObject(box) ? text(box["answer"] ?? box["snippet"] ?? null) : "";
  return { ...(short === "" ? {} : { answer: short }), results };
}

const text = (value: Json | undefined): string =>
  typeof value === "string" ? value.slice(0, TEXT_CHARACTERS) : "";

import type { McpCaller } from "../caller.ts";

/** The place of the list in what the SDK writes. No text in JSON can hold it: a quote inside of one has a backslash. */
const EMPTY = '"tools":[]';

const utf8 = new TextEncoder();

/**
 * Lists of tools that were made as bytes before. The SDK judges the request and writes everything around the list; the
 * list itself it would walk, check and write anew for each request, which is most of what a request for it costs.
 */
export class ToolSplice {
  readonly #lists = new WeakMap<McpCaller, Uint8Array | null>();

  /** Has the answer to this caller filled in by `fill`: their request is for the list and nothing else. */
  expect(caller: McpCaller): void {
    this.#lists.set(caller, null);
  }

  /** Whether the SDK is to be told that there are no tools, because these bytes are filled in afterwards. */
  take(caller: McpCaller, bytes: Uint8Array): boolean {
    if (!this.#lists.has(caller)) return false;
    this.#lists.set(caller, bytes);
    return true;
  }

  /** The answer with the list where the SDK has written none; as it is where there was nothing to fill in. */
  async fill(caller: McpCaller, answer: Response): Promise<Response> {
    const { status, headers } = answer;
    const around = await answer.text();
    const list = this.#lists.get(caller) ?? null;
    const at = list === null ? -1 : around.indexOf(EMPTY);
    if (list === null || at < 0) return new Response(around, { status, headers });
    const head = utf8.encode(`${around.slice(0, at)}"tools":`);
    const tail = utf8.encode(around.slice(at + EMPTY.length));
    const body = new Uint8Array(head.byteLength + list.byteLength + tail.byteLength);
    body.set(head);
    body.set(list, head.byteLength);
    body.set(tail, head.byteLength + list.byteLength);
    return new Response(body, { status, headers });
  }
}

import type { McpCaller } from "../caller.ts";

/** The place of the list in what the SDK writes. No text in JSON can hold it: a quote inside of one has a backslash. */
const EMPTY = '"tools":[]';

/**
 * Lists of tools that were made as text before. The SDK judges the request and writes everything around the list; the
 * list itself it would walk, check and write anew for each request, which is most of what a request for it costs.
 */
export class ToolSplice {
  readonly #texts = new WeakMap<McpCaller, string>();

  /** Has the answer to this caller filled in by `fill`: their request is for the list and nothing else. */
  expect(caller: McpCaller): void {
    this.#texts.set(caller, "");
  }

  /** What the SDK is to be told that the tools are: nothing, where the text is filled in afterwards. */
  take(caller: McpCaller, text: string): boolean {
    if (!this.#texts.has(caller)) return false;
    this.#texts.set(caller, text);
    return true;
  }

  /** The answer with the list where the SDK has written none; as it is where there was nothing to fill in. */
  async fill(caller: McpCaller, answer: Response): Promise<Response> {
    const { status, headers } = answer;
    const around = await answer.text();
    const list = this.#texts.get(caller) ?? "";
    const at = list === "" ? -1 : around.indexOf(EMPTY);
    const body = at < 0 ? around : `${around.slice(0, at)}"tools":${list}${around.slice(at + EMPTY.length)}`;
    return new Response(body, { status, headers });
  }
}

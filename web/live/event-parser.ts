/** One message of a server-sent event stream. */
export interface StreamMessage {
  id: string | undefined;
  data: string;
}

/**
 * Reads server-sent events from text that arrives in pieces of any size. Returns the messages that each piece
 * completes. Rules: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream; `event` and
 * `retry` fields are not used by our streams and are skipped, as comments are.
 */
export function createEventParser(): (piece: string) => StreamMessage[] {
  let rest = "";
  let id: string | undefined;
  let data: string[] = [];

  function takeLine(line: string, messages: StreamMessage[]): void {
    if (line === "") {
      if (data.length > 0) messages.push({ id, data: data.join("\n") });
      data = [];
      return;
    }
    const [, field, value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (field === "data") data.push(value);
    if (field === "id") id = value;
  }

  return (piece) => {
    const lines = (rest + piece).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    const messages: StreamMessage[] = [];
    for (const line of lines) takeLine(line, messages);
    return messages;
  };
}

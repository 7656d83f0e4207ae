const encoder = new TextEncoder();

/** One server-sent event; without an id a reader that comes back does not go on behind it. `data` is JSON, so it holds no line break. Source: WHATWG HTML, section 9.2. */
export function formatEvent({ id, data, name }: { id?: number; data: unknown; name?: string }): string {
  const named = name === undefined ? "" : `event: ${name}\n`;
  const numbered = id === undefined ? "" : `id: ${id}\n`;
  return `${numbered}${named}data: ${JSON.stringify(data)}\n\n`;
}

/** Where a reader left off: the Last-Event-ID header, or 0. Anything that is no number counts as the beginning. */
export function lastEventId(request: Request): number {
  const id = Number(request.headers.get("last-event-id") ?? "0");
  return Number.isSafeInteger(id) && id > 0 ? id : 0;
}

/** Writes events to a response; `write` resolves false once the reader has gone. */
export interface EventWriter {
  write: (text: string) => Promise<boolean>;
  close: () => Promise<void>;
}

/** An event-stream response and the writer that feeds it. Comments keep proxies from giving up on a quiet stream. */
export function openEventStream(): { response: Response; writer: EventWriter } {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const out = writable.getWriter();
  const headers = {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store, no-transform",
    "x-accel-buffering": "no",
  };
  return {
    response: new Response(readable, { headers }),
    writer: {
      write: (text) =>
        out.write(encoder.encode(text)).then(
          () => true,
          () => false,
        ),
      close: () => out.close().catch(() => undefined),
    },
  };
}

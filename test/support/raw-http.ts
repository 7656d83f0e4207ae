import { connect } from "node:net";
import type { Socket } from "node:net";
import type { Random } from "./random.ts";

/** A message as bytes: mostly almost right, as those of somebody who knows where parsers differ. */
export type RawMessage = Buffer;

const methods = [
  "GET",
  "POST",
  "PUT",
  "HEAD",
  "DELETE",
  "PATCH",
  "OPTIONS",
  "TRACE",
  "CONNECT",
  "PRI",
  "get",
  "G\0T",
  "",
];
const versions = ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/9", "http/1.1", ""];
const lineEnds = ["\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "\r\r\n"];
const codings = [
  "chunked",
  "chunked",
  "Chunked",
  "gzip, chunked",
  "chunked, identity",
  "identity",
  "xchunked",
  " chunked",
  "chunked\t",
  "",
];
const lengths = [
  "5",
  "5",
  "5",
  "5, 5",
  "05",
  "+5",
  "-1",
  "5 ",
  "0x5",
  "99999999999999999999",
  "1e3",
  "",
  "4",
];
const oddHeaders = [
  "Connection: upgrade\r\nUpgrade: websocket",
  "Connection: keep-alive, content-length",
  "Connection: close",
  "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk",
  "Expect: 100-continue",
  "Expect: the-unexpected",
  "TE: trailers",
  "Trailer: X-Late",
  "Host: one\r\nHost: two",
  "Host: a b",
  "Host: ",
  "Host: [::1",
  "MF-Original-URL: http://127.0.0.1/cdn-cgi/local/explorer",
  "CF-Connecting-IP: 192.0.2.7",
  "X-Forwarded-For: 192.0.2.7",
  "X-Nul: a\0b",
  "X-Control: a\x01\x7fb",
  "X-Latin: \xe9\xff",
  " folded: yes",
  "X-Fold: a\r\n b",
  "NoColon",
  ": nameless",
  "X Space: 1",
  "Proxy-Authorization: Basic eDp5",
  "Content-Type: application/json",
  "Accept-Encoding: gzip, br",
  "Transfer-Encoding\t: chunked",
];
const statuses = [
  "200",
  "200",
  "200",
  "204",
  "206",
  "301",
  "304",
  "404",
  "500",
  "599",
  "000",
  "099",
  "100",
  "101",
  "102",
  "103",
  "199",
  "600",
  "999",
  "20",
  "2000",
  "-1",
  "abc",
  "",
];
const bodies = [
  "",
  "hello",
  "hello",
  "0\r\n\r\n",
  "5\r\nhello\r\n0\r\n\r\n",
  "5\r\nhello\r\n0\r\nX-Late: 1\r\n\r\n",
  "5\r\nhel",
  "FFFFFFFFFFFFFFFFF\r\nx",
  "-5\r\nhello\r\n0\r\n\r\n",
  '5;ext="\r\n"\r\nhello\r\n0\r\n\r\n',
  "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n",
];

/** A request that one of `paths` is asked for by, whole or broken. */
export function makeRawRequest(random: Random, paths: readonly string[]): RawMessage {
  const end = pickMostlySane(random, lineEnds);
  const method = random.chance(0.9) ? pick(random, ["GET", "POST", "PUT"]) : pick(random, methods);
  const start = `${method} ${pick(random, paths)} ${pickMostlySane(random, versions)}`;
  return finish(
    random,
    [start, ...(random.chance(0.9) ? ["Host: 127.0.0.1"] : []), ...makeHeaders(random)],
    end,
  );
}

/** An answer of a server that means no good. */
export function makeRawAnswer(random: Random): RawMessage {
  const end = pickMostlySane(random, lineEnds);
  const interim = random.chance(0.1) ? `HTTP/1.1 ${pick(random, ["100", "102", "103"])} Wait\r\n\r\n` : "";
  const start = `${interim}${pickMostlySane(random, versions)} ${pick(random, statuses)} ${pick(random, ["OK", "", "x\0y"])}`;
  return finish(random, [start, ...makeHeaders(random)], end);
}

function makeHeaders(random: Random): string[] {
  const headers: string[] = [];
  if (random.chance(0.4)) headers.push(`Content-Length: ${pickMostlySane(random, lengths)}`);
  if (random.chance(0.3)) headers.push(`Transfer-Encoding: ${pickMostlySane(random, codings)}`);
  if (random.chance(0.05)) headers.push(`Content-Length: ${pick(random, lengths)}`);
  for (let count = random.below(3); count > 0; count -= 1) headers.push(pick(random, oddHeaders));
  if (random.chance(0.02)) headers.push(`X-Long: ${"x".repeat(random.below(40_000))}`);
  return headers;
}

function finish(random: Random, lines: string[], end: string): RawMessage {
  const bytes = Buffer.from(`${lines.join(end)}${end}${end}${pick(random, bodies)}`, "latin1");
  if (random.chance(0.05)) bytes[random.below(bytes.length)] = random.below(256);
  return random.chance(0.05) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
}

/** The first of the items is what an honest sender would say. */
function pickMostlySane(random: Random, items: readonly string[]): string {
  return random.chance(0.9) ? (items[0] ?? "") : pick(random, items);
}

function pick(random: Random, items: readonly string[]): string {
  return random.pick(items) ?? "";
}

/** Resolves when a whole question that was begun after the call has been answered. */
export type Pulse = () => Promise<unknown>;

/**
 * The pulse of a server: asks it one plain question after the other, for as long as somebody waits. What has not been
 * answered while others were asked and answered will not be; how long that takes is the machine's affair.
 */
export function createPulse(ask: () => Promise<unknown>): Pulse {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<unknown> | undefined;
  return () => {
    next ??= running.then(() => {
      next = undefined;
      running = ask();
      return running;
    });
    return next;
  };
}

/** Beats of the pulse during which nothing came, after which nothing is waited for. */
const SILENT_BEATS = 3;

/**
 * Sends bytes over a connection of their own and collects all that comes back, until the other end closes or, where
 * the bytes may leave it waiting for more, has said nothing for some beats of its pulse.
 */
export async function exchange(
  where: { port: number } | { path: string },
  bytes: RawMessage,
  until: "closed" | Pulse,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  const socket: Socket = connect(where, () => socket.write(bytes));
  socket.on("data", (part: Buffer) => parts.push(part));
  socket.on("error", () => undefined);
  const closed = new Promise((resolve) => socket.once("close", resolve));
  if (until !== "closed") await waitForSilence(socket, until);
  await closed;
  return Buffer.concat(parts);
}

async function waitForSilence(socket: Socket, pulse: Pulse): Promise<void> {
  let heard = -1;
  while (!socket.destroyed && heard !== socket.bytesRead) {
    heard = socket.bytesRead;
    for (let beat = 0; beat < SILENT_BEATS && !socket.destroyed; beat += 1) await pulse();
  }
  socket.destroy();
}

/** The status lines in what came back, as numbers. */
export function readStatuses(answer: Buffer): number[] {
  return [...answer.toString("latin1").matchAll(/^HTTP\/1\.[01] (\d{3}) /gm)].map(([, status]) =>
    Number(status),
  );
}

/** Does something for each of `count` numbers, at most `atOnce` at a time. */
export async function inParallel(
  count: number,
  atOnce: number,
  act: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await act(next - 1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
}

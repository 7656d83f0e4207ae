import http from "node:http";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import https from "node:https";
import net from "node:net";
import tls from "node:tls";

/** A request as an attacker writes it: the path is sent as it stands. */
export interface Knock {
  method?: string;
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  token?: string;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** Of the page that is answered for every path that is none of the API's; it holds nothing. */
const PAGE = '<div id="root">';
const PATIENCE_MS = 20_000;
/** More of an answer is not read. */
const MOST_BYTES = 4 << 20;

/** Sends a request and reads its answer. Throws when there is none in time. */
export async function knock(
  origin: string,
  { method = "GET", path, headers, body, token }: Knock,
): Promise<Answer> {
  const { protocol, hostname, port } = new URL(origin);
  const request = (protocol === "https:" ? https : http).request({
    host: hostname,
    port,
    method,
    path,
    agent: false,
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve).once("error", reject);
  });
  request.end(body);
  const response = await answered;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response) {
    if (!Buffer.isBuffer(part)) throw new TypeError("the answer was read as text");
    parts.push(part);
    size += part.length;
    if (size > MOST_BYTES) break;
  }
  const text = Buffer.concat(parts).toString("utf8");
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** Sends a request and goes on to where a redirect within the edge leads, as any client does. */
export async function knockThrough(origin: string, request: Knock): Promise<Answer> {
  let answer = await knock(origin, request);
  for (let hop = 0; hop < 3 && answer.status >= 300 && answer.status < 400; hop += 1) {
    const to = URL.parse(answer.headers.location ?? "", origin);
    if (to === null || to.origin !== new URL(origin).origin) break;
    answer = await knock(origin, { ...request, path: `${to.pathname}${to.search}` });
  }
  return answer;
}

/** What a refusal is known by: its status, and the problem's code when it is a problem document. */
export function describeAnswer({ status, text }: Pick<Answer, "status" | "text">): string {
  if (status === 200 && text.includes(PAGE)) return "200 the page";
  if (status === 200 && text.includes('"checks"')) return "200 the health";
  const code = /"code":\s*"([a-z_]+)"/.exec(text.slice(0, 4096))?.[1];
  return code === undefined ? String(status) : `${status} ${code}`;
}

/** Sends a request and answers what came as a sighting; a connection that is closed without an answer is "closed". */
export async function knockFor(origin: string, request: Knock): Promise<string> {
  try {
    return describeAnswer(await knock(origin, request));
  } catch {
    return "closed";
  }
}

/**
 * Sends bytes that need not be HTTP, with a pause between the parts, and answers what came back within the time: the
 * statuses, or "closed".
 */
export async function sendRaw(
  origin: string,
  parts: readonly (string | Buffer)[],
  waitMs = 1500,
): Promise<string> {
  const { protocol, hostname, port } = new URL(origin);
  const socket =
    protocol === "https:"
      ? tls.connect({ host: hostname, port: Number(port || 443), servername: hostname })
      : net.connect(Number(port || 80), hostname);
  let got = "";
  socket.on("data", (data: Buffer) => (got += data.toString("latin1")));
  socket.on("error", () => socket.destroy());
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  for (const part of parts) {
    if (socket.destroyed) break;
    socket.write(typeof part === "string" ? Buffer.from(part, "latin1") : part);
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 30))]);
  }
  const timer = setTimeout(() => socket.destroy(), waitMs);
  const settle = setInterval(() => /^HTTP\/1\.[01] \d{3}[^]*\r\n\r\n/.test(got) && socket.end(), 200);
  await closed;
  clearTimeout(timer);
  clearInterval(settle);
  const statuses = [...got.matchAll(/^HTTP\/1\.[01] (\d{3})/gm)].map((match) => match[1]);
  if (statuses.length === 0) return "closed";
  return got.includes(PAGE) ? `${statuses.join(" ")} the page` : statuses.join(" ");
}

import { NotDialled } from "../platform/network/dial-client.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import type { HttpRequest } from "./http-request.ts";

/** What came back, read to its end. */
export interface Received {
  status: number;
  headers: Headers;
  text: string;
}

/** Why nothing usable came back. `sent`: whether anything can have arrived there. */
export interface SendFault {
  code:
    | "address_refused"
    | "redirect_refused"
    | "response_too_large"
    | "response_cut"
    | "timeout"
    | "unreachable";
  message: string;
  sent: boolean;
}

export interface SendDeps {
  dial: Dial;
  signal: AbortSignal;
  maxBytes: number;
}

const MOST_REDIRECTS = 3;

/** A request on its way: its address with the query in it, and what it carries. */
interface Leg {
  url: string;
  method: string;
  headers: Headers;
  body: BodyInit | null;
}

function firstLeg({ url, query, method, headers, body }: HttpRequest): Leg {
  const address = new URL(url);
  for (const [key, value] of query) address.searchParams.append(key, value);
  return { url: address.href, method, headers: new Headers(headers), body: encodeBody(body) };
}

function encodeBody(body: HttpRequest["body"]): BodyInit | null {
  if (body === null) return null;
  if (body.kind === "json") return JSON.stringify(body.value);
  if (body.kind === "form") return new URLSearchParams(body.fields).toString();
  const form = new FormData();
  for (const [key, value] of body.fields) form.append(key, value);
  return form;
}

/**
 * Sends a request, follows redirects within its own origin, and reads the answer up to its bound. Each address is judged before
 * it is dialled; one that leads elsewhere is not followed, so that no secret ever goes to another host.
 */
export async function sendRequest(request: HttpRequest, deps: SendDeps): Promise<Received | SendFault> {
  let leg = firstLeg(request);
  const { origin } = new URL(leg.url);
  for (let redirects = 0; ; redirects++) {
    const response = await dialOnce(leg, { deps, isFirst: redirects === 0 });
    if ("code" in response) return response;
    const target = redirectOf(response, leg);
    if (target === null) return readBounded(response, { deps, leg });
    await response.body?.cancel();
    if (target.origin !== origin) {
      const message = `The service redirects to ${target.origin}, which the tool does not declare; nothing was sent there.`;
      return { code: "redirect_refused", message, sent: true };
    }
    if (redirects === MOST_REDIRECTS)
      return {
        code: "redirect_refused",
        message: `The service redirects more than ${MOST_REDIRECTS} times.`,
        sent: true,
      };
    leg = nextLeg(leg, { target: target.href, status: response.status });
  }
}

async function dialOnce(
  { url, ...init }: Leg,
  { deps, isFirst }: { deps: SendDeps; isFirst: boolean },
): Promise<Response | SendFault> {
  try {
    return await deps.dial(url, { ...init, signal: deps.signal });
  } catch (error) {
    if (error instanceof NotDialled)
      return {
        code: "address_refused",
        message: `${new URL(url).host} is not called: ${error.message}`,
        sent: !isFirst,
      };
    return faultOf(url, deps.signal);
  }
}

/** Whatever the network said may hold the address with its secrets: only the host is told. */
function faultOf(url: string, signal: AbortSignal): SendFault {
  const { host } = new URL(url);
  return signal.aborted
    ? { code: "timeout", message: `${host} did not answer in time.`, sent: true }
    : {
        code: "unreachable",
        message: `${host} could not be reached, or broke the connection off.`,
        sent: true,
      };
}

/** Where an answer leads; null for one that is an answer. */
function redirectOf({ status, headers }: Response, { url }: Leg): URL | null {
  if (![301, 302, 303, 307, 308].includes(status)) return null;
  const location = headers.get("Location");
  return location === null ? null : URL.parse(location, url);
}

/** RFC 9110, 15.4: 303 asks by GET, 301 and 302 turn POST into GET, 307 and 308 send the same again. */
function nextLeg(leg: Leg, { target, status }: { target: string; status: number }): Leg {
  const isTurned =
    (status === 303 && leg.method !== "HEAD") ||
    ((status === 301 || status === 302) && leg.method === "POST");
  if (!isTurned) return { ...leg, url: target };
  const headers = new Headers(leg.headers);
  headers.delete("Content-Type");
  return { url: target, method: "GET", headers, body: null };
}

async function readBounded(
  response: Response,
  { deps, leg }: { deps: SendDeps; leg: Leg },
): Promise<Received | SendFault> {
  const { status, headers } = response;
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const part = await reader?.read();
      if (part === undefined || part.done) return { status, headers, text: text + decoder.decode() };
      size += part.value.byteLength;
      if (size > deps.maxBytes) {
        await reader?.cancel();
        const message = `The answer is larger than ${Math.floor(deps.maxBytes / 1024)} KiB.`;
        return { code: "response_too_large", message, sent: true };
      }
      text += decoder.decode(part.value, { stream: true });
    }
  } catch {
    const fault = faultOf(leg.url, deps.signal);
    return fault.code === "timeout"
      ? fault
      : { code: "response_cut", message: "The answer broke off before its end.", sent: true };
  }
}

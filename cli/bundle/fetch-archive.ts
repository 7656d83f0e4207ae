import { formatLimit, limits } from "#contract/limits";
import { CliError } from "../cli-error.ts";
import type { Host } from "../host.ts";

/** A zip from somewhere else, and what the project in it is called. */
export interface Archive {
  zip: Uint8Array<ArrayBuffer>;
  name: string;
}

/** So many times an address may send us on. */
const MOST_REDIRECTS = 5;
/** What an archive may be called that says nothing of what is in it. */
const NO_NAME = /^(?:archive|refs|heads|tags|main|master|head|download|zip|zipball|latest)$/i;

/**
 * Fetches a zip by https, never more of it than a bundle may have. What is in it is judged by the server, as of every
 * zip. Throws CliError for an address that is none, leads away from https, or gives no zip.
 */
export async function fetchArchive(
  host: Pick<Host, "fetch" | "interrupt">,
  address: string,
): Promise<Archive> {
  const url = readAddress(address);
  const response = await follow(host, url);
  if (!response.ok) {
    throw failed(`${url.host} answers ${response.status} for ${url.pathname}.`, {
      hint: "Private repositories cannot be fetched: clone it and deploy the folder.",
    });
  }
  const zip = await readCapped(response);
  if (zip[0] !== 0x50 || zip[1] !== 0x4b) {
    throw failed(`${address} is no zip.`, {
      hint: "For GitHub: https://github.com/OWNER/NAME/archive/refs/heads/BRANCH.zip",
    });
  }
  return { zip, name: nameOf(url) };
}

/** Whether a word is an address rather than a path. Pure. */
export function isAddress(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source);
}

/** What the project at an address is called: of GitHub's archives the repository. Pure. */
export function nameOf({ hostname, pathname }: URL): string {
  const steps = pathname.split("/").filter((step) => step !== "");
  const isForge = /(?:^|\.)(?:github|gitlab|codeberg|bitbucket)\./.test(hostname);
  if (isForge && steps[1] !== undefined) return steps[1];
  const names = steps.map((step) => step.replace(/\.zip$/i, "")).toReversed();
  return names.find((name) => !NO_NAME.test(name)) ?? "app";
}

function readAddress(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url?.protocol === "https:" && url.username === "" && url.password === "") return url;
  throw failed(`${address} is no https address.`, { hint: "Write https://... without a name or password." });
}

async function follow(host: Pick<Host, "fetch" | "interrupt">, first: URL): Promise<Response> {
  let url = first;
  for (let step = 0; step <= MOST_REDIRECTS; step++) {
    const response = await get(host, url);
    const next = response.headers.get("location");
    if (response.status < 300 || response.status > 399 || next === null) return response;
    await response.body?.cancel();
    url = readAddress(new URL(next, url).href);
  }
  throw failed(`${first.href} sends on and on.`, {});
}

async function get(host: Pick<Host, "fetch" | "interrupt">, url: URL): Promise<Response> {
  try {
    return await host.fetch(url.href, { redirect: "manual", signal: host.interrupt });
  } catch (cause) {
    if (host.interrupt.aborted) throw cause;
    throw failed(`${url.host} does not answer.`, { cause });
  }
}

async function readCapped({ headers, body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const most = limits.bundle_zip_bytes.value;
  const tooLarge = () => failed(`The archive is larger than ${formatLimit("bundle_zip_bytes")}.`, {});
  if (Number(headers.get("content-length") ?? 0) > most) {
    await body?.cancel();
    throw tooLarge();
  }
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body ?? []) {
    size += part.byteLength;
    // Leaving the loop ends the download.
    if (size > most) throw tooLarge();
    parts.push(part);
  }
  const zip = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    zip.set(part, at);
    at += part.byteLength;
  }
  return zip;
}

function failed(sentence: string, { hint, cause }: { hint?: string; cause?: unknown }): CliError {
  return new CliError(sentence, {
    exit: "usage",
    code: "no_archive",
    ...(hint === undefined ? {} : { hint }),
    ...(cause === undefined ? {} : { cause }),
  });
}

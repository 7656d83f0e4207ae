import * as z from "zod";
import { formatLimit, limits } from "#contract/limits";
import type { ProblemError } from "#contract/problem";
import { judgeDialAddress } from "../platform/network/dial-address.ts";
import { isAddress } from "../platform/network/ip-address.ts";

/** What a secret is bound to: the hosts into whose requests it is put, and how. */
export const bindingSchema = z.object({
  /** Names in their one normal spelling: lower case, ASCII, no dot at the end. */
  hosts: z.array(z.string()).min(1),
  /** `Name: text`, with `{value}` in the text where the value goes. */
  header: z.string(),
});
export type SecretBinding = z.infer<typeof bindingSchema>;

export const DEFAULT_HEADER = "Authorization: Bearer {value}";
const PLACE = "{value}";
/** Fields that say where a request goes, where it ends, or that speak of one connection alone. */
const takenHeaders =
  /^(?:host|connection|content-length|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-[a-z-]+)$/i;
const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
/** A header's value ends with its line, and there are programs that take other characters for the end of one. */
const headerText = /^[\x20-\x7e]*$/;

/** What the header is where the value stands in its place. Pure. */
export function fillHeader(header: string, value: string): { name: string; text: string } {
  const cut = header.indexOf(":");
  // A function: in a text `$&` and its like would mean something.
  const text = header
    .slice(cut + 1)
    .trim()
    .replace(PLACE, () => value);
  return { name: header.slice(0, cut).trim().toLowerCase(), text };
}

function readHost(host: string): string | null {
  if (/[\s/?#@:\\[\]%*]/.test(host) || !URL.canParse(`https://${host}`)) return null;
  const name = new URL(`https://${host}`).hostname.replace(/\.$/, "");
  const isName = /^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9_-]*[a-z][a-z0-9_-]*$/.test(name);
  return isName && !isAddress(name) ? name : null;
}

function judgeHeader(header: string, value: string): ProblemError[] {
  const cut = header.indexOf(":");
  const name = header.slice(0, Math.max(cut, 0)).trim();
  const errors: ProblemError[] = [];
  const wrong = (detail: string) => errors.push({ pointer: "/header", detail });
  if (cut < 0 || !headerName.test(name)) wrong(`needs a name and a text, such as ${DEFAULT_HEADER}`);
  else if (takenHeaders.test(name)) wrong(`cannot be ${name}`);
  if (header.split(PLACE).length !== 2) wrong(`needs ${PLACE} once, where the value goes`);
  if (!headerText.test(header)) wrong("needs plain characters on one line");
  const most = limits.secret_header_bytes.value;
  if (!headerText.test(value)) {
    errors.push({
      pointer: "/value",
      detail: "cannot stand in a header: it has to be plain characters on one line",
    });
  } else if (value.trim() !== value)
    errors.push({ pointer: "/value", detail: "cannot stand in a header: it begins or ends with a space" });
  else if (value.length + header.length > most) {
    errors.push({
      pointer: "/value",
      detail: `is too long for a header: ${formatLimit("secret_header_bytes")} at most`,
    });
  }
  // The provider of sandboxes fills such texts in by itself.
  else if (value.includes("${e2b."))
    errors.push({ pointer: "/value", detail: "holds ${e2b., which means something there" });
  return errors;
}

/** What a secret of this value is bound to where it names hosts, or what is wrong with that; no value is repeated. Pure. */
export function bindSecret(
  value: string,
  { hosts, header }: { hosts: readonly string[]; header: string },
): { binding: SecretBinding; errors: ProblemError[] } {
  const errors = judgeHeader(header, value);
  const names = hosts.map((host, index) => {
    const name = readHost(host);
    const why =
      name === null
        ? "is no host: write a name such as api.example.com, without https://, port, path and *"
        : judgeDialAddress(`https://${name}`, { allowLoopback: false });
    if (why !== null) errors.push({ pointer: `/hosts/${index}`, detail: why });
    return name ?? host;
  });
  return { binding: { hosts: [...new Set(names)], header: header.trim() }, errors };
}

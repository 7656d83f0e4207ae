import type { CreateConnection } from "#contract/connections/connection";
import type { ProblemError } from "#contract/problem";
import { judgeDialAddress } from "../platform/network/dial-address.ts";

const headerName = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const takenHeaders =
  /^(?:host|connection|cookie|content-length|content-type|transfer-encoding|te|trailer|upgrade|expect|keep-alive|proxy-[a-z-]+)$/i;

function judgeAddress(url: string, pointer: string, allowLoopback: boolean): ProblemError[] {
  if (!URL.canParse(url)) return [{ pointer, detail: "is no URL: write e.g. https://mcp.example.com/mcp" }];
  if (url.includes("#"))
    return [{ pointer, detail: "has a fragment, which no server is sent: leave it out" }];
  const reason = judgeDialAddress(url, { allowLoopback });
  return reason === null ? [] : [{ pointer, detail: `is not dialled: ${reason}` }];
}

function judgeHeader(header: string): ProblemError[] {
  const cut = header.indexOf(":");
  const name = header.slice(0, Math.max(cut, 0)).trim();
  const pointer = "/http/header";
  if (cut < 0 || !headerName.test(name))
    return [{ pointer, detail: "needs a name and a text, such as Authorization: Bearer {value}" }];
  if (takenHeaders.test(name)) return [{ pointer, detail: `cannot be ${name}` }];
  if (header.split("{value}").length !== 2)
    return [{ pointer, detail: "needs {value} once, where the secret goes" }];
  return /^[\x20-\x7e]*$/.test(header) ? [] : [{ pointer, detail: "needs plain characters on one line" }];
}

/** What is wrong with a connection that somebody wants to make. Pure. */
export function judgeConnection(
  wanted: CreateConnection,
  { allowLoopback, isPerson }: { allowLoopback: boolean; isPerson: boolean },
): ProblemError[] {
  const owner =
    wanted.owner === "me" && !isPerson
      ? [
          {
            pointer: "/owner",
            detail: "can be me for a person alone: this token is nobody's. Write workspace.",
          },
        ]
      : [];
  if (wanted.kind === "mcp") return [...owner, ...judgeAddress(wanted.mcp.url, "/mcp/url", allowLoopback)];
  if (wanted.kind === "composio") return owner;
  const { base_url, header } = wanted.http;
  const hasQuery = base_url.includes("?");
  return [
    ...owner,
    ...judgeAddress(base_url, "/http/base_url", allowLoopback),
    ...(hasQuery ? [{ pointer: "/http/base_url", detail: "has a query: name it in each call" }] : []),
    ...judgeHeader(header),
  ];
}

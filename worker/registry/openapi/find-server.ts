import { entriesOf, follow, listOf, textOf } from "./read-document.ts";
import type { Node } from "./read-document.ts";

/** Where the service answers, without a slash at the end; null where the document does not say. Pure. */
export function findServer(root: Node, documentUrl: string | null): string | null {
  const said = root["swagger"] === undefined ? newer(root) : older(root, documentUrl);
  const url = URL.parse(said, documentUrl ?? undefined);
  if (url === null || !/^https?:$/.test(url.protocol) || /\{\{|\}\}/.test(said)) return null;
  if (url.username !== "" || url.password !== "") return null;
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}

function newer(root: Node): string {
  const server = follow(root, listOf(root["servers"])[0] ?? { url: "/" });
  // What looks like a placeholder of ours is refused by whoever asked, and not read as two of a document's.
  if (textOf(server["url"]).includes("{{")) return textOf(server["url"]);
  const variables = Object.fromEntries(entriesOf(server["variables"]));
  return textOf(server["url"]).replaceAll(/\{([^{}]+)\}/g, (_whole, name: string) =>
    textOf(follow(root, variables[name])["default"]),
  );
}

function older(root: Node, documentUrl: string | null): string {
  const host = textOf(root["host"]);
  const path = textOf(root["basePath"]) || "/";
  const schemes = listOf(root["schemes"]);
  const scheme = schemes.includes("https") || schemes.length === 0 ? "https" : textOf(schemes[0]);
  return host === "" && documentUrl !== null ? path : `${scheme}://${host}${path}`;
}

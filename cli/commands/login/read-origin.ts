import { usageError } from "../../cli-error.ts";
import { isLoopback } from "../../config.ts";

/**
 * The origin of a server as somebody wrote it. Throws for what is none, and for one that is not on this machine and
 * spoken to without TLS: everybody on the way could read the token. Pure.
 */
export function readOrigin(text: string): string {
  const url = URL.parse(text.includes("://") ? text : `https://${text}`);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw usageError(
      `This is no address of a server: ${text}`,
      "It should look like https://floom.example.com.",
    );
  }
  if (url.protocol === "http:" && !isLoopback(url.origin)) {
    throw usageError(
      `${url.origin} is not on this machine, and without https everybody on the way could read the token.`,
      `Type: floom login --server https://${url.host}`,
    );
  }
  return url.origin;
}

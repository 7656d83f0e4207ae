import { posix } from "node:path";
import { Code, ConnectError } from "@connectrpc/connect";
import type { SandboxUser } from "./users.ts";

/**
 * Absolute, normalised path as envd reads it: `~` and relative paths start at the user's home, empty is the
 * home itself. Throws `invalid_argument` for another user's `~name` and for NUL bytes.
 */
export function resolvePath(path: string, user: SandboxUser): string {
  if (path.includes("\0")) throw new ConnectError("path must not contain NUL bytes", Code.InvalidArgument);
  if (path === "~" || path.startsWith("~/")) return posix.join(user.home, path.slice(1));
  if (path.startsWith("~"))
    throw new ConnectError(`cannot expand '${path}': only '~' and '~/' are known`, Code.InvalidArgument);

  return posix.resolve(user.home, path);
}

import { Code, ConnectError } from "@connectrpc/connect";

/** A name requests may act as. Both are the same uid in here: root is a home folder, not a power. */
export interface SandboxUser {
  name: string;
  home: string;
}

const USERS: readonly SandboxUser[] = [
  { name: "user", home: "/home/user" },
  { name: "root", home: "/root" },
];
const DEFAULT_USERNAME = "user";

/** The user of that name (the default one when absent), or undefined when there is none. */
export function findUser(username: string | null | undefined): SandboxUser | undefined {
  const wanted = username ? username : DEFAULT_USERNAME;
  return USERS.find((user) => user.name === wanted);
}

/** The user named by `Authorization: Basic base64("<user>:")`. Throws `unauthenticated` for an unknown one. */
export function userOfRequest(header: Headers): SandboxUser {
  const username = usernameFromBasicAuth(header.get("authorization"));
  const user = findUser(username);
  if (user === undefined)
    throw new ConnectError(`invalid username: '${username ?? ""}'`, Code.Unauthenticated);
  return user;
}

/** The user part of a Basic authorization header, undefined when there is none. */
export function usernameFromBasicAuth(authorization: string | null | undefined): string | undefined {
  const encoded = /^basic\s+(\S+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return undefined;
  return Buffer.from(encoded, "base64").toString("utf8").split(":", 1)[0];
}

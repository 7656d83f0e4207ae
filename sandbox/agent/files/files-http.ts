import type { IncomingMessage, ServerResponse } from "node:http";
import { sendFile } from "./file-download.ts";
import { FileError, toFileError } from "./file-error.ts";
import type { FileMetadata } from "./file-metadata.ts";
import { receiveFiles } from "./file-upload.ts";
import { replyError, replyJson } from "../http-reply.ts";
import { resolvePath } from "../paths.ts";
import { findUser, usernameFromBasicAuth } from "../users.ts";
import type { SandboxUser } from "../users.ts";

/** E2B's `/files`: GET sends a file, POST stores one or many. The host has checked token or signature. */
export async function handleFiles(
  request: IncomingMessage,
  response: ServerResponse,
  metadata: FileMetadata,
): Promise<void> {
  const query = new URL(request.url ?? "", "http://sandbox").searchParams;
  const path = query.get("path") ?? undefined;
  try {
    const user = userOf(request, query);
    if (request.method === "GET") await download({ path: path ?? "", user }, request, response);
    else if (request.method === "POST")
      replyJson(response, 200, await receiveFiles(request, { path, user, metadata }));
    else {
      response.setHeader("Allow", "GET, POST");
      throw new FileError(405, `method ${request.method} is not allowed`);
    }
  } catch (error) {
    fail(response, toFileError(error, path ?? ""));
    request.resume();
  }
}

async function download(
  wanted: { path: string; user: SandboxUser },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = resolvePath(wanted.path, wanted.user);
  try {
    await sendFile(path, request, response);
  } catch (error) {
    throw toFileError(error, path);
  }
}

function userOf(request: IncomingMessage, query: URLSearchParams): SandboxUser {
  const username = query.get("username") ?? usernameFromBasicAuth(request.headers.authorization);
  const user = findUser(username);
  if (user === undefined) throw new FileError(401, `error looking up user '${username}': unknown user`);
  return user;
}

function fail(response: ServerResponse, error: FileError): void {
  // Once the headers are out, a cut connection is the only way left to say that the body is not whole.
  if (response.headersSent) response.destroy();
  else replyError(response, error.status, error.message);
}

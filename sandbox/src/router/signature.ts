import { createHash, timingSafeEqual } from "node:crypto";

export type FileOperation = "read" | "write";

/** Compares two secrets in constant time, whatever their lengths. */
export function equalsSecret(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

/** The signature of a file URL, as E2B's SDK makes it. `expiration` is unix seconds as text, "" for none. */
export function signFileUrl(
  file: { path: string; username: string; expiration: string },
  operation: FileOperation,
  accessToken: string,
): string {
  const parts = [
    file.path,
    operation,
    file.username,
    accessToken,
    ...(file.expiration === "" ? [] : [file.expiration]),
  ];
  return `v1_${createHash("sha256").update(parts.join(":")).digest("base64").replace(/=+$/, "")}`;
}

/** Why a signed URL is not good, or null when it is. */
export function judgeSignature(
  params: URLSearchParams,
  expected: { operation: FileOperation; accessToken: string; nowMs: number },
): "missing" | "wrong" | "expired" | null {
  const given = params.get("signature");
  if (given === null) return "missing";
  const expiration = params.get("signature_expiration") ?? "";
  const file = { path: params.get("path") ?? "", username: params.get("username") ?? "", expiration };
  if (!equalsSecret(given, signFileUrl(file, expected.operation, expected.accessToken))) return "wrong";
  if (expiration !== "" && !(Number(expiration) * 1000 > expected.nowMs)) return "expired";
  return null;
}

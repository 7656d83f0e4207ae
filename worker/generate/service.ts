// Owns how a worker's manifest is made of somebody's OpenAPI document.
// Never fetches anything but the document itself, and never stores what it makes: people read it before they push it.
// Writes nothing.
import type { Generated, GenerateRequest } from "#contract/generate/generate";
import { formatLimit, limits } from "#contract/limits";
import { AppError } from "../platform/app-error.ts";
import { NotDialled } from "../platform/network/dial-client.ts";
import type { Dial } from "../platform/network/dial-client.ts";
import { generateManifest } from "../registry/openapi/generate-manifest.ts";
import { readDocument } from "../registry/openapi/read-document.ts";
import { parseManifest } from "../registry/parse-manifest.ts";

export interface GenerateDeps {
  dial: Dial;
}

const FETCH_MS = 15_000;

const refuse = (detail: string) => new AppError("invalid_openapi", detail);

/** The manifest of a document's operations, judged like one that a person has written. Throws `invalid_openapi`. */
export async function generateWorker(deps: GenerateDeps, request: GenerateRequest): Promise<Generated> {
  const { openapi, openapi_url: url, name, include, writes = false } = request;
  const text = openapi ?? (await fetchDocument(deps, url ?? ""));
  const document = readDocument(text);
  if (typeof document === "string") throw refuse(`The document cannot be taken: ${document}`);
  const made = generateManifest(document, { name, include, writes, documentUrl: url ?? null });
  if (typeof made === "string") throw refuse(`The document cannot be taken: ${made}`);
  const { manifest, findings } = parseManifest(made.worker_yml);
  const first = findings.find(({ severity }) => severity === "error");
  if (manifest === null) {
    const why = first?.message ?? "it has errors.";
    throw refuse(`What was made of the document is no valid worker.yml: ${why}`);
  }
  return { ...made, findings };
}

/** Redirects are not followed: the address that was given is the one that was judged. */
async function fetchDocument({ dial }: GenerateDeps, url: string): Promise<string> {
  const response = await dialOnce(dial, url);
  if (response.status !== 200) {
    await response.body?.cancel();
    throw refuse(
      `The address answered with ${response.status}; give the one where the document itself lies.`,
    );
  }
  const text = await readBounded(response).catch((cause: unknown) => refuseNetwork(cause));
  if (text === null) throw refuse(`The document is larger than ${formatLimit("openapi_bytes")}.`);
  return text;
}

async function dialOnce(dial: Dial, url: string): Promise<Response> {
  try {
    return await dial(url, {
      headers: { Accept: "application/json, application/yaml, text/yaml, */*;q=0.1" },
      signal: AbortSignal.timeout(FETCH_MS),
    });
  } catch (error) {
    if (error instanceof NotDialled) throw refuse(`The address is not called: ${error.message}`);
    return refuseNetwork(error);
  }
}

function refuseNetwork(cause: unknown): never {
  const detail = "The address could not be reached, or did not answer in time.";
  throw new AppError("invalid_openapi", detail, { cause });
}

/** Null for more than a document may have. */
async function readBounded(response: Response): Promise<string | null> {
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  let text = "";
  let size = 0;
  for (;;) {
    const part = await reader?.read();
    if (part === undefined || part.done) return text + decoder.decode();
    size += part.value.byteLength;
    if (size > limits.openapi_bytes.value) {
      await reader?.cancel();
      return null;
    }
    text += decoder.decode(part.value, { stream: true });
  }
}

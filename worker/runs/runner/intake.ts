import type { RunPrincipal } from "#contract/access/access";
import type { JournalAnswer } from "#contract/runner/runner";
import { limits } from "#contract/limits";
import { AppError, notFound } from "../../platform/app-error.ts";
import type { Files } from "../../platform/files.ts";
import { hmacSha256Hex } from "../../platform/crypto.ts";
import { readBytes } from "../../http/read-body.ts";
import type { MaskWant } from "../spec/mask-want.ts";
import type { RunObjectStub } from "../record/run-api.ts";
import { SecretBytes } from "../../platform/redaction/secret-scan.ts";
import type { SecretScan } from "../../platform/redaction/secret-scan.ts";
import { storeJudged } from "../../platform/storage/store-judged.ts";

/** What the program inside a sandbox may reach: its own run's object, and files kept for it. */
export interface IntakeDeps {
  files: Files;
  runObject: (runId: string) => RunObjectStub;
  /** Every value of these secrets that a run may have been given. */
  listValuesToMask: (workspaceId: string, want: MaskWant) => Promise<string[]>;
}

/** Hands a posted part of the journal to the run. */
export async function takeJournal(
  deps: IntakeDeps,
  principal: RunPrincipal,
  post: { attempt: number; offset: number; request: Request },
): Promise<JournalAnswer> {
  requireOwnAttempt(principal, post.attempt);
  const body = await readBytes(post.request, "journal_post_bytes");
  const reply = await deps
    .runObject(principal.id)
    .takeJournal({ attempt: post.attempt, launch: principal.launch, offset: post.offset, body });
  if (reply.kind === "missing") throw notFound("run");
  if (!reply.answer.stop) return reply.answer;
  return { ...reply.answer, stop_proof: await proveStop(principal, post) };
}

/** What tells the runner that the word is ours: nobody on the way to us knows the token that it sends. */
async function proveStop(
  principal: RunPrincipal,
  post: { attempt: number; request: Request },
): Promise<string> {
  // The runner shows its token as a bearer token and in no other way.
  const token = (post.request.headers.get("authorization") ?? "").replace(/^Bearer +/i, "");
  return hmacSha256Hex(token, `stop:${principal.id}:${post.attempt}`);
}

/** A token speaks for the attempt it was made for, and for no other. */
function requireOwnAttempt(principal: RunPrincipal, attempt: number): void {
  if (attempt !== principal.attempt)
    throw new AppError("stale_attempt", "The token was made for another attempt of this run.");
}

/**
 * Asks the run whether it takes an upload, and answers which secrets no file of it may hold. `sizeBytes` is taken off what it may still
 * send; null takes nothing off.
 */
async function requirePermit(
  deps: IntakeDeps,
  principal: RunPrincipal,
  what: { attempt: number; sizeBytes: number | null },
): Promise<MaskWant> {
  requireOwnAttempt(principal, what.attempt);
  const { id, attempt, launch } = principal;
  const asked = await deps.runObject(id).permitUpload({ attempt, launch }, what.sizeBytes);
  const { verdict: permit, secrets, created_at } = asked;
  if (permit === "missing") throw notFound("run");
  if (permit === "stale") throw new AppError("stale_attempt", "Another sandbox of this run has taken over.");
  if (permit === "ended") throw new AppError("run_finished", "The run has ended; it takes no more files.");
  if (permit === "full")
    throw new AppError("body_too_large", "The run has sent more files than a run may leave.");
  return { names: secrets, since: created_at };
}

/** The length a file declares: R2 stores no stream of unknown length. */
function declaredLength(request: Request): number {
  const header = request.headers.get("content-length");
  const length = Number(header);
  if (header === null || !Number.isSafeInteger(length) || length < 0) {
    throw new AppError("invalid_request", "Send the Content-Length of the file.", {
      errors: [{ pointer: "Content-Length", detail: "is missing" }],
    });
  }
  const { value, what } = limits.artifact_bytes;
  if (length <= value) return length;
  throw new AppError("body_too_large", `The limit for ${what} is passed.`);
}

/** The body came whole, and the run still takes it: it may have asked or ended while this was on its way. */
async function checkWhole(
  deps: IntakeDeps,
  principal: RunPrincipal,
  came: { attempt: number; length: number; size: number },
): Promise<void> {
  if (came.size !== came.length) {
    throw new AppError("invalid_request", "The body does not have the length that Content-Length says.", {
      errors: [{ pointer: "Content-Length", detail: `is ${came.length}, but other bytes came` }],
    });
  }
  await requirePermit(deps, principal, { attempt: came.attempt, sizeBytes: null });
}

/** A look at what a file of the run holds; null for a run without secrets. Throws where their values cannot be had. */
async function openScan(
  deps: IntakeDeps,
  { workspace_id }: RunPrincipal,
  want: MaskWant,
): Promise<SecretScan | null> {
  if (want.names.length === 0) return null;
  return new SecretBytes(await deps.listValuesToMask(workspace_id, want)).scan();
}

/**
 * Stores an output or artifact file as it streams in, under the digest of its content: a file that the run's record
 * names cannot become another one afterwards. A repeat stores the same thing once more. One that holds a secret of the run is
 * not stored, which is noted: the run's record says so when it ends.
 */
export async function keepRunFile(
  deps: IntakeDeps,
  principal: RunPrincipal,
  file: { attempt: number; sha256: string; request: Request },
): Promise<{ stored: true }> {
  const { attempt, sha256 } = file;
  const length = declaredLength(file.request);
  const place = { runId: principal.id, sha256 };
  const want = await requirePermit(deps, principal, { attempt, sizeBytes: length });
  const scan = await openScan(deps, principal, want);
  await storeJudged(file.request.body, {
    length,
    put: (body) => deps.files.putRunFile(place, body),
    watch: (part) => scan?.take(part),
    judge: async (received) => {
      await checkWhole(deps, principal, { attempt, length, size: received.size });
      if (received.sha256 !== sha256) {
        throw new AppError("invalid_request", "The file is not what its sender said it was.", {
          errors: [{ pointer: "sha256", detail: `is not the body's, which is ${received.sha256}` }],
        });
      }
      if (!scan?.found) return;
      await deps.files.refuseRunFile(place);
      throw new AppError("secret_in_file", "The file holds the value of a secret and is not kept.");
    },
  });
  return { stored: true };
}

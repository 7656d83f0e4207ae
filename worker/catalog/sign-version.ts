import { AppError } from "../platform/app-error.ts";
import { canonicalJson } from "../platform/canonical-json.ts";
import { equalInConstantTime, serverHmacHex } from "../platform/crypto.ts";
import { askEachKey } from "../platform/signing-keys.ts";
import type { SigningKeys } from "../platform/signing-keys.ts";
import { manifestDocument, templateDocument } from "./prepared-version.ts";
import type { VersionRow } from "./store.ts";

/** What stands in the place of a signature in versions that are older than signatures. */
export const OLDER = "older";

/** A signature of another form will begin in another way. */
const FORM = "v1.";

type Signed = Omit<VersionRow, "signature">;

/** What is signed: all that a run takes from the row, what may be done with it, and who decided that. Pure. */
function factsOf(version: Signed): string {
  const { stored } = version;
  return canonicalJson({
    what: "a version of a worker",
    workspace_id: version.workspace_id,
    worker_id: version.worker_id,
    version_id: version.id,
    number: version.number,
    digest: version.digest,
    manifest: stored ? stored.manifest : manifestDocument.write(version.manifest),
    template: stored ? stored.template : version.template && templateDocument.write(version.template),
    pushed_by: version.pushed_by,
    state: version.state,
    decided_by: version.decided_by,
    decided_at: version.decided_at,
  });
}

/** The server's word for a version as it stands. */
export async function signVersion(key: string, version: Signed): Promise<string> {
  return FORM + (await serverHmacHex(key, factsOf(version)));
}

/** Whether the version is what this server, with its key or an earlier one, put its word to. */
async function isSigned(keys: SigningKeys, version: VersionRow): Promise<boolean> {
  // A decision is younger than signatures are, so that what was decided upon is signed.
  if (version.signature === OLDER) return version.decided_at === null;
  const facts = factsOf(version);
  const found = await askEachKey(keys, async (key) =>
    equalInConstantTime(version.signature, FORM + (await serverHmacHex(key, facts))) ? true : null,
  );
  return found ?? false;
}

/**
 * Lets a version pass that may run, and is as this server signed it. Throws `version_not_released` and `signature_invalid`.
 */
export async function requireReleased(keys: SigningKeys, version: VersionRow): Promise<void> {
  const { state, number, manifest } = version;
  if (state !== "active") {
    const how = state === "quarantined" ? "waits in quarantine for a person's review" : `is ${state}`;
    throw new AppError(
      "version_not_released",
      `Version ${number} of ${manifest.name} ${how}: nothing runs it.`,
    );
  }
  if (await isSigned(keys, version)) return;
  const what = `Version ${number} of ${manifest.name} is not what this server signed when it was let in`;
  throw new AppError("signature_invalid", `${what}. Nothing runs it; push the worker again.`);
}

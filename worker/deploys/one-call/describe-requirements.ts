import { pinKey } from "#contract/runner/pins";
import type { DeployedRequirement } from "#contract/deploys/deploy";
import type { PushResult } from "#contract/workers/worker";
import type { Files } from "../../platform/files.ts";
import { readRequirements } from "../../registry/python/read-requirements.ts";
import type { BundleVerdict, GivenBundle } from "../judge-bundle.ts";

const REQUIREMENTS = "requirements.txt";

/**
 * What is installed for a version: the lines of its requirements.txt, whether they were added for what the source imports,
 * and the versions that its build has pinned, if it was built.
 */
export async function describeRequirements(
  { files }: { files: Pick<Files, "getPins"> },
  { pushed, verdict, given }: { pushed: PushResult; verdict: BundleVerdict; given: GivenBundle },
): Promise<DeployedRequirement[]> {
  const file = verdict.files.find(({ path }) => path === REQUIREMENTS);
  if (file === undefined) return [];
  const text = new TextDecoder().decode(await file.read());
  const named = readRequirements(new Map([[REQUIREMENTS, text]]));
  if (named.length === 0) return [];
  const place = { workerId: pushed.worker.uid, bundleDigest: pushed.version.digest };
  const pinned = new Map(
    (await files.getPins(place)).map((pin) => {
      const [name = "", version = ""] = pin.split("==");
      return [pinKey(name), version];
    }),
  );
  const lines = text.split(/\r\n|\r|\n/);
  const added = given.files.every(({ path }) => path !== REQUIREMENTS);
  return named.map(({ distribution, line }) => ({
    name: distribution,
    line: (lines[line - 1] ?? "").replace(/(?:^|\s)#.*$/, "").trim(),
    added,
    version: pinned.get(pinKey(distribution)) ?? null,
  }));
}

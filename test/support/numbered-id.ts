import * as ids from "#contract/ids";

const schemas = {
  run: ids.runIdSchema,
  trg: ids.triggerIdSchema,
  wsp: ids.workspaceIdSchema,
  wrk: ids.workerIdSchema,
  ver: ids.versionIdSchema,
  apr: ids.approvalIdSchema,
  art: ids.artifactIdSchema,
};

/** An id of a test that reads the same every time: `run_` and the number, as long as an id is. */
export function numberedId<P extends keyof typeof schemas>(
  prefix: P,
  number: number,
): ReturnType<(typeof schemas)[P]["parse"]>;
export function numberedId(prefix: keyof typeof schemas, number: number): string {
  return schemas[prefix].parse(`${prefix}_${String(number).padStart(26, "0")}`);
}

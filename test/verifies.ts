/**
 * Says which promises (ids of `test/requirements/*.ts`) the calling test proves.
 * It does nothing at run time: `test/architecture/coverage.test.ts` reads the calls from the source, so the
 * ids must be string literals.
 */
export function verifies(...requirementIds: [string, ...string[]]): void {
  void requirementIds;
}

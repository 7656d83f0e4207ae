/**
 * @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean }} LockEntry
 * @typedef {Record<string, LockEntry>} LockEntries by their place below the checkout; the checkout itself is ""
 */

/**
 * Whether what npm recorded as installed is what the lockfile names: everything of it that this machine needs, in
 * these versions with these checksums, and nothing besides. Parts for other systems may be absent.
 * @param {LockEntries} installed
 * @param {LockEntries} wanted
 */
export function matchesLock(installed, wanted) {
  const complete = Object.entries(wanted).every(([path, entry]) => {
    const isRoot = path === "";
    const mayBeAbsent = entry.optional === true || entry.devOptional === true || entry.peer === true;
    if (isRoot || (mayBeAbsent && installed[path] === undefined)) return true;

    return installed[path]?.version === entry.version && installed[path]?.integrity === entry.integrity;
  });
  return complete && Object.keys(installed).every((path) => wanted[path] !== undefined);
}

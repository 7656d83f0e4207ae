const sharedKernel =
  "A sandbox shares the host's kernel, and what the kernel tells every process it tells scripts too.";
const sharedUsr = "/usr is the host's own, seen read-only: its files can be watched and locked, not changed.";
const keptByScript = "A run hands over dependencies by the token that its script holds as well.";

/**
 * Attempts that are known to get through, by id or the beginning of ids, each with the reason. They count as got
 * through all the same; a repair takes its line away, and the report says when one is no longer needed.
 */
export const knownOpen: Readonly<Record<string, string>> = {
  "host:learn-boot-id": sharedKernel,
  "host:watch-machine": sharedUsr,
  "host:lock-host-file": sharedUsr,
  "limits:sockets":
    "Bytes on their way between sockets are counted where cgroups count memory, not by the agent.",
  "journal:flood": "What a journal may hold is asked for lines of the log alone.",
  "journal:code-internal-error":
    "A script that writes its own journal may end it with a code of the platform.",
  "kept:poison": keptByScript,
  "approvals:link-after": "A review link shows what was decided until it expires.",
  "approvals:file-swapped": "A file can be replaced by an upload that began before the run asked.",
};

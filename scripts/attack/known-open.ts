const sharedKernel =
  "A sandbox shares the host's kernel, and what the kernel tells every process it tells scripts too.";
const sharedUsr = "/usr is the host's own, seen read-only: its files can be watched and locked, not changed.";

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
};

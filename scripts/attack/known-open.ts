const sharedKernel =
  "A sandbox shares the host's kernel, and what the kernel tells every process it tells scripts too.";
const sharedUsr = "/usr is the host's own, seen read-only: its files can be watched and locked, not changed.";
const anyReview = "A review link's token is read in more than one spelling, all of the same approval.";
const keptByScript = "A run hands over dependencies by the token that its script holds as well.";
const deepJson = "The parser of JSON bodies has no limit of depth: such a body is answered 500.";
const openResume = "A webhook that is open to start runs may also end a wait for something outside.";
const siteNames = "Names that some resolvers take for private ones are not among those that are refused.";

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
  "kept:slow-overwrite": keptByScript,
  "kept:dry-poison": keptByScript,
  "requests:body-deep-*": deepJson,
  "bundles:long-path-memory": "Every beginning of a path is kept before its length is judged.",
  "webhooks:replay-other-id":
    "Some senders do not sign the delivery's id: under another id it counts as another delivery.",
  "open-hooks:resume*": openResume,
  "approvals:link-appended": anyReview,
  "approvals:link-zeros": anyReview,
  "approvals:link-end-in-capitals": anyReview,
  "approvals:link-after": "A review link shows what was decided until it expires.",
  "approvals:file-swapped": "A file can be replaced by an upload that began before the run asked.",
  "alerts:url-https://localhost../": siteNames,
  "alerts:url-https://kubernetes.default.svc/": siteNames,
  "alerts:manifest-mail-*": "Addresses in a manifest's notify are not checked as those of the API are.",
};

import { configure } from "@zip.js/zip.js";

/**
 * zip.js queues its work in one pool for the whole process. On the edge that is one pool for all requests: a request
 * waits for another one's stream, which workerd ends as hung, and a request that is given up keeps its place for ever.
 * So there is no queue: every stream gets a place of its own, and web workers, which the edge does not have, are off.
 * Every file that packs or unpacks zips imports this one.
 *
 * The runtime inflates a piece of a zip whole before anything of it can be looked at, and a bomb is a thousand times
 * its size: small pieces (bytes) keep what a bomb takes small, too.
 */
configure({ useWebWorkers: false, maxWorkers: Number.MAX_SAFE_INTEGER, chunkSize: 8 * 1024 });

import { configure } from "@zip.js/zip.js";

/**
 * zip.js queues its work in one pool for the whole process. On the edge that is one pool for all requests: a request
 * waits for another one's stream, which workerd ends as hung, and a request that is given up keeps its place for ever.
 * So there is no queue: every stream gets a place of its own, and web workers, which the edge does not have, are off.
 * Every file that packs or unpacks zips imports this one.
 */
configure({ useWebWorkers: false, maxWorkers: Number.MAX_SAFE_INTEGER });

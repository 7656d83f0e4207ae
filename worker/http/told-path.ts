/** Where a path carries a credential of its own: what stands behind is neither logged nor repeated. */
const carriers = /^((?:\/api)?\/cli-auth\/poll\/|\/s\/).+$/;

/** A request's path as it may be logged and told: without a code or a link's token that it carries. Pure. */
export function toldPath(path: string): string {
  return path.replace(carriers, "$1-");
}

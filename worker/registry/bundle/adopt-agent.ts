import type { BundleFile } from "./bundle-file.ts";

const MANIFEST = "worker.yml";
/** What a file of the older format of declared HTTP tools is called, in the order in which it is looked for. */
const OLDER = ["agent.yaml", "agent.yml"];

/** A folder that has `agent.yaml` and no `worker.yml` as one that has that file under the name it goes by here. Pure. */
export function adoptAgent(files: readonly BundleFile[]): readonly BundleFile[] {
  if (files.some(({ path }) => path === MANIFEST)) return files;
  const older = OLDER.find((name) => files.some(({ path }) => path === name));
  return older === undefined
    ? files
    : files.map((file) => (file.path === older ? { ...file, path: MANIFEST } : file));
}

// `npm run deploy`: builds what is stale and uploads the edge with its web app. `-- --dry-run` uploads nothing
// and works offline; every other argument goes to `wrangler deploy` as it is.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { buildAll } from "./build/build-all.ts";
import { rootDir } from "./checkout.ts";

await buildAll((line) => console.error(line));
// The Vite plugin for Workers leaves a redirect here that would make wrangler deploy something else.
rmSync(join(rootDir, ".wrangler", "deploy"), { recursive: true, force: true });

const wrangler = join(rootDir, "node_modules", "wrangler", "bin", "wrangler.js");
const child = spawn(process.execPath, [wrangler, "deploy", ...process.argv.slice(2)], {
  cwd: rootDir,
  stdio: "inherit",
});
const ended: unknown[] = await once(child, "exit");
const [code] = ended;
process.exit(typeof code === "number" ? code : 1);

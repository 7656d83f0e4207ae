// `npm run build`: builds what is stale, and says what it built.
import { buildAll } from "./build/build-all.ts";

await buildAll((line) => process.stderr.write(`${line}\n`));

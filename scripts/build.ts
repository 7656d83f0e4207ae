// `npm run build`: builds what is stale, and says what it built. `npm run pack` puts that into a package to be installed.
import { buildAll } from "./build/build-all.ts";
import { packageTarget } from "./build/package.ts";

await buildAll((line) => process.stderr.write(`${line}\n`), [packageTarget]);

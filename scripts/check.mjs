// `npm run check`: the fast part of `npm test`.
import { bootstrapAndRun } from "./bootstrap/bootstrap.mjs";

bootstrapAndRun("scripts/verify.ts", { args: ["--only", "format,lint,types,knip,architecture,docs"] });

// `npm test`: sets up what is missing, then proves everything. Any Node >= 20, nothing installed.
import { bootstrapAndRun } from "./bootstrap/bootstrap.mjs";

bootstrapAndRun("scripts/verify.ts", { browser: true });

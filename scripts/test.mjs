// `npm test`: sets up what is missing, then proves everything. Any Node >= 20, nothing installed.
import { bootstrapAndRun } from "./bootstrap/bootstrap.mjs";

// Tests run in local sandboxes only, also where somebody's key for the cloud is set.
delete process.env["E2B_API_KEY"];
bootstrapAndRun("scripts/verify.ts", { browser: true });

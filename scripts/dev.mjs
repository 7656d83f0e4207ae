// `npm run dev`: like `npm start`, and rebuilds what you change.
import { bootstrapAndRun } from "./bootstrap/bootstrap.mjs";

bootstrapAndRun("scripts/dev.ts");

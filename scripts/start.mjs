// `npm start`: sets up what is missing, then runs the whole of Floom. Any Node >= 20, nothing installed.
import { bootstrapAndRun } from "./bootstrap/bootstrap.mjs";

bootstrapAndRun("scripts/up.ts");

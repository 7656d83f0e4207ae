import { expect, it } from "vitest";
import { identityFiles } from "./identity.ts";

it("a script can read where it is in E2B's files", () => {
  expect(identityFiles({ sandboxId: "iabc", templateId: "base" })).toEqual({
    "/run/e2b/.E2B_SANDBOX": "true",
    "/run/e2b/.E2B_SANDBOX_ID": "iabc",
    "/run/e2b/.E2B_TEMPLATE_ID": "base",
    "/.e2b": "ENV_ID=base\nTEMPLATE_ID=base\n",
  });
});

import { expect, inject, it } from "vitest";
import { caseNames, openStage, playCase } from "../interop/cases.ts";
import { newestSdk } from "../interop/clients/newest-sdk.ts";
import { olderSdk } from "../interop/clients/older-sdk.ts";
import { verifies } from "../verifies.ts";

const floom = inject("floom");

it.each([newestSdk("auto"), newestSdk("legacy"), olderSdk])(
  "$name lists, calls, waits, gives up, and is told what it got wrong",
  async (kind) => {
    verifies("mcp:clients:interoperate");
    const stage = await openStage(floom.url, floom.token);
    for (const name of caseNames) await expect(playCase(kind, name, stage), name).resolves.toBeUndefined();
  },
);

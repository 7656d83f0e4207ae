import { timingSafeEqual } from "node:crypto";
import { afterAll, vi } from "vitest";

// The edge compares secrets by what its runtime has for it and Node has elsewhere.
Object.assign(crypto.subtle, { timingSafeEqual });

// Files share what they import: one that is still being imported when its file ends would be lost for the others.
afterAll(() => vi.dynamicImportSettled());

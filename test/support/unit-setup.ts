import { timingSafeEqual } from "node:crypto";

// The edge compares secrets by what its runtime has for it and Node has elsewhere.
Object.assign(crypto.subtle, { timingSafeEqual });

import { LightHeaders } from "./light-headers.ts";

// Import this file before anything that makes `Headers`. Node's are taken away first: to define others in their place
// would load what is to be left alone.
Reflect.deleteProperty(globalThis, "Headers");
Object.defineProperty(globalThis, "Headers", { configurable: true, writable: true, value: LightHeaders });

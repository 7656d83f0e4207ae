import { expect, it } from "vitest";
import { isLocalOrigin } from "./is-local-origin.ts";

it.each([
  "http://127.0.0.1:8787",
  "http://127.9.9.9",
  "http://[::1]:1",
  "http://localhost:8787",
  "http://floom.localhost",
  "http://floom.test",
  "",
])("%s leads nowhere but to this machine", (origin) => expect(isLocalOrigin(origin)).toBe(true));

it.each([
  "https://floom.example",
  "http://127.0.0.1.evil.example",
  "http://localhost.evil.example",
  "http://10.0.0.1",
  "http://notlocalhost",
  "nonsense",
])("%s may be anybody's", (origin) => expect(isLocalOrigin(origin)).toBe(false));

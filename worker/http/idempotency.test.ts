import { expect, it } from "vitest";
import { readIdempotencyKey } from "./idempotency.ts";

const read = (key?: string) =>
  readIdempotencyKey(
    new Request("http://floom.test", key === undefined ? {} : { headers: { "idempotency-key": key } }),
  );

it("a client's key is kept apart from those the platform makes up", () => {
  expect(read("order-7")).toBe("client:order-7");
  expect(read("sched:trg_1:0")).toBe("client:sched:trg_1:0");
  expect(read()).toBeNull();
});

it("a key that is empty, too long, has spaces or is no ASCII is refused, and says so", () => {
  expect(read("k".repeat(255))).toHaveLength("client:".length + 255);
  for (const key of ["", "k".repeat(256), "two words", "caf\u00e9"])
    expect(() => read(key)).toThrow("The Idempotency-Key must be 1 to 255 printable characters");
});

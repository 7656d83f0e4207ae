import { expect, it } from "vitest";
import { BundleShelf } from "./bundle-shelf.ts";
import type { Bundle } from "./bundle-shelf.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

function bundleOf(text: string): Bundle {
  const bytes = bytesOf(text);
  const { body } = new Response(bytes);
  if (body === null) throw new Error("no body");
  return { size: bytes.byteLength, installs: true, body, bytes: async () => bytes, text: async () => text };
}

function openShelf() {
  const clock = { now: 1_000_000 };
  const asked: string[] = [];
  const stored = new Map([["a", "of a"]]);
  const files = new BundleShelf(() => clock.now).over({
    getBundle: async (digest: string) => {
      asked.push(digest);
      const text = stored.get(digest);
      return text === undefined ? null : bundleOf(text);
    },
  });
  return { clock, asked, stored, files };
}

it("a small bundle is read once, and given to each who asks whole, as often as it is opened", async () => {
  const { asked, files } = openShelf();
  for (let run = 0; run < 3; run++) {
    const bundle = await files.getBundle("a");
    expect(bundle).toMatchObject({ size: 4, installs: true });
    expect(await new Response(bundle?.body).text()).toBe("of a");
    expect(await bundle?.text()).toBe("of a");
    await bundle?.body.cancel();
  }
  expect(asked).toEqual(["a"]);
});

it("one that is gone is believed to be there for a minute at most, and one that was not there is asked for again", async () => {
  const { asked, clock, files, stored } = openShelf();
  expect(await files.getBundle("b")).toBeNull();
  stored.set("b", "of b");
  expect(await (await files.getBundle("b"))?.text()).toBe("of b");
  stored.delete("b");
  clock.now += 60_000;
  expect(await files.getBundle("b")).toBeNull();
  expect(asked).toEqual(["b", "b", "b"]);
});

it("what is large is not held, and of many small ones the newest are", async () => {
  const { asked, files, stored } = openShelf();
  stored.set("large", "x".repeat(100_000));
  await files.getBundle("large");
  await files.getBundle("large");
  expect(asked.splice(0)).toEqual(["large", "large"]);
  const many = Array.from({ length: 50 }, (_, number) => `part ${number}`);
  for (const digest of many) stored.set(digest, "x".repeat(60_000));
  for (const digest of many) await files.getBundle(digest);
  asked.length = 0;
  await files.getBundle("part 49");
  expect(asked).toEqual([]);
  await files.getBundle("part 0");
  expect(asked).toEqual(["part 0"]);
});

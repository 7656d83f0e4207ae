import { afterEach, expect, it, vi } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { NotDialled, openStrangerDial } from "./dial-client.ts";

const asked: [string, RequestInit][] = [];
const network = {
  fetch: async (url: string, init: RequestInit) => {
    asked.push([url, init]);
    return new Response("hello");
  },
};
afterEach(() => {
  asked.length = 0;
  vi.unstubAllGlobals();
});

it("an address of a private network is not dialled, and says why", async () => {
  verifies("edge:dial:one-door");
  const dial = openStrangerDial({ publicNetwork: network, allowLoopback: false });
  for (const url of [
    "http://a.example/",
    "https://127.0.0.1/",
    "https://169.254.169.254/",
    "https://a.internal/",
    "nothing",
  ])
    await expect(dial(url, {})).rejects.toBeInstanceOf(NotDialled);
  expect(asked).toEqual([]);
});

it("a public one is dialled by the network that leads to no private one, and redirects are not followed", async () => {
  verifies("edge:dial:one-door");
  const dial = openStrangerDial({ publicNetwork: network, allowLoopback: false });
  await dial("https://hooks.example/", { method: "POST", redirect: "follow" });
  expect(asked).toEqual([["https://hooks.example/", { method: "POST", redirect: "manual" }]]);
});

it("receivers of one's own machine are dialled only where that was asked for", async () => {
  vi.stubGlobal("fetch", network.fetch);
  await openStrangerDial({ publicNetwork: undefined, allowLoopback: true })("http://127.0.0.1:9/", {});
  await expect(
    openStrangerDial({ publicNetwork: undefined, allowLoopback: false })("http://127.0.0.1:9/", {}),
  ).rejects.toThrow("https");
  expect(asked.map(([url]) => url)).toEqual(["http://127.0.0.1:9/"]);
});

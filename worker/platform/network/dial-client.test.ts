import { afterEach, expect, it, vi } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { NotDialled, openOperatorDial, openStrangerDial } from "./dial-client.ts";

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

it("who was not reached is told by name, without the network's own words and the address's secrets", async () => {
  const broken = { fetch: async () => Promise.reject(new Error("internal error; reference = 7v14")) };
  const dial = openStrangerDial({ publicNetwork: broken, allowLoopback: false });
  const fault = await dial("https://hooks.example/in?key=secret", {}).catch((error: unknown) => error);
  expect(fault).toMatchObject({
    name: "NotReached",
    message: "hooks.example could not be reached, or broke the connection off.",
  });
  vi.stubGlobal("fetch", broken.fetch);
  await expect(openOperatorDial()("https://mail.example/", {})).rejects.toThrow("mail.example could not be");
});

it("whoever gave up is told that, not that nobody was reached", async () => {
  const patient = {
    fetch: async (_url: string, { signal }: RequestInit) => Promise.reject(signal?.reason as Error),
  };
  const dial = openStrangerDial({ publicNetwork: patient, allowLoopback: false });
  const given = dial("https://hooks.example/", {
    signal: AbortSignal.abort(new DOMException("late", "TimeoutError")),
  });
  await expect(given).rejects.toMatchObject({ name: "TimeoutError" });
});

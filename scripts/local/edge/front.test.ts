import { describe, expect, it } from "vitest";
import { frontHeaders, isEdgePath, isRuntimePath, openFront, parseAddress } from "./front.ts";

describe("isRuntimePath", () => {
  it.each([
    "/cdn-cgi/local/explorer",
    "/cdn-cgi",
    "/CDN-CGI/x",
    "//cdn-cgi/x",
    "/%63dn-cgi/x",
    "/cdn-cgi%2fx",
    "/__cf_local/stream",
  ])("keeps %s for nobody", (path) => {
    expect(isRuntimePath(path)).toBe(true);
  });

  it.each(["/", "/api/health", "/cdn-cgi-worker", "/workers/cdn-cgi/x", "/hooks/trg_1", "/%"])(
    "lets %s pass",
    (path) => {
      expect(isRuntimePath(path)).toBe(false);
    },
  );
});

it.each(["http://a b/", "http://x", "http://x*", "http:///x", "http://[::1/", "http://x:99999/", "*", ""])(
  "knows no address in %j",
  (text) => {
    expect(parseAddress(text)).toBeUndefined();
  },
);

describe("frontHeaders", () => {
  it("drops what steers a runtime or claims a sender, and keeps the rest", () => {
    const sent = new Headers({
      "MF-Original-URL": "http://x/cdn-cgi/local",
      "CF-Connecting-IP": "192.0.2.7",
      "CF-Worker": "x",
      "X-Forwarded-For": "192.0.2.7",
      "X-Forwarded-Proto": "https",
      Forwarded: "for=192.0.2.7",
      "True-Client-IP": "192.0.2.7",
      "X-Real-IP": "192.0.2.7",
      Authorization: "Bearer t",
      "X-Floom-Signature": "s",
    });
    expect(Object.fromEntries(frontHeaders(sent, "127.0.0.1:4711"))).toEqual({
      authorization: "Bearer t",
      "x-floom-signature": "s",
      "cf-connecting-ip": "127.0.0.1",
      "x-floom-by-proxy": "1",
    });
  });

  it("tells what came by a proxy or a tunnel of this machine, and lets nobody say so themselves", () => {
    const told = (sent: Record<string, string>) =>
      frontHeaders(new Headers(sent), "127.0.0.1:1").get("x-floom-by-proxy");
    for (const name of ["X-Forwarded-Host", "Forwarded", "Via", "CF-Ray", "X-Real-IP"])
      expect(told({ [name]: "x" })).toBe("1");
    expect(told({})).toBeNull();
    expect(told({ "X-Floom-By-Proxy": "0" })).toBeNull();
  });

  it("says an IPv6 address without port and brackets, and none where none is known", () => {
    expect(frontHeaders(new Headers(), "[::1]:4711").get("CF-Connecting-IP")).toBe("::1");
    expect(
      frontHeaders(new Headers({ "CF-Connecting-IP": "192.0.2.7" }), undefined).get("CF-Connecting-IP"),
    ).toBeNull();
  });
});

it("asks the edge for no path of the runtime", async () => {
  const asked: string[] = [];
  const note = (who: string) => ({
    fetch: (request: Request) => Promise.resolve(new Response(`${asked.push(`${who} ${request.url}`)}`)),
  });
  const front = openFront(note("edge"));
  const env = { FRONT_ASSETS: note("assets"), FRONT_EDGE_PATHS: ["/api/*"] };
  const ask = async (path: string) =>
    (await front.fetch(new Request(`http://127.0.0.1${path}`), env, {})).status;
  expect(await ask("/x/../cdn-cgi/local/explorer")).toBe(404);
  expect(await ask("/api/health")).toBe(200);
  expect(await ask("/logo.svg")).toBe(200);
  expect(asked).toEqual(["edge http://127.0.0.1/api/health", "assets http://127.0.0.1/logo.svg"]);
});

it("goes past the files for the paths that are the edge's own, and for nothing that only looks like them", () => {
  const paths = ["/", "/index.html", "/api/*", "/mcp"];
  const own = ["/", "/index.html", "/api/", "/api/runs/run_1", "/mcp"];
  const others = ["/app", "/indexxhtml", "/x/api/runs", "/mcp/x", "/api", "//"];
  expect(own.filter((path) => !isEdgePath(paths, path))).toEqual([]);
  expect(others.filter((path) => isEdgePath(paths, path))).toEqual([]);
  expect(isEdgePath([], "/")).toBe(false);
});

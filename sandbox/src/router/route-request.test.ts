import { describe, expect, it } from "vitest";
import { findAddress } from "./route-request.ts";

describe("findAddress", () => {
  it.each([
    [
      { "e2b-sandbox-id": "iabc", "e2b-sandbox-port": "49983" },
      { id: "iabc", port: "49983" },
    ],
    [{ "e2b-sandbox-id": "iabc" }, { id: "iabc", port: "49983" }],
    [{ host: "49983-iabc.localhost:9" }, { id: "iabc", port: "49983" }],
    [
      { "e2b-sandbox-id": "iabc", host: "3000-iother.localhost" },
      { id: "iabc", port: "49983" },
    ],
    [{ host: "127.0.0.1:49983" }, undefined],
    [{ host: "localhost" }, undefined],
    [{}, undefined],
  ])("reads %j", (headers, address) => {
    expect(findAddress({ headers })).toEqual(address);
  });
});

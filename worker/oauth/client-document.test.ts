import { expect, it, vi } from "vitest";
import { verifies } from "../../test/verifies.ts";
import { openStrangerDial } from "../platform/network/dial-client.ts";
import { isClientAddress, readClientDocument, readRegistration } from "./client-document.ts";
import { fetchClientDocument } from "./document-service.ts";

const address = "https://client.example/oauth/client.json";
const document = {
  client_id: address,
  client_name: "A client",
  redirect_uris: ["https://client.example/back"],
};

it.each([
  ["http://client.example/client.json", false],
  ["https://client.example/", false],
  ["https://client.example", false],
  ["https://client.example/a/../client.json", false],
  ["https://client.example/client.json#part", false],
  ["https://user:word@client.example/client.json", false],
  ["abcdefgh", false],
  [address, true],
])("the id %s is an address that describes a client: %s", (id, isOne) => {
  expect(isClientAddress(id, { allowLoopback: false })).toBe(isOne);
});

it("a document is its own client's or nobody's, and shows no secret and no key", () => {
  const read = (change: object) => readClientDocument(JSON.stringify({ ...document, ...change }), address);
  expect(read({})).toMatchObject({ application_type: "web", token_endpoint_auth_method: "none" });
  expect(read({ redirect_uris: ["http://127.0.0.1/back"] })).toMatchObject({ application_type: "native" });
  expect(read({ client_id: "https://other.example/client.json" })).toBeNull();
  expect(read({ token_endpoint_auth_method: "client_secret_basic" })).toBeNull();
  expect(read({ redirect_uris: [] })).toBeNull();
  expect(readClientDocument("<html>", address)).toBeNull();
});

it("a registration is completed by what is usual, and grants that are not there are left out", () => {
  const text = JSON.stringify({
    redirect_uris: ["http://localhost:1/back"],
    grant_types: ["authorization_code", "refresh_token", "client_credentials"],
    jwks_uri: "https://internal.example/keys",
  });
  expect(readRegistration(text)).toEqual({
    redirect_uris: ["http://localhost:1/back"],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    application_type: "native",
    token_endpoint_auth_method: "none",
  });
});

it("a document that is too long, leads elsewhere, does not come or stands where nobody dials is none", async () => {
  verifies("oauth:clients:document-bounds");
  const answered = (answer: () => Response) => fetchClientDocument(async () => answer(), address);
  expect(await answered(() => Response.json(document))).toMatchObject({ client_name: "A client" });
  expect(await answered(() => Response.json({ ...document, padding: "x".repeat(5200) }))).toBeNull();
  expect(await answered(() => Response.redirect("https://other.example/", 302))).toBeNull();
  expect(await answered(() => new Response("gone", { status: 404 }))).toBeNull();
  expect(await fetchClientDocument(() => Promise.reject(new Error("too slow")), address)).toBeNull();

  const reached = vi.fn<(url: string, init: RequestInit) => Promise<Response>>(async () =>
    Response.json(document),
  );
  const dial = openStrangerDial({ publicNetwork: { fetch: reached }, allowLoopback: false });
  for (const inside of [
    "https://127.0.0.1/c.json",
    "https://10.0.0.1/c.json",
    "https://metadata.internal/c.json",
  ])
    expect(await fetchClientDocument(dial, inside)).toBeNull();
  expect(reached).not.toHaveBeenCalled();
  expect(await fetchClientDocument(dial, address)).not.toBeNull();
  expect(reached).toHaveBeenCalledWith(address, expect.objectContaining({ redirect: "manual" }));
});

import { getSignature } from "e2b";
import { describe, expect, it } from "vitest";
import { equalsSecret, judgeSignature, signFileUrl } from "./signature.ts";

const token = "secret-token";
const nowMs = 1_700_000_000_000;

function judge(params: Record<string, string>, operation: "read" | "write" = "read"): string | null {
  return judgeSignature(new URLSearchParams(params), { operation, accessToken: token, nowMs });
}

describe("signed file URLs", () => {
  it.each([
    ["read", "user", undefined],
    ["write", undefined, undefined],
    ["read", "root", 60],
  ] as const)(
    "are accepted as the official SDK signs them (%s, %s, %s)",
    async (operation, user, expirationInSeconds) => {
      const path = "/home/user/a b.txt";
      const signed = await getSignature({
        path,
        operation,
        user,
        envdAccessToken: token,
        ...(expirationInSeconds === undefined ? {} : { expirationInSeconds }),
      });
      const params = new URLSearchParams({ path, signature: signed.signature });
      if (user !== undefined) params.set("username", user);
      if (signed.expiration !== null) params.set("signature_expiration", String(signed.expiration));
      expect(judgeSignature(params, { operation, accessToken: token, nowMs: Date.now() })).toBeNull();
    },
  );

  it("accepts its own signature, with and without a user and an expiration", () => {
    const later = String(nowMs / 1000 + 60);
    for (const file of [
      { path: "/a", username: "", expiration: "" },
      { path: "/a b&c", username: "root", expiration: "" },
      { path: "", username: "user", expiration: later },
    ]) {
      const signature = signFileUrl(file, "read", token);
      const { path, username, expiration } = file;
      const params = {
        path,
        username,
        signature,
        ...(expiration === "" ? {} : { signature_expiration: expiration }),
      };
      expect(judge(params)).toBeNull();
    }
  });

  it("refuses another path, user, operation, expiration or no signature", () => {
    const signature = signFileUrl({ path: "/a", username: "user", expiration: "" }, "read", token);
    expect(judge({ path: "/b", username: "user", signature })).toBe("wrong");
    expect(judge({ path: "/a", username: "root", signature })).toBe("wrong");
    expect(judge({ path: "/a", username: "user", signature }, "write")).toBe("wrong");
    expect(judge({ path: "/a", username: "user", signature, signature_expiration: "9999999999" })).toBe(
      "wrong",
    );
    expect(judge({ path: "/a", username: "user" })).toBe("missing");
  });

  it("refuses a good signature after its time", () => {
    const expiration = String(nowMs / 1000);
    const signature = signFileUrl({ path: "/a", username: "", expiration }, "read", token);
    expect(judge({ path: "/a", signature, signature_expiration: expiration })).toBe("expired");
  });

  it("compares secrets of different lengths without throwing", () => {
    expect(equalsSecret("a", "ab")).toBe(false);
    expect(equalsSecret("ab", "ab")).toBe(true);
  });
});

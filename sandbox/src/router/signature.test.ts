import { describe, expect, it } from "vitest";
import { equalsSecret, judgeSignature, signFileUrl } from "./signature.ts";

const token = "secret-token";
const nowMs = 1_700_000_000_000;

function judge(params: Record<string, string>, operation: "read" | "write" = "read"): string | null {
  return judgeSignature(new URLSearchParams(params), { operation, accessToken: token, nowMs });
}

describe("signed file URLs", () => {
  it("computes the value the official SDK computes", () => {
    // Digest made with the SDK's own getSignature for the same input.
    expect(signFileUrl({ path: "/home/user/a.txt", username: "user", expiration: "" }, "read", "tok")).toBe(
      "v1_ZXeeMYVMD9VgldNCfU5CMnHnMuEqoMc7DShDhPqXXdc",
    );
  });

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

import { afterEach, describe, expect, it, vi } from "vitest";
import { standInForProviders } from "../../test/support/identity-providers.ts";
import { Browser, signUp } from "../../test/support/workerd/account-harness.ts";
import { openOtherEdge } from "../../test/support/workerd/other-edge.ts";
import { verifies } from "../../test/verifies.ts";

afterEach(() => vi.unstubAllGlobals());

const ada = "ada@floom.test";

/** A browser on an edge that knows both providers. It keeps cookies, and follows nothing by itself. */
function openBrowser(settings: Record<string, string> = {}) {
  const edge = openOtherEdge({
    GITHUB_CLIENT_ID: "provider-id",
    GITHUB_CLIENT_SECRET: "provider-secret",
    GOOGLE_CLIENT_ID: "provider-id",
    GOOGLE_CLIENT_SECRET: "provider-secret",
    ...settings,
  });
  const jar = new Map<string, string>();
  async function call(method: string, path: string, json?: object): Promise<Response> {
    const headers: Record<string, string> = { "cf-connecting-ip": "192.0.2.9", origin: "http://floom.test" };
    if (jar.size > 0) headers["cookie"] = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await edge.call(method, path, { token: "", headers, ...(json ? { json } : {}) });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (/max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }
  /** Where the provider is asked, and the state it has to give back. */
  async function begin(provider: "github" | "google"): Promise<URL> {
    const asked = await call("POST", "/api/auth/sign-in/social", { provider, callbackURL: "/" });
    const { url } = await asked.json<{ url: string }>();
    return new URL(url);
  }
  const comeBack = (provider: string, lead: URL, code = "good-code") =>
    call("GET", `/api/auth/callback/${provider}?code=${code}&state=${lead.searchParams.get("state")}`);
  const whoAmI = async () => {
    const answer = await call("GET", "/api/account");
    return answer.status === 200 ? (await answer.json<{ email: string }>()).email : null;
  };
  return { begin, comeBack, whoAmI };
}

describe.each(["github", "google"] as const)("an account at %s", (provider) => {
  it("signs its person in, with an account made the first time", async () => {
    verifies("accounts:social:signs-in");
    standInForProviders({ id: "77", email: ada, isVerified: true, name: "Ada" }).codes.add("next-code");
    const browser = openBrowser();
    const lead = await browser.begin(provider);
    expect(lead.searchParams.get("redirect_uri")).toBe(`http://floom.test/api/auth/callback/${provider}`);
    expect((await browser.comeBack(provider, lead)).headers.get("location")).toBe("/");
    expect(await browser.whoAmI()).toBe(ada);

    const elsewhere = openBrowser();
    await elsewhere.comeBack(provider, await elsewhere.begin(provider), "next-code");
    expect(await elsewhere.whoAmI()).toBe(ada);
  });

  it("with an address nobody confirmed opens no account that has that address", async () => {
    verifies("accounts:social:no-takeover");
    await signUp(new Browser(), ada);
    standInForProviders({ id: "13", email: ada, isVerified: false, name: "Mallory" });
    const browser = openBrowser();
    const back = await browser.comeBack(provider, await browser.begin(provider));
    expect(back.headers.get("location")).toContain("error=");
    expect(await browser.whoAmI()).toBeNull();
  });

  it("lets nobody in by another browser's state, by a code that is used, or where nobody may sign up", async () => {
    verifies("accounts:social:state-bound");
    standInForProviders({ id: "77", email: ada, isVerified: true, name: "Ada" });
    const attacked = openBrowser();
    const lead = await openBrowser().begin(provider);
    await attacked.comeBack(provider, lead);
    expect(await attacked.whoAmI()).toBeNull();

    await attacked.comeBack(provider, await attacked.begin(provider), "used-code");
    expect(await attacked.whoAmI()).toBeNull();

    const closed = openBrowser({ FLOOM_SIGN_UP: "" });
    await closed.comeBack(provider, await closed.begin(provider));
    expect(await closed.whoAmI()).toBeNull();
  });
});

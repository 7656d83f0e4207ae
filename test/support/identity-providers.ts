import { vi } from "vitest";

/** Somebody as GitHub or Google would tell of them. */
export interface ForeignPerson {
  id: string;
  email: string;
  isVerified: boolean;
  name: string;
}

/**
 * Stands in for the OAuth endpoints of GitHub (https://docs.github.com/apps/oauth-apps) and Google
 * (https://developers.google.com/identity/openid-connect/openid-connect), which cannot be reached: each code is good once,
 * for the secret of its client, and opens the profile of `person`. Ends with the test's stubs.
 */
export function standInForProviders(person: ForeignPerson): { codes: Set<string>; asked: string[] } {
  const codes = new Set(["good-code"]);
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init);
    asked.push(request.url);
    return answer(request, person, codes);
  });
  return { codes, asked };
}

async function answer(request: Request, person: ForeignPerson, codes: Set<string>): Promise<Response> {
  const { origin, pathname } = new URL(request.url);
  const path = `${origin}${pathname}`;
  if (
    path === "https://github.com/login/oauth/access_token" ||
    path === "https://oauth2.googleapis.com/token"
  ) {
    const form = await request.formData();
    const isGood = form.get("client_secret") === "provider-secret" && codes.delete(codeOf(form));
    if (!isGood) return Response.json({ error: "bad_verification_code" });
    const id_token = path.startsWith("https://oauth2") ? describeToGoogle(person) : undefined;
    return Response.json({ access_token: "foreign-token", token_type: "bearer", scope: "", id_token });
  }
  const { id, email, isVerified, name } = person;
  if (path === "https://api.github.com/user") return Response.json({ id, login: name, name, email: null });
  if (path === "https://api.github.com/user/emails")
    return Response.json([{ email, primary: true, verified: isVerified }]);
  throw new Error(`a test tried to reach ${request.url}`);
}

/** Google's ID token; nobody checks who signed what came from the token endpoint itself (OpenID Connect Core 3.1.3.7). */
function describeToGoogle({ id, email, isVerified, name }: ForeignPerson): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: "https://accounts.google.com",
    aud: "provider-id",
    sub: id,
    iat: now,
    exp: now + 600,
  };
  const part = (value: object): string =>
    btoa(JSON.stringify(value)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  return `${part({ alg: "RS256" })}.${part({ ...claims, email, email_verified: isVerified, name })}.c2ln`;
}

function codeOf(form: FormData): string {
  const code = form.get("code");
  return typeof code === "string" ? code : "";
}

import { vi } from "vitest";
import { callApi, testHost } from "./api-harness.ts";

export const ORIGIN = "http://floom.test";

export interface BrowserCall {
  json?: unknown;
  headers?: Record<string, string>;
}

/** A browser at one address of the internet: it keeps the cookies that it is given, and says which page asks. */
export class Browser {
  readonly #jar = new Map<string, string>();
  readonly #ip: string;

  constructor(ip = `192.0.2.${Math.floor(Math.random() * 250)}`) {
    this.#ip = ip;
  }

  async call(method: string, path: string, call: BrowserCall = {}): Promise<Response> {
    const headers: Record<string, string> = { "cf-connecting-ip": this.#ip, ...call.headers };
    if (method !== "GET") headers["origin"] ??= ORIGIN;
    if (this.#jar.size > 0) headers["cookie"] ??= this.cookie;
    const answer = await callApi(method, path, { ...call, headers, token: "" });
    for (const line of answer.headers.getSetCookie()) this.#take(line);
    return answer;
  }

  get cookie(): string {
    return [...this.#jar].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  #take(line: string): void {
    const [pair = "", ...attributes] = line.split("; ");
    const at = pair.indexOf("=");
    const isGone = attributes.some((attribute) => /^max-age=0$/i.test(attribute));
    if (isGone) this.#jar.delete(pair.slice(0, at));
    else this.#jar.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** Mails that were kept, the newest first. */
export async function readMails(): Promise<{ to: string[]; subject: string; text: string }[]> {
  const texts = await testHost.files.listMails("accounts", 100);
  return texts.map((text) => JSON.parse(text)).map((document) => document.value ?? document);
}

/** The newest mail to `email`, once it is there: mails leave behind the answer. */
export async function readMail(email: string, subject: RegExp): Promise<string> {
  return vi.waitFor(async () => {
    const mail = (await readMails()).find((one) => one.to.includes(email) && subject.test(one.subject));
    if (mail === undefined) throw new Error(`there is no mail ${subject} to ${email}`);
    return mail.text;
  }, PATIENCE);
}

const PATIENCE = { timeout: 60_000, interval: 20 };

/** The token of the link in the newest mail to `email` with such a subject. */
export async function readMailedToken(email: string, subject = /Confirm/): Promise<string> {
  const text = await readMail(email, subject);
  return decodeURIComponent(/#link=(\S+)/.exec(text)?.[1] ?? "");
}

export const password = "correct horse battery";

/** Somebody who has signed up, has confirmed their address and is signed in. */
export async function signUp(browser: Browser, email: string): Promise<void> {
  await browser.call("POST", "/api/auth/sign-up/email", {
    json: { email, password, name: email.split("@")[0] },
  });
  const token = await readMailedToken(email);
  await browser.call("GET", `/api/auth/verify-email?token=${token}`);
  await browser.call("POST", "/api/auth/sign-in/email", { json: { email, password } });
}

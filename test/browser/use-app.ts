import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, inject } from "vitest";
import { createClient } from "#contract/client";
import { launchBrowser } from "./open-page.ts";
import { closeWatchedPage, openApp, openWatchedPage } from "./watch-page.ts";
import type { WatchedPage } from "./watch-page.ts";

/**
 * The app as a file's tests use it: one browser for all of them, and for each a page of its own that fails the test when it
 * threw or was forbidden something. `take` is handed both before each test, with what went wrong in the
 * page until now; a test that wants a fault empties the list.
 */
export function useApp(take: (at: WatchedPage & { browser: Browser }) => void) {
  const { url, token } = inject("floom");
  let browser: Browser;
  let watched: WatchedPage;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    watched = await openWatchedPage(browser);
    take({ browser, ...watched });
  });
  afterEach(({ task }) => closeWatchedPage(watched, { hasFailed: task.result?.state === "fail" }));
  return {
    url,
    token,
    api: createClient<Response>({ origin: url, token, fetch: (address, init) => fetch(address, init) }),
    /** Opens a path of the app as its owner, and waits until it is there. */
    open: (path: string) => {
      watched.forgetSaid();
      return openApp(watched.page, url + path, token);
    },
    /** Waits until the app says that something was done, anew, and no dialog stands before the page. */
    said: (words: string) => watched.said(words),
  };
}

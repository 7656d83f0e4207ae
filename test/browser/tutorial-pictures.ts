// `npm run pictures`: takes the pictures of docs/tutorial/typed-app.md anew, from the real pages of a Floom of its own.
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createdShareSchema } from "#contract/shares/share";
import { startFloom } from "../support/floom-instance.ts";
import { launchBrowser } from "./open-page.ts";

const FOLDER = resolve(import.meta.dirname, "../../docs/tutorial/typed-app");
const SCREEN = { width: 640, height: 480 };

const floom = await startFloom({ seed: false });
const browser = await launchBrowser();
try {
  const ask = async (path: string, json: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${floom.token}`, "content-type": "application/json" };
    const answer = await fetch(floom.url + path, { method: "POST", headers, body: JSON.stringify(json) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  await ask("/api/deploy", { name: "dinner", code: readFileSync(join(FOLDER, "app.py"), "utf8") });
  const link = createdShareSchema.parse(await ask("/api/workers/dinner/shares", {}));
  const page = await browser.newPage({ viewport: SCREEN, colorScheme: "light", reducedMotion: "reduce" });
  // The first run of a new Floom waits for what sandboxes are made of.
  page.setDefaultTimeout(180_000);
  const take = (name: string) => page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });

  await page.goto(`${link.url}?food=84`);
  const guests = [
    ["Ada", "9.5"],
    ["Grace", "0"],
    ["Edsger", "14"],
  ] as const;
  for (const [at, [name, drinks]] of guests.entries()) {
    if (at > 1) await page.getByRole("button", { name: "Add to Guests" }).click();
    await page.locator(`[name="/guests/${at}/name"]`).fill(name);
    await page.locator(`[name="/guests/${at}/drinks"]`).fill(drinks);
  }
  await take("form");
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await page.getByText("Done", { exact: true }).waitFor();
  await page.getByRole("img", { name: /^Chart/ }).evaluate((image: HTMLImageElement) => image.decode());
  await take("result");
  await page.getByRole("button", { name: "Share this result" }).click();
  await page.goto(await page.getByRole("textbox", { name: /^Whoever has this address/ }).inputValue());
  await page.getByRole("img", { name: /^Chart/ }).evaluate((image: HTMLImageElement) => image.decode());
  await take("shared");
} finally {
  await browser.close();
  await floom.stop();
}

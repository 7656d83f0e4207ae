import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { createdShareSchema } from "#contract/shares/share";
import { verifies } from "../verifies.ts";
import { findAccessibilityFaults, launchBrowser, openContext } from "./open-page.ts";

// One form with fields of most kinds, as its owner fills it in by keyboard, and as a stranger does on a page.

const { url, token } = inject("floom");

const ORDER = `
"""Orders parts."""
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import floom


@dataclass
class Part:
    name: Annotated[str, floom.Field(min_length=2)]
    parts: list["Part"] = field(default_factory=list)


def order(
    customer: str,
    parts: list[Part],
    speed: Annotated[int, floom.Field(ge=1, le=9, widget="slider")] = 5,
    ship: bool = False,
    ways: list[Literal["post", "bike"]] = ["post"],
    prices: dict[str, float] = {},
    size: int | str = 3,
    settings: Any = None,
) -> dict[str, object]:
    """Orders them."""
    names = [inner.name for part in parts for inner in [part, *part.parts]]
    return {
        "summary": f"{customer}: {', '.join(names)}; {speed} {ship} {ways} {prices} {size} {settings}",
        "chart": {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "title": "Letters of each part",
            "data": {"values": [{"part": name, "letters": len(name)} for name in names]},
            "mark": "bar",
            "encoding": {"x": {"field": "part", "type": "nominal"}, "y": {"field": "letters", "type": "quantitative"}},
        },
    }
`;

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
  const deployed = await ask("POST", "/api/deploy", { name: "part-order", code: ORDER });
  if (!deployed.ok) throw new Error(`The form is not there: ${await deployed.text()}`);
});
afterAll(() => browser.close());

/** As the owner. */
function ask(method: string, path: string, json: object): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  return fetch(`${url}${path}`, { method, headers, body: JSON.stringify(json) });
}

const faultsOf = (page: Page): string[] => {
  const faults: string[] = [];
  page.on("pageerror", ({ message }) => faults.push(message));
  return faults;
};

/** Presses Tab until what has the focus is called so: by its entry's name, its label for readers, or its words. */
async function tabTo(page: Page, wanted: string): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    // In an editor Tab indents, until Escape lets go of it.
    if ((await colored(page).count()) > 0) await page.keyboard.press("Escape");
    await page.keyboard.press("Tab");
    const named = await page.evaluate(() => {
      const element = document.activeElement;
      return [
        element?.getAttribute("name"),
        element?.getAttribute("aria-label"),
        element?.textContent?.trim(),
      ];
    });
    if (named.includes(wanted)) return;
  }
  throw new Error(`No Tab leads to ${wanted}`);
}

const focusedName = (page: Page) => page.evaluate(() => document.activeElement?.getAttribute("name"));
const colored = (page: Page) => page.locator(".prism-code-editor textarea:focus");

test("an owner fills a form of many kinds in by keyboard alone, and what the API refuses lands in its line", async () => {
  verifies("web:form:keyboard-alone", "web:form:refusals-on-their-field", "typing:outputs:chart-drawn");
  const page = await (await openContext(browser)).newPage();
  const faults = faultsOf(page);
  await page.goto(`${url}/workers/part-order#token=${token}`);
  await page.getByRole("textbox", { name: "Customer" }).waitFor();
  await tabTo(page, "/customer");
  await page.keyboard.type("Ada");
  await tabTo(page, "Add to Parts");
  await page.keyboard.press("Enter");
  await expect.poll(() => focusedName(page)).toBe("/parts/0/name");
  await page.keyboard.type("wheel");
  await tabTo(page, "Add to Parts");
  await page.keyboard.press("Enter");
  // What contains itself is typed as JSON, in an editor.
  await colored(page).waitFor();
  await page.keyboard.type('{\n"name": "x",');
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type('"parts": []\n}');
  expect(await colored(page).inputValue()).toBe('{\n  "name": "x",\n    "parts": []\n    }');
  await tabTo(page, "/speed");
  await page.keyboard.press("ArrowRight");
  await tabTo(page, "/ship");
  await page.keyboard.press("Space");
  await tabTo(page, "Add to Prices");
  await page.keyboard.press("Enter");
  await page.keyboard.type("tea");
  await page.keyboard.press("Tab");
  await page.keyboard.type("2.5");
  await tabTo(page, "/size~tab");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("Tab");
  await page.keyboard.type("huge");
  await tabTo(page, "Run");
  await page.keyboard.press("Enter");

  await colored(page).waitFor();
  await expect.poll(() => focusedName(page)).toBe("/parts/0/parts/0");
  expect(await page.locator(".field-error").innerText()).toContain("2 characters");
  await expect.poll(() => page.locator(".wrong-line").innerText()).toContain('"name": "x"');
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    expect([colorScheme, await findAccessibilityFaults(page)]).toEqual([colorScheme, []]);
  }
  await page.keyboard.press("Control+a");
  await page.keyboard.type('{"name": "spoke"}');
  await tabTo(page, "Run");
  await page.keyboard.press("Enter");
  const outputs = page.getByRole("region", { name: "Outputs" });
  await outputs.getByText("Ada: wheel, spoke; 6 True ['post'] {'tea': 2.5} huge None").waitFor();
  const chart = outputs.getByRole("img", {
    name: "Chart: Letters of each part. Its rows are in the table below.",
  });
  await expect
    .poll(() => chart.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(100);
  expect(await findAccessibilityFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
  await page.context().close();
});

test("on a page a stranger adds rows, is told what is wrong with JSON before it is sent, and sees a chart", async () => {
  verifies("shares:page:all-kinds", "typing:outputs:chart-drawn");
  const answer = await ask("POST", "/api/workers/part-order/shares", {});
  const { url: link } = createdShareSchema.parse(await answer.json());
  const phone = { viewport: { width: 390, height: 844 }, colorScheme: "dark" } as const;
  const page = await (await openContext(browser, phone)).newPage();
  const faults = faultsOf(page);
  await page.goto(`${link}?customer=Grace&speed=7`);
  await page.getByRole("button", { name: "Add to Prices" }).click();
  await expect.poll(() => focusedName(page)).toBe("/prices~k/2");
  await page.keyboard.type("tea");
  await page.keyboard.press("Tab");
  await page.keyboard.type("2.5");
  expect(await page.getByRole("slider").inputValue()).toBe("7");
  await page.getByRole("radio", { name: "Text" }).check();
  await page.locator("[data-tab]:visible input").fill("huge");
  const settings = page.getByRole("textbox", { name: "Settings" });
  await page.locator(".prism-code-editor").last().waitFor();
  await settings.fill('{\n  "a": 1,\n}');
  const run = page.getByRole("button", { name: "Run", exact: true });
  await page.locator('[name="/parts/0/name"]').fill("wheel");
  await run.click();
  await expect
    .poll(() => settings.evaluate((box: HTMLTextAreaElement) => box.validationMessage))
    .toContain("line 3, column 1");
  expect(await page.locator(".wrong-line").innerText()).toContain("}");
  await settings.fill('{"a": 1}');
  expect(await findAccessibilityFaults(page)).toEqual([]);
  await run.click();
  await page.getByText("Done", { exact: true }).waitFor();
  expect(await page.getByRole("region", { name: "Result" }).innerText()).toMatch(
    /Grace: wheel; 7 .*'tea': 2\.5.*'a': 1/,
  );
  const image = page.getByRole("img", { name: /^Chart: Letters of each part/ });
  // It comes when it is near what is seen.
  await image.scrollIntoViewIfNeeded();
  await expect
    .poll(() => image.evaluate((one: HTMLImageElement) => [one.naturalWidth > 100, one.currentSrc] as const))
    .toEqual([true, expect.stringContaining("look=dark&width=narrow")]);
  expect(await findAccessibilityFaults(page)).toEqual([]);
  expect(faults).toEqual([]);
  await page.context().close();
});

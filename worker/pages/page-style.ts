import { pageLook } from "../http/look/page-look.ts";
import { chooseTextColour } from "./choose-text-colour.ts";

/** The style of a page, in its owner's colour where there is one. The colour must be `#rrggbb`. Pure. */
export function buildPageStyle(accent: string | null): string {
  if (accent === null || !/^#[0-9a-f]{6}$/i.test(accent)) return pageLook;
  const text = chooseTextColour(accent);
  const rule = `--primary:${accent};--on-primary:${text}`;
  return `${pageLook}\n:root{${rule}}@media(prefers-color-scheme:dark){:root{${rule}}}`;
}

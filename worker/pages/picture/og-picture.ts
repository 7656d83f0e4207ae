import { CELL, isDotSet } from "./bitmap-font.ts";
import { chooseTextColour } from "../choose-text-colour.ts";
import { encodePng } from "./encode-png.ts";

/** What those who show a link ask for. */
const WIDTH = 1200;
const HEIGHT = 630;
const MARGIN = 90;
const SCALE = 11;
const MOST_LINES = 4;
const USUAL_COLOUR = "#181818";

/** Words as lines of so many characters, the last one cut; letters without their marks, which the font has not. Pure. */
export function wrapTitle(title: string, width: number): string[] {
  const plain = title.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/\s+/g, " ").trim();
  const lines: string[] = [];
  for (const word of plain.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && `${last} ${word}`.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.slice(0, width));
  }
  return lines.slice(0, MOST_LINES);
}

/** The picture that stands for a page where a link to it is shown: its title on its colour, as PNG. */
export async function buildCardPicture(
  title: string,
  accent: string | null,
): Promise<Uint8Array<ArrayBuffer>> {
  const paper = accent ?? USUAL_COLOUR;
  const lines = wrapTitle(title, Math.floor((WIDTH - 2 * MARGIN) / (CELL.columns * SCALE)));
  const top = Math.floor((HEIGHT - lines.length * CELL.rows * SCALE) / 2);
  const isInk = (x: number, y: number): boolean => {
    const [left, down] = [Math.floor((x - MARGIN) / SCALE), Math.floor((y - top) / SCALE)];
    if (left < 0 || down < 0) return false;
    const character = lines[Math.floor(down / CELL.rows)]?.[Math.floor(left / CELL.columns)];
    return character !== undefined && isDotSet(character, left % CELL.columns, down % CELL.rows);
  };
  return encodePng({ width: WIDTH, height: HEIGHT, colours: [paper, chooseTextColour(paper)], isInk });
}

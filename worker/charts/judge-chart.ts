import type { Json } from "#contract/json";
import { ChartData } from "./chart-data.ts";
import { acting, knownLooks, looks, marks, meanings } from "./chart-words.ts";
import { notDrawn } from "./not-drawn.ts";

export type JsonObject = Record<string, Json>;

const MOST_LEVELS = 24;
const MOST_PARTS = 4_000;
const MOST_TEXT = 500;
const MOST_LISTED = 200;
const MOST_SIZE = 2_000;

/** Where the judge stands: the way to it in words, and what has been counted. */
interface Place {
  path: string;
  level: number;
  counted: { parts: number; views: number };
  data: ChartData;
}

/** The most that a number may be at a word, where more would be work without end; the rest has the usual bound. */
const mostAt: Readonly<Record<string, number>> = {
  width: MOST_SIZE,
  height: MOST_SIZE,
  continuousWidth: MOST_SIZE,
  continuousHeight: MOST_SIZE,
  step: 200,
  tickCount: 50,
  maxbins: 200,
  columns: 24,
  count: 100,
  symbolLimit: 100,
};
const USUAL_MOST = 10_000;
/** Numbers at these words are data: any will do. */
const dataWords = new Set(
  "domain domainMin domainMax domainMid datum equal lt lte gt gte oneOf range values value".split(" "),
);

/**
 * A chart as it may be drawn: of inline rows, in words that end. What only decorates and is not known is left out; what
 * would be another chart without it is refused. Throws `chart_not_drawn`, which names the place. Pure.
 */
export function judgeChart(given: Json): JsonObject {
  if (!isObject(given)) throw notDrawn("", "is no object.");
  const schema = given["$schema"];
  if (typeof schema === "string" && !schema.includes("/vega-lite/"))
    throw notDrawn("$schema", "names another language than Vega-Lite, which is the one that is drawn here.");
  const data = new ChartData();
  const place: Place = { path: "", level: 0, counted: { parts: 0, views: 0 }, data };
  const judged = judgeObject(given, { ...place, isLook: false });
  data.judge(Math.max(place.counted.views, 1));
  return judged;
}

interface Inside extends Place {
  /** Only looks are said here. */
  isLook: boolean;
}

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function stepInto(at: Inside, word: string | number): Inside {
  const path = at.path === "" ? String(word) : `${at.path}.${word}`;
  const isLook = at.isLook || (typeof word === "string" && looks.has(word));
  at.counted.parts++;
  if (at.level >= MOST_LEVELS || at.counted.parts > MOST_PARTS) throw notDrawn(path, "goes too deep.");
  return { ...at, path, isLook, level: at.level + 1 };
}

function judgeObject(given: JsonObject, at: Inside): JsonObject {
  if (!at.isLook && given["mark"] !== undefined) at.counted.views++;
  const own = Object.entries(resolveCondition(given)).flatMap(([word, value]) => {
    const judged = judgeWord(word, value, at);
    return judged === undefined ? [] : [[word, judged] as const];
  });
  return Object.fromEntries(own);
}

/** A choice that a reader would make by pointing is made as if nothing were chosen: a picture takes no pointing. */
function resolveCondition(given: JsonObject): JsonObject {
  const { condition, ...beside } = given;
  if (!isObject(condition) || condition["param"] === undefined) return given;
  const { param: _, empty, ...chosen } = condition;
  if (empty === false) return beside;
  const { value: __, ...rest } = beside;
  return { ...rest, ...chosen };
}

function judgeWord(word: string, value: Json, at: Inside): Json | undefined {
  const inside = stepInto(at, word);
  if (word === "params" || word === "usermeta") return undefined;
  if (acting.has(word)) throw notDrawn(inside.path, "is not drawn: it loads or calculates something.");
  if (word === "data" && !at.isLook) return at.data.takeSource(value, inside.path);
  if (word === "datasets" && !at.isLook) return at.data.takeNamed(value, inside.path);
  if (word === "repeat" && !at.isLook && !isFieldReference(value)) at.data.repeatFor(value, inside.path);
  if (word === "mark" && !at.isLook) requireMark(value, inside.path);
  if (facets.has(word) && !at.isLook && isObject(value)) at.data.facetBy(value, inside.path);
  // A picture has no container whose width it could have.
  if (value === "container") return undefined;
  if (at.isLook ? !knownLooks.has(word) : !meanings.has(word)) {
    if (at.isLook) return undefined;
    throw notDrawn(inside.path, "is not among what is drawn here.");
  }
  return judgeValue(word, value, inside);
}

const facets = new Set(["row", "column", "facet"]);

/** `{"repeat": "row"}` as a field's name; what is repeated stands elsewhere. */
const isFieldReference = (value: Json) => typeof value === "string";

function requireMark(value: Json, path: string): void {
  const type = isObject(value) ? value["type"] : value;
  if (typeof type !== "string" || !marks.has(type))
    throw notDrawn(path, "is no mark that is drawn here; pictures and maps are not.");
}

function judgeValue(word: string, value: Json, at: Inside): Json {
  if (typeof value === "string") return judgeText(word, value, at);
  if (typeof value === "number") return judgeNumber(word, value, at);
  if (Array.isArray(value)) {
    if (value.length > MOST_LISTED) throw notDrawn(at.path, `lists more than ${MOST_LISTED} things.`);
    return value.map((item, index) => judgeValue(word, item, stepInto(at, index)));
  }
  return isObject(value) ? judgeObject(value, at) : value;
}

function judgeText(word: string, value: string, { path }: Place): string {
  if (value.length > MOST_TEXT) throw notDrawn(path, `is longer than ${MOST_TEXT} characters.`);
  if (word === "format" && (value.length > 40 || /\d{3}/.test(value)))
    throw notDrawn(path, "pads further than is drawn here.");
  if (word === "formatType" && value !== "number" && value !== "time")
    throw notDrawn(path, "is neither number nor time.");
  if (word === "filter" || word === "test")
    throw notDrawn(path, "is calculated; say it as an object, or leave rows out in the function.");
  if (word === "tickCount") throw notDrawn(path, "has to be a number.");
  return value;
}

function judgeNumber(word: string, value: number, { path }: Place): number {
  const most = mostAt[word] ?? (dataWords.has(word) ? Infinity : USUAL_MOST);
  if (Math.abs(value) > most) throw notDrawn(path, `is more than ${most}.`);
  if (word === "base" && value < 2) throw notDrawn(path, "is less than 2.");
  if (word.endsWith("Dash") && value !== 0 && value < 1) throw notDrawn(path, "is less than 1.");
  return value;
}

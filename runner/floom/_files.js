"use strict";
// What typed functions take and give for files: File, Image and Table of `import { File } from "floom"`.
const { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } = require("node:fs");
const { basename, extname, join } = require("node:path");

const MEDIA_TYPES = {
  csv: "text/csv",
  gif: "image/gif",
  html: "text/html",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  json: "application/json",
  md: "text/markdown",
  pdf: "application/pdf",
  png: "image/png",
  svg: "image/svg+xml",
  txt: "text/plain",
  webp: "image/webp",
  zip: "application/zip",
};

/** A path that is free, in a folder of what functions hand back. */
function newPath(name) {
  const folder = join(process.env.FLOOM_OUTPUT_DIR ?? ".", "outputs");
  mkdirSync(folder, { recursive: true });
  const ending = extname(name);
  const stem = ending === "" ? name : name.slice(0, -ending.length);
  let path = join(folder, name);
  for (let number = 2; existsSync(path); number++) path = join(folder, `${stem}-${number}${ending}`);
  return path;
}

/** A file that is there: its path, name, size in bytes and media type. */
class File {
  constructor(path, { name, mediaType } = {}) {
    this.path = path;
    this.name = name ?? basename(path);
    this.mediaType =
      mediaType ?? MEDIA_TYPES[extname(this.name).slice(1).toLowerCase()] ?? "application/octet-stream";
  }

  /** A new file, kept in a folder of the run's own. Throws for a name that is a path. */
  static fromBytes(data, name = "file.bin", options = {}) {
    if (basename(name) !== name || ["", ".", ".."].includes(name))
      throw new RangeError(`a file's name has no folders in it: ${JSON.stringify(name)}`);
    const path = newPath(name);
    writeFileSync(path, data);
    return new this(path, { name, ...options });
  }

  /** A new file of text, in UTF-8. */
  static fromText(text, name = "file.txt", options = {}) {
    return this.fromBytes(text, name, options);
  }

  get size() {
    return statSync(this.path).size;
  }

  /** All of it, as a Buffer. */
  readBytes() {
    return readFileSync(this.path);
  }

  /** All of it as text: as its first bytes say, else UTF-8, else Windows' Western alphabet. */
  readText() {
    const bytes = this.readBytes();
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder("windows-1252").decode(bytes);
    }
  }
}

/** A picture. */
class Image extends File {}

/** Rows with named columns, of CSV, TSV or JSON: `table.rows` are objects; of CSV every value is text. */
class Table extends File {
  /** A new table. */
  static fromRows(rows, name = "table.csv") {
    const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
    const delimiter = name.endsWith(".tsv") ? "\t" : ",";
    const quote = (cell) => {
      const text = cell === null || cell === undefined ? "" : String(cell);
      return /["\r\n\t,]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    };
    const lines = [columns, ...rows.map((row) => columns.map((column) => row[column]))];
    return this.fromText(lines.map((line) => `${line.map(quote).join(delimiter)}\r\n`).join(""), name);
  }

  get rows() {
    const text = this.readText();
    if (this.name.toLowerCase().endsWith(".json") || /^\s*[[{]/.test(text)) {
      const rows = JSON.parse(text);
      return Array.isArray(rows) ? rows : [rows];
    }
    const [header = [], ...lines] = readCsv(text);
    const widest = Math.max(0, header.length, ...lines.map((line) => line.length));
    const names = [];
    for (let index = 0; index < widest; index++) {
      const name = header[index]?.trim() || `column_${index + 1}`;
      let free = name;
      for (let number = 2; names.includes(free); number++) free = `${name}_${number}`;
      names.push(free);
    }
    return lines.map((line) => Object.fromEntries(names.map((name, index) => [name, line[index] ?? ""])));
  }
}

function readCsv(text) {
  const first = text.trimStart().split("\n", 1)[0];
  const count = (one) => first.split(one).length;
  const delimiter = [",", ";", "\t", "|"].reduce((best, one) => (count(one) > count(best) ? one : best));
  const rows = [];
  let row = [];
  let cell = "";
  let isQuoted = false;
  for (let at = 0; at <= text.length; at++) {
    const one = text[at];
    if (isQuoted && one !== undefined) {
      if (one !== '"') cell += one;
      else if (text[at + 1] === '"') {
        cell += one;
        at++;
      } else isQuoted = false;
    } else if (one === '"' && cell === "") isQuoted = true;
    else if (one === delimiter || one === "\n" || one === undefined) {
      row.push(one === delimiter ? cell : cell.replace(/\r$/, ""));
      cell = "";
      if (one === delimiter) continue;
      if (row.some((value) => value !== "")) rows.push(row);
      row = [];
    } else cell += one;
  }
  return rows;
}

module.exports = { File, Image, Table };

import { describe, expect, it } from "vitest";
import { verifies } from "../../../test/verifies.ts";
import { readDataUrl } from "./data-url.ts";

const text = (value: string) => {
  const file = readDataUrl(value, "people");
  return file && [file.filename, file.mediaType, new TextDecoder().decode(file.bytes)];
};

describe("a file as a data: URL", () => {
  it.each([
    ["data:text/csv;name=a.csv;base64,YSxiCjEsMg==", ["a.csv", "text/csv", "a,b\n1,2"]],
    ["data:text/csv,a%2Cb%0A1,2", ["people.csv", "text/csv", "a,b\n1,2"]],
    ["data:,hello", ["people.txt", "text/plain", "hello"]],
    ["DATA:Application/JSON;charset=utf-8,{}", ["people.json", "application/json", "{}"]],
    ["data:text/plain;name=na%C3%AFve%20list.txt,x", ["naïve list.txt", "text/plain", "x"]],
    ["data:application/x-own;base64,AAE=", ["people", "application/x-own", "\u0000\u0001"]],
    ["data:text/plain;base64,", ["people.txt", "text/plain", ""]],
    ["data:text/plain,ü€", ["people.txt", "text/plain", "ü€"]],
  ])("%s is read", (value, expected) => {
    verifies("run:start:inline-files");
    expect(text(value)).toEqual(expected);
  });

  it.each([
    "data:text/csv;base64,a*b",
    "data:text/csv",
    "data:text,x",
    "data:text/plain,100%",
    "data:text/plain;name=%ff;base64,eA==",
    "https://example.com/a.csv",
  ])("%s is none", (value) => {
    verifies("run:start:inline-files");
    expect(text(value)).toBeNull();
  });
});

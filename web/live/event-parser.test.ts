import { expect, test } from "vitest";
import { createEventParser } from "./event-parser.ts";

const STREAM =
  ': hello\n\nid: 1\ndata: {"a":1}\n\nid: 2\r\ndata: first\r\ndata: second\r\n\r\ndata:no space\n\n';

const MESSAGES = [
  { id: "1", data: '{"a":1}' },
  { id: "2", data: "first\nsecond" },
  { id: "2", data: "no space" },
];

test("messages are read from one piece", () => {
  expect(createEventParser()(STREAM)).toEqual(MESSAGES);
});

test("messages are the same wherever the stream is cut", () => {
  for (let cut = 1; cut < STREAM.length; cut += 1) {
    const parse = createEventParser();
    expect([...parse(STREAM.slice(0, cut)), ...parse(STREAM.slice(cut))]).toEqual(MESSAGES);
  }
});

test("a message that is not finished is not given out", () => {
  expect(createEventParser()("id: 1\ndata: half\n")).toEqual([]);
});

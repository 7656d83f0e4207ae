import { expect, it } from "vitest";
import { findMissingColumns } from "./csv-header.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string) =>
  new Uint8Array(Uint16Array.from([..."\uFEFF", ...text].map((char) => char.charCodeAt(0))).buffer);

it.each([
  ["commas", utf8("email,name\n1,2\n")],
  ["semicolons and Windows line ends", utf8("name;email\r\n1;2\r\n")],
  ["tabs", utf8("name\temail\textra")],
  ["bars", utf8("name|email")],
  ["a mark at the front", utf8("\uFEFFemail,name\n")],
  ["UTF-16", utf16("email\tname\r\n1\t2")],
  ["quotes and blanks", utf8('"email" , "name"\n')],
  ["a line end inside a quoted header", utf8('"long\nheader",email,name\n')],
  ["line ends of an old Mac", utf8("email,name\r1,2\r")],
])("columns are found whatever the file's form: %s", (_, head) => {
  expect(findMissingColumns(head, ["email", "name"]).missing).toEqual([]);
});

it("the columns that are missing are named, and the header that is there is shown", () => {
  expect(findMissingColumns(utf8("mail;name\n1;2"), ["email", "name"])).toEqual({
    missing: ["email"],
    header: "mail;name",
  });
  expect(findMissingColumns(utf8("1,2\nemail,name\n"), ["email", "name"]).missing).toEqual(["email", "name"]);
});

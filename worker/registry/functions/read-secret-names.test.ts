import { expect, it } from "vitest";
import { readSecretNames } from "./read-secret-names.ts";

it("names the secrets that a file cannot do without", () => {
  const source = `
import os, floom
from floom import secret as need
from os import environ, getenv

KEY = floom.secret("OPENAI_API_KEY")
def send(to: str):
    a = os.environ["SMTP_PASSWORD"]
    b = environ.get("SLACK_TOKEN")
    c = getenv('REGION_KEY')
    return need("LAST"), KEY
`;
  expect(readSecretNames(source)).toEqual([
    "OPENAI_API_KEY",
    "SMTP_PASSWORD",
    "SLACK_TOKEN",
    "REGION_KEY",
    "LAST",
  ]);
});

it("names nothing that has a default, that is set, or that the system brings", () => {
  const source = `
import os, floom
a = os.getenv("MODEL", "small")
b = floom.secret("OPTIONAL", default=None)
os.environ["SET_HERE"] = "1"
c = os.environ["HOME"]
d = os.environ[name]
# floom.secret("COMMENT")
e = 'floom.secret("TEXT")'
f = os.environ["lower"]
g = other.secret("NOT_OURS")
`;
  expect(readSecretNames(source)).toEqual([]);
});

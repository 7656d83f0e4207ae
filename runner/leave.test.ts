import { expect, it } from "vitest";
import { runBothWays } from "../test/support/runner/both-ways.ts";
import type { Attempt } from "../test/support/runner/start-runner.ts";

it.each([
  [
    "what only a module or a ring holds",
    `
import part, tempfile
class Last:
  def __init__(self, name):
      self.name = name
  def __del__(self):
      print("gone", self.name, tell())
def tell():
  return SAID
SAID = "as the module says"
class Ring:
  def __init__(self, held):
      self.ring, self.held = self, held
KEPT, _own = Last("kept"), Last("own")
TEMPORARY = tempfile.NamedTemporaryFile()
part.HELD = Last("of another module")

def run(inputs, context):
  Ring(Last("in a ring"))
  print(TEMPORARY.name, file=open("place.txt", "w"))
  return {}
`,
  ],
  [
    "a thread that goes on until the last, and a stream in the place of the usual",
    `
import io, sys, threading, time
def forever():
  while True:
      time.sleep(0.001)
      len(VALUES)
VALUES = [1]

def run(inputs, context):
  sys.stdout = io.TextIOWrapper(sys.stdout.buffer, write_through=False)
  print("not flushed")
  threading.Thread(target=forever, daemon=True).start()
  return {}
`,
  ],
  [
    "what C holds back",
    `
import ctypes
def run(inputs, context):
  ctypes.CDLL(None).printf(b"said by C\\n")
  return {}
`,
  ],
  [
    "what is refused at the end",
    `
import sys
class Shut:
  def write(self, text):
      return len(text)
  def flush(self):
      raise OSError("shut")
  def __repr__(self):
      return "shut"

def run(inputs, context):
  sys.stdout = Shut()
  return {}
`,
  ],
  [
    "a word of a finalizer's, and a child that comes back",
    `
import os, signal, sys, weakref
class Thing:
  pass
THING = Thing()
weakref.finalize(THING, print, "finalized")
LEFT = open("left.txt", "w")
signal.signal(signal.SIGUSR2, lambda *_: LEFT)

def run(inputs, context):
  child = os.fork()
  if child:
      os.waitpid(child, 0)
      LEFT.write("written")
  else:
      print("of the child")
  return {"answer": 42}
`,
  ],
])("a script that waited ends as in a Python that is started on it: %s", async (_, code) => {
  const files = { "run.py": code, "part.py": "HELD = None\n" };
  const left = { name: "left", path: "left.txt", media_type: "text/plain", required: false };
  const { started, brought } = await runBothWays({ files, config: { output_files: [left] } });
  const { outcome, error_code, exit_code } = started.result;
  expect(brought.result).toMatchObject({ outcome, error_code, exit_code });
  const sizes = ({ entries }: Attempt) =>
    entries.flatMap((entry) => (entry.type === "file" ? [entry.size_bytes] : []));
  expect(sizes(brought)).toEqual(sizes(started));
  expect(brought.lines().toSorted()).toEqual(started.lines().toSorted());
});

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
  [
    "a stream that keeps what it is told, and files that modules of before the script hold",
    `
import builtins, functools, json, sys
class Tee:
  def __init__(self):
      self.file, self.out = open("left.txt", "w"), sys.stdout
  def write(self, text):
      self.file.write(text)
      self.out.write(text)
  def flush(self):
      pass
class Last:
  def __del__(self):
      print("gone", file=sys.__stderr__)

def run(inputs, context):
  json.HELD = Last()
  builtins.print = functools.partial(print, file=open("printed.txt", "w"))
  print("printed")
  sys.stdout = Tee()
  sys.stdout.write("told\\n")
  return {}
`,
  ],
  [
    "modules that are none, and none of its own",
    `
import sys
class Odd:
  @property
  def __file__(self):
      raise RuntimeError("no file")
sys.modules["odd"] = Odd()

def run(inputs, context):
  del sys.modules["__main__"]
  open("left.txt", "w").write("written")
  return {"answer": 42}
`,
  ],
])("a script that waited ends as in a Python that is started on it: %s", async (_, code) => {
  const files = { "run.py": code, "part.py": "HELD = None\n" };
  const text = (name: string) => ({ name, path: `${name}.txt`, media_type: "text/plain", required: false });
  const config = { output_files: [text("left"), text("printed")] };
  const { started, brought } = await runBothWays({ files, config });
  const { outcome, error_code, exit_code } = started.result;
  expect(brought.result).toMatchObject({ outcome, error_code, exit_code });
  const sizes = ({ entries }: Attempt) =>
    entries.flatMap((entry) => (entry.type === "file" ? [entry.size_bytes] : []));
  expect(sizes(brought)).toEqual(sizes(started));
  expect(brought.lines().toSorted()).toEqual(started.lines().toSorted());
});

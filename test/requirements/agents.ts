import type { Requirement } from "../requirements.ts";

const issue = "Issue K, points 2 and 3";

export const requirements: Requirement[] = [
  {
    id: "agents:loop:survives-anything",
    promise:
      "An agent whose object goes away between any two steps, or in one, ends the same and repeats no effect.",
    source: issue,
  },
  {
    id: "agents:loop:budgets",
    promise:
      "Turns, tokens, time, the length of an answer and repeated calls stop an agent, each with its own code.",
    source: issue,
  },
  {
    id: "agents:outputs:one-correction",
    promise:
      "An agent that stops without its outputs is told once, with the finishing tool forced, and fails after that.",
    source: issue,
  },
  {
    id: "agents:models:failures",
    promise: "A provider's failure is waited for, handed to the fallback model or ends the run, by its kind.",
    source: issue,
  },
  {
    id: "agents:models:wire",
    promise: "Each provider is asked in its documented words, and its streams and errors are understood.",
    source: issue,
  },
  {
    id: "agents:models:scripted-says-so",
    promise: "Where no real model is asked, the first line of the log says so.",
    source: issue,
  },
  {
    id: "agents:results:untrusted",
    promise: "What comes from outside is marked as data for the model, and cannot end its mark.",
    source: issue,
  },
  {
    id: "agents:document:told",
    promise:
      "What an agent says, thinks, calls and is answered is told as it happens, and stands in its run's document; no script can tell it.",
    source: "Issue K, points 2 and 9",
  },
  {
    id: "agents:memory:reviewed",
    promise:
      "What an agent learns after it has read what comes from outside is told to no later run before a person has kept it; and any learning can be dropped.",
    source: "Issue K, point 4",
  },
  {
    id: "agents:memory:bounded",
    promise:
      "A worker's learnings are bounded in number, size and share of the prompt, and a call writes one once.",
    source: "Issue K, point 4",
  },
  {
    id: "agents:memory:rules",
    promise:
      "Rules that people give an agent stand in its instructions, behind what it has learned, until they are resolved.",
    source: "Issue K, point 4",
  },
  {
    id: "agents:tools:declared-http",
    promise:
      "An agent calls the HTTP tools that its version declares through the same gate, with its trust tier, escalation rules, approvals and secrets.",
    source: "Issue K, points 2 and 6",
  },
  {
    id: "agents:tools:no-escape",
    promise:
      "No argument of an agent gets a declared request out of its path or to another host, and no tool is there that was not declared.",
    source: "Issue K, what must be shown",
  },
  {
    id: "agents:commands:own-sandbox",
    promise:
      "A command of an agent runs in a sandbox of its attempt, with the run's folder and no secrets, while nothing of the edge is awake; the sandbox is killed with the attempt.",
    source: "Issue K, point 2",
  },
  {
    id: "agents:commands:once",
    promise:
      "A command begins once, whatever crashes; where its sandbox is gone the model is told and nothing is repeated.",
    source: "Issue K, point 2",
  },
  {
    id: "agents:commands:bounded",
    promise: "A command's time and output are bounded, and it cannot be begun outside of the run's folder.",
    source: "Issue K, point 2",
  },
  {
    id: "agents:search:wire",
    promise:
      "An agent searches by the configured provider in its documented words; without a key the tool is not there, and the log says so where its instructions name it.",
    source: "Issue K, point 2",
  },
  {
    id: "agents:loop:survives-kills",
    promise:
      "An agent whose server is killed whenever it tells something comes to its end, and a counting service has each of its effects once at most.",
    source: "Issue K, what must be shown",
  },
];

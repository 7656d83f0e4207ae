import type * as z from "zod";
import { defineRoute } from "../route.ts";
import {
  approveDeviceSchema,
  decidedDeviceSchema,
  deviceCodeSchema,
  polledDeviceSchema,
  pollDeviceSchema,
  startDeviceSchema,
  startedDeviceSchema,
  waitingDeviceSchema,
} from "./device.ts";

const tag = "Sign-in from a terminal";

const answer = <S extends z.ZodType>(schema: S, description: string) =>
  ({ kind: "json", status: 200, schema, description }) as const;
const body = <S extends z.ZodType>(schema: S) =>
  ({ kind: "json", schema, limit: "json_body_bytes" }) as const;

const polled = answer(polledDeviceSchema, "Pending, or approved with the token, which is shown this once.");
const pollProblems = ["not_found", "device_denied", "device_consumed", "slow_down"] as const;

/** A program without a browser gets a token that a person approves elsewhere; after RFC 8628, in the first Floom's shapes. */
export const deviceRoutes = {
  startDevice: defineRoute({
    id: "startDevice",
    method: "POST",
    path: "/api/cli-auth/devices",
    tag,
    summary: "Begin to sign in a program",
    access: "public",
    body: body(startDeviceSchema),
    answer: answer(startedDeviceSchema, "The codes, and where a person decides."),
    problems: ["rate_limit_exceeded"],
  }),
  pollDevice: defineRoute({
    id: "pollDevice",
    method: "POST",
    path: "/api/cli-auth/poll",
    tag,
    summary: "Ask whether it was approved",
    description: "The code stands in the body, where no log of addresses keeps it.",
    access: "public",
    body: body(pollDeviceSchema),
    answer: polled,
    problems: pollProblems,
  }),
  pollDeviceByAddress: defineRoute({
    id: "pollDeviceByAddress",
    method: "GET",
    path: "/api/cli-auth/poll/{device_code}",
    tag,
    summary: "Ask whether it was approved, as the first Floom's command line does",
    access: "public",
    answer: polled,
    problems: pollProblems,
  }),
  lookUpDevice: defineRoute({
    id: "lookUpDevice",
    method: "POST",
    path: "/api/cli-auth/lookup",
    tag,
    summary: "Show what a terminal's code asks for",
    access: "any",
    body: body(deviceCodeSchema),
    answer: answer(waitingDeviceSchema, "Who asks, from where, and for what."),
    problems: ["person_required", "not_found", "device_decided", "rate_limit_exceeded"],
  }),
  approveDevice: defineRoute({
    id: "approveDevice",
    method: "POST",
    path: "/api/cli-auth/approve",
    tag,
    summary: "Let a terminal in as yourself",
    access: "any",
    body: body(approveDeviceSchema),
    answer: answer(decidedDeviceSchema, "It gets its token the next time it asks."),
    problems: [
      "person_required",
      "scope_exceeds_maker",
      "not_found",
      "device_decided",
      "rate_limit_exceeded",
    ],
  }),
  denyDevice: defineRoute({
    id: "denyDevice",
    method: "POST",
    path: "/api/cli-auth/deny",
    tag,
    summary: "Turn a terminal away",
    access: "any",
    body: body(deviceCodeSchema),
    answer: answer(decidedDeviceSchema, "It is told so the next time it asks."),
    problems: ["person_required", "not_found", "device_decided", "rate_limit_exceeded"],
  }),
} as const;

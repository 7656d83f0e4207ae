import { expect, it } from "vitest";
import { judgeScores, ofStrangers, ofTheApp } from "./judge-scores.ts";

const report = (performance: number | null, accessibility: number | null) => ({
  categories: { performance: { score: performance }, accessibility: { score: accessibility } },
  audits: {
    paint: { title: "First paint is late", score: 0.8 },
    label: { title: "Fields have names", score: 1 },
    video: { title: "Videos have captions", score: null },
  },
});

it("a page has to reach 95 in speed and 100 in accessibility, and what fell short is named", () => {
  expect(judgeScores(report(0.95, 1), ofStrangers)).toEqual({
    performance: 95,
    accessibility: 100,
    faults: ["First paint is late"],
    met: true,
  });
  expect(judgeScores(report(0.94, 1), ofStrangers).met).toBe(false);
  expect(judgeScores(report(1, 0.99), ofStrangers).met).toBe(false);
});

it("a page of the app has to reach 90 in speed, and 100 in accessibility", () => {
  expect(judgeScores(report(0.9, 1), ofTheApp).met).toBe(true);
  expect(judgeScores(report(0.89, 1), ofTheApp).met).toBe(false);
  expect(judgeScores(report(1, 0.99), ofTheApp).met).toBe(false);
});

it("a page that could not be judged has not passed", () => {
  expect(judgeScores(report(null, 1), ofStrangers).met).toBe(false);
  expect(judgeScores(report(1, null), ofStrangers).met).toBe(false);
});

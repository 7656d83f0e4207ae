import * as z from "zod";

/** What a page has to reach, of 100. */
interface LeastScores {
  performance: number;
  accessibility: number;
}

/** A page that strangers see, on a slow phone. */
export const ofStrangers: LeastScores = { performance: 95, accessibility: 100 };
/** A page of the app, at a desk: whoever is signed in has its script already, the second time. */
export const ofTheApp: LeastScores = { performance: 90, accessibility: 100 };

const scoreSchema = z.object({ score: z.number().nullable() });
/** The part of Lighthouse's report that is judged; a score is 0 to 1, or null where the page could not be judged. */
export const lighthouseReportSchema = z.object({
  categories: z.object({ performance: scoreSchema, accessibility: scoreSchema }),
  audits: z.record(z.string(), z.object({ title: z.string(), score: z.number().nullable() })),
});

/** One page's scores, of 100, and the titles of the audits that it did not pass in full. */
export interface PageVerdict {
  performance: number;
  accessibility: number;
  faults: string[];
  met: boolean;
}

/** Holds a report against what pages have to reach; what was not judged has not reached it. Pure. */
export function judgeScores(
  { categories, audits }: z.infer<typeof lighthouseReportSchema>,
  least: LeastScores,
): PageVerdict {
  const performance = Math.round((categories.performance.score ?? 0) * 100);
  const accessibility = Math.round((categories.accessibility.score ?? 0) * 100);
  const faults = Object.values(audits).filter(({ score }) => score !== null && score < 1);
  return {
    performance,
    accessibility,
    faults: faults.map(({ title }) => title),
    met: performance >= least.performance && accessibility >= least.accessibility,
  };
}

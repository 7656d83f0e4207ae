/** What a door may start, as options say it; what is left out is left out. Pure. */
export function readBounds(options: {
  runs: number | undefined;
  perHour: number | undefined;
  perVisitor: number | undefined;
  action: string[];
}) {
  const { runs, perHour, perVisitor, action } = options;
  return {
    ...(runs === undefined ? {} : { run_cap: runs }),
    ...(perHour === undefined ? {} : { runs_per_hour: perHour }),
    ...(perVisitor === undefined ? {} : { visitor_runs_per_hour: perVisitor }),
    ...(action.length === 0 ? {} : { actions: action }),
  };
}

/**
 * V8's settings for the agent. Most agents live for one command: what V8 compiles for a longer life costs them a seventh of
 * their processor time and never pays. What runs two thousand times is still optimised. A snapshot must be taken with the
 * settings that it is started with, or its compiled code is refused and everything is compiled again.
 */
export const engineFlags: readonly string[] = [
  "--no-sparkplug",
  "--minimum-invocations-before-optimization=2000",
];

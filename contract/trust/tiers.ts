import * as z from "zod";

/** How far a worker is trusted: 1 looks, 2 works, 3 also deletes and calls other workers, 4 asks a person each time. */
export const trustTierSchema = z.int().min(1).max(4);
export type TrustTier = z.infer<typeof trustTierSchema>;

/** What a call does to the world outside its run. */
export const toolEffectSchema = z.enum(["read", "write", "delete", "invoke"]);
export type ToolEffect = z.infer<typeof toolEffectSchema>;

/** What one tier may do. `asks`: each call that is no reading waits for a person's approval. */
export interface TierRights {
  name: "observer" | "worker" | "operator" | "privileged";
  methods: readonly string[];
  effects: readonly ToolEffect[];
  asks: boolean;
  /** The largest sandbox that its scripts may have. */
  sandbox: { memory_mb: number; cpu_count: number };
}

const LOOKS = ["GET", "HEAD", "OPTIONS"] as const;
const WORKS = [...LOOKS, "POST", "PUT", "PATCH"] as const;
const ALL = [...WORKS, "DELETE"] as const;

/** The one table of what tiers may do. A tier that is not in it may do nothing. */
export const tierRights: Readonly<Record<TrustTier, TierRights>> = {
  1: {
    name: "observer",
    methods: LOOKS,
    effects: ["read"],
    asks: false,
    sandbox: { memory_mb: 512, cpu_count: 1 },
  },
  2: {
    name: "worker",
    methods: WORKS,
    effects: ["read", "write"],
    asks: false,
    sandbox: { memory_mb: 2048, cpu_count: 2 },
  },
  3: {
    name: "operator",
    methods: ALL,
    effects: ["read", "write", "delete", "invoke"],
    asks: false,
    sandbox: { memory_mb: 4096, cpu_count: 4 },
  },
  4: {
    name: "privileged",
    methods: ALL,
    effects: ["read", "write", "delete", "invoke"],
    asks: true,
    sandbox: { memory_mb: 8192, cpu_count: 8 },
  },
};

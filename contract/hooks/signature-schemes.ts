/** Signature schemes that need nothing but their name; worker.yml takes these. */
export const plainSchemes = ["standard", "github", "stripe", "slack", "shopify", "floom"] as const;

import { limits } from "#contract/limits";

const MINUTE_SECONDS = 60;
const seldom = { window: MINUTE_SECONDS, max: limits.sign_in_rate.value };

/** How often one address may ask: seldom where a guess could be right, or where a mail is sent. */
export const rateRules = {
  window: MINUTE_SECONDS,
  max: limits.session_rate.value,
  customRules: {
    "/sign-in/*": seldom,
    "/sign-up/*": seldom,
    "/request-password-reset": seldom,
    "/reset-password": seldom,
    "/send-verification-email": seldom,
    "/verify-email": seldom,
    "/magic-link/verify": seldom,
    "/change-password": seldom,
    "/passkey/verify-authentication": seldom,
  },
};

const SELDOM = Object.keys(rateRules.customRules).map((path) => path.replace("/*", "/"));

/** Whether a guess could be right there, or a mail is sent; `path` is what comes after /api/auth. Pure. */
export function isSeldomPath(path: string): boolean {
  return SELDOM.some(
    (seldomPath) => path === seldomPath || (seldomPath.endsWith("/") && path.startsWith(seldomPath)),
  );
}

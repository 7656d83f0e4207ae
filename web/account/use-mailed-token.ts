import { useState } from "react";

/** The token that a mailed link brings behind `#link=`; it is taken out of the address and the history at once. */
export function useMailedToken(): string {
  const [token] = useState(() => {
    const found = new URLSearchParams(window.location.hash.slice(1)).get("link") ?? "";
    if (found !== "") window.history.replaceState(null, "", window.location.pathname);
    return found;
  });
  return token;
}

import { useEffect, useState } from "react";

/**
 * The token that a mailed link brings behind `#link=`; it is taken out of the address and the history at once. Not while
 * the page is being made: what is made may be thrown away and made again, which would find the address without it.
 */
export function useMailedToken(): string {
  const [token] = useState(() => new URLSearchParams(window.location.hash.slice(1)).get("link") ?? "");
  useEffect(() => {
    if (token !== "") window.history.replaceState(null, "", window.location.pathname);
  }, [token]);
  return token;
}

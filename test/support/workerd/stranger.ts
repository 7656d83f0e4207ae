/** A workspace that is nobody's who asks, in every test the same. */
export const strangerWorkspace = "wsp_11111111111111111111111111";

/** A file of the project as text, for tests that read what it says of itself. */
declare module "*?raw" {
  const text: string;
  export default text;
}

declare module "*.css" {
  const text: string;
  export default text;
}

/** A program of a page of its own, built of the module and all that it imports. */
declare module "program:*" {
  const text: string;
  export default text;
}

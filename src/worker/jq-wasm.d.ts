/** The package publishes no types for its build. */
declare module "jq-wasm/dist/build/jq.js" {
  const factory: unknown;
  export default factory;
}

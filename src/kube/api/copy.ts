export { copyValue } from "../../base/copy-value.ts";

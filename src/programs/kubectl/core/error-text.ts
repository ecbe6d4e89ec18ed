import { ConfigError, ContextNotFoundError, InvalidConfigError } from "../../../kube/client/rest-config.ts";
import { ConnectionError, StatusError } from "../../../kube/client/status-error.ts";
import { FsError, goFsError } from "../../../vfs/file-system.ts";
import { CommandError, ManyErrors, PlainError } from "./failure.ts";

/** What kubectl writes to stderr about a failure, and its exit code (mirrors kubectl/pkg/cmd/util checkErr). */
export interface ErrorReport {
  readonly text: string;
  readonly exitCode: number;
}

/** The report of an expected failure; undefined for a defect of ours, which must not be hidden. */
export function reportError(error: unknown): ErrorReport | undefined {
  if (error instanceof ManyErrors) return reportMany(error.errors);
  const line = standardText(error) ?? plainText(error);
  if (line === undefined) return undefined;
  return { text: line === "" || line.endsWith("\n") ? line : `${line}\n`, exitCode: exitCodeOf(error) };
}

function reportMany(errors: readonly unknown[]): ErrorReport | undefined {
  const reports = errors.map((error) =>
    // Among several a failure stands without `error: ` (cmdutil.MultipleErrors).
    error instanceof CommandError ? { text: `${error.message}\n`, exitCode: 1 } : reportError(error),
  );
  if (reports.some((report) => report === undefined)) return undefined;
  return { text: reports.map((report) => report?.text ?? "").join(""), exitCode: 1 };
}

function exitCodeOf(error: unknown): number {
  return error instanceof CommandError ? error.exitCode : 1;
}

/** Texts for errors of the server and of the way to it. */
function standardText(error: unknown): string | undefined {
  if (error instanceof StatusError) return statusText(error);
  if (error instanceof ConnectionError) return connectionText(error);
  if (error instanceof ConfigError) return configText(error);
  return undefined;
}

function plainText(error: unknown): string | undefined {
  if (error instanceof PlainError) return error.message;
  if (error instanceof CommandError) return `error: ${error.message}`;
  if (error instanceof FsError) return `error: ${goFsError("open", error)}`;
  return undefined;
}

function statusText(error: StatusError): string {
  if (error.reason === "Invalid") return invalidText(error);
  if (error.reason === "Unauthorized") return `error: You must be logged in to the server (${unauthorizedText(error)})`;
  return error.reason === ""
    ? `Error from server: ${error.message}`
    : `Error from server (${error.reason}): ${error.message}`;
}

function unauthorizedText(error: StatusError): string {
  return error.message === "" ? "Unauthorized" : error.message;
}

function invalidText(error: StatusError): string {
  const details = error.status.details;
  const kind = details?.kind ?? "";
  const name = details?.name ?? "";
  let text = "The request is invalid";
  if (kind !== "" || name !== "") text = `The ${kind} "${name}" is invalid`;
  if (details === undefined || (kind === "" && name === "" && error.causes.length === 0)) text += `: ${error.message}`;
  if (error.causes.length === 0) return text;
  const causes = [...new Set(error.causes.map((cause) => causeText(cause.field ?? "", cause.message ?? "")))];
  if (causes.length === 1) return `${text}: ${causes[0]}\n`;
  return `${text}: \n${causes.map((cause) => `* ${cause}\n`).join("")}`;
}

function causeText(field: string, message: string): string {
  return field === "" ? message : `${field}: ${message}`;
}

function connectionText(error: ConnectionError): string {
  if (error.previous !== undefined) return error.message;
  const host = /^[a-z]+:\/\/([^/]+)/.exec(error.url)?.[1] ?? "";
  if (error.failure === "refused") {
    return `The connection to the server ${host} was refused - did you specify the right host or port?`;
  }
  return `Unable to connect to the server: ${error.cause}`;
}

/** Several problems are listed; a single one stands alone, whatever it is about (checkErr unwraps it). */
function configText(error: ConfigError): string {
  if (error instanceof ContextNotFoundError) return `Error in configuration: ${error.message}`;
  if (!(error instanceof InvalidConfigError)) return `error: ${error.message}`;
  const { problems } = error;
  if (problems.length === 1) return `error: ${problems[0]}`;
  return `Error in configuration: \n${problems.map((one) => `* ${one}`).join("\n")}`;
}

/** A failure's own words without any prefix, for messages that quote it. */
export function bareText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Adds what was being done to a failure (cmdutil.AddSourceToErr): `error when creating "f.yaml": …`. */
export function withSource(verb: string, source: string, error: unknown): unknown {
  if (source === "") return error;
  const prefix = `error when ${verb} "${source}": `;
  if (error instanceof StatusError) {
    return new StatusError({ ...error.status, message: prefix + error.message });
  }
  if (error instanceof CommandError) return new CommandError(prefix + error.message, error.exitCode);
  return error;
}

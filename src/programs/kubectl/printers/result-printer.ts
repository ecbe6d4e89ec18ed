import { goQuote } from "../../../base/go-quote.ts";
import type { Task } from "../../../sim/task.ts";
import { CommandError } from "../core/failure.ts";
import type { Fields } from "../core/fields.ts";
import type { Kubectl } from "../core/kubectl.ts";
import { names, type ObjectPrinter, objectPrinter } from "./object-printer.ts";
import { OBJECT_FORMATS, outputFormat } from "./output-format.ts";

/** How a command that changes objects is to be run. */
export type DryRun = "none" | "client" | "server";

/** Reads --dry-run; a bare or boolean one is an old form that warns. */
export function* dryRunOf(kubectl: Kubectl): Task<DryRun> {
  const given = kubectl.flag("dry-run") === "" ? "none" : kubectl.flag("dry-run");
  if (given === "none" || given === "client" || given === "server") return given;
  if (given === "unchanged") {
    yield* kubectl.err(
      kubectl.log("W", "helpers.go:719", "--dry-run is deprecated and can be replaced with --dry-run=client."),
    );
    return "client";
  }
  if (/^(true|false|1|0|t|f|T|F|TRUE|FALSE|True|False)$/.test(given)) {
    const on = /^(true|1|t|T|TRUE|True)$/.test(given);
    const instead = on ? "client" : "none";
    yield* kubectl.err(
      kubectl.log(
        "W",
        "helpers.go:703",
        `--dry-run=${given} is deprecated (boolean value) and can be replaced with --dry-run=${instead}.`,
      ),
    );
    return instead;
  }
  throw new CommandError(`Invalid dry-run value (${given}). Must be "none", "server", or "client".`);
}

/** Prints what became of objects: `deployment.apps/web created`, or the object in the format of -o. */
export class ResultPrinter {
  private readonly printer: ObjectPrinter | undefined;
  private readonly suffix: string;
  private readonly kubectl: Kubectl;

  constructor(kubectl: Kubectl, dryRun: DryRun = "none") {
    this.kubectl = kubectl;
    const output = outputFormat(kubectl, OBJECT_FORMATS);
    this.suffix = dryRun === "none" ? "" : dryRun === "client" ? " (dry run)" : " (server dry run)";
    this.printer = objectPrinter(kubectl, output);
  }

  /** Whether -o asks for the object itself. */
  get printsObjects(): boolean {
    return this.printer !== undefined;
  }

  *print(object: Fields, operation: string, typed = false): Task<void> {
    if (this.printer !== undefined) yield* this.kubectl.out(this.printer.print(object, typed));
    else yield* this.kubectl.out(names(object, operation + this.suffix));
  }
}

/** Query parameters of a write. */
export function writeQuery(kubectl: Kubectl, dryRun: DryRun): Record<string, string> {
  const query: Record<string, string> = {};
  const manager = kubectl.flag("field-manager");
  if (manager !== "") query["fieldManager"] = manager;
  if (dryRun === "server") query["dryRun"] = "All";
  return query;
}

/** The `fieldValidation` parameter from --validate. */
export function fieldValidation(kubectl: Kubectl): "Strict" | "Warn" | "Ignore" {
  const given = kubectl.flag("validate");
  if (given === "" || given === "true" || given === "strict") return "Strict";
  if (given === "warn") return "Warn";
  if (given === "false" || given === "ignore") return "Ignore";
  throw new CommandError(
    `invalid - validate option ${goQuote(given)}; must be one of: strict (or true), warn, ignore (or false)`,
  );
}

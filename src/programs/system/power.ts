import { strftime } from "../../base/calendar.ts";
import { writeText } from "../../machine/file-descriptor.ts";
import type { Process, Program } from "../../machine/process.ts";
import type { PowerRequest, SystemdManager } from "../../machine/systemd/manager.ts";
import { sleep, type Task } from "../../sim/task.ts";
import { fail } from "./options.ts";

/** Asks the machine to go down; in a container there is nobody to ask. */
export function* requestPower(process: Process, what: PowerRequest): Task<number> {
  const manager = process.machine.service<SystemdManager>("systemd");
  if (manager === undefined)
    return yield* fail(
      process,
      "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down",
    );
  if (process.user.uid !== 0) return yield* fail(process, `Call to ${verb(what)} failed: Access denied`);
  manager.power(what);
  return 0;
}

function verb(what: PowerRequest): string {
  return what === "reboot" ? "Reboot" : what === "halt" ? "Halt" : "PowerOff";
}

/** reboot: the machine goes down in order and comes up again. */
export const reboot: Program = function* (process) {
  return yield* requestPower(process, "reboot");
};

/** poweroff: the machine goes down in order and stays off. */
export const poweroff: Program = function* (process) {
  return yield* requestPower(process, "poweroff");
};

/** halt: as poweroff; the machine here has no halted state of its own. */
export const halt: Program = function* (process) {
  return yield* requestPower(process, "halt");
};

/** shutdown: now, or in some minutes while this command waits. */
export const shutdown: Program = function* (process) {
  const args = process.argv.slice(1);
  const what: PowerRequest = args.includes("-r") || args.includes("--reboot") ? "reboot" : "poweroff";
  if (args.includes("-c")) return 0;
  const when = args.find((arg) => !arg.startsWith("-")) ?? "+1";
  const minutes = when === "now" ? 0 : Number(/^\+?(\d+)$/.exec(when)?.[1] ?? Number.NaN);
  if (Number.isNaN(minutes)) return yield* fail(process, `Failed to parse time specification: ${when}`);
  if (minutes > 0) {
    const at = strftime("%F %T", process.clock.now + minutes * 60_000);
    yield* writeText(process.stderr, `Shutdown scheduled for ${at} UTC, waiting here; use Ctrl-C to cancel.\n`);
    yield* sleep(process.clock, minutes * 60_000);
  }
  return yield* requestPower(process, what);
};

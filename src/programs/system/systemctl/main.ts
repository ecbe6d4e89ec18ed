import type { GivenOptions } from "../../../base/getopt.ts";
import { writeText } from "../../../machine/file-descriptor.ts";
import type { Process, Program } from "../../../machine/process.ts";
import type { SystemdManager } from "../../../machine/systemd/manager.ts";
import type { Service } from "../../../machine/systemd/service.ts";
import { unitName } from "../../../machine/systemd/unit.ts";
import type { Task } from "../../../sim/task.ts";
import { FsError } from "../../../vfs/file-system.ts";
import { fail, readOptions } from "../options.ts";
import { requestPower } from "../power.ts";
import { listUnitFiles, listUnits } from "./lists.ts";
import { showService } from "./show.ts";
import { statusOf } from "./status.ts";

const OPTIONS = [
  { short: "a", long: "all", help: "show units in all states" },
  { short: "l", long: "full", help: "don't shorten names" },
  { long: "no-pager", help: "do not pipe output into a pager" },
  { long: "no-legend", help: "do not print headers and hints" },
  { long: "plain" },
  { short: "q", long: "quiet", help: "suppress output" },
  { long: "now", help: "start or stop the unit as well" },
  { short: "n", long: "lines", value: "required" as const, help: "number of journal lines to show" },
  { short: "t", long: "type", value: "required" as const, help: "list units of a type" },
  { long: "state", value: "required" as const, help: "list units in a state" },
  { long: "failed", help: "list failed units" },
  { short: "p", long: "property", value: "required" as const, help: "show only a property" },
  { long: "value", help: "show only values" },
  { short: "f", long: "force" },
  { short: "s", long: "signal", value: "required" as const },
];

interface Call {
  readonly process: Process;
  readonly manager: SystemdManager;
  readonly options: GivenOptions;
  readonly names: readonly string[];
}

/** systemctl: services of the host. */
export const systemctl: Program = function* (process) {
  const { options, operands } = yield* readOptions(process, {
    name: "systemctl",
    usage: "[OPTIONS...] COMMAND ...",
    options: OPTIONS,
  });
  const manager = process.machine.service<SystemdManager>("systemd");
  if (manager === undefined)
    return yield* fail(
      process,
      "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down",
    );
  const verb = operands[0] ?? "list-units";
  const run = VERBS[verb];
  if (run === undefined) return yield* fail(process, `Unknown command verb ${verb}.`);
  return yield* run({ process, manager, options, names: operands.slice(1) });
};

const VERBS: Readonly<Record<string, (call: Call) => Task<number>>> = {
  status: runStatus,
  start: (call) => change(call, "start", (service) => service.start()),
  stop: (call) => change(call, "stop", stopService),
  restart: (call) => change(call, "restart", restartService),
  reload: (call) => reload(call),
  "try-restart": (call) => change(call, "restart", tryRestart),
  "reload-or-restart": (call) => change(call, "restart", restartService),
  enable: (call) => enable(call),
  disable: (call) => disable(call),
  "is-active": (call) =>
    ask(
      call,
      (service) => service?.state ?? "inactive",
      (state) => state === "active",
    ),
  "is-failed": (call) =>
    ask(
      call,
      (service) => service?.state ?? "inactive",
      (state) => state === "failed",
    ),
  "is-enabled": (call) => isEnabled(call),
  "daemon-reload": (call) => daemonReload(call),
  "list-units": (call) => print(call, listUnits(call.manager, call.options)),
  "list-unit-files": (call) => print(call, listUnitFiles(call.manager, call.options)),
  cat: (call) => catUnits(call),
  show: (call) => show(call),
  kill: (call) => change(call, "kill", killService(call.options.value("signal") ?? "SIGTERM")),
  "reset-failed": (call) => resetFailed(call),
  reboot: (call) => requestPower(call.process, "reboot"),
  poweroff: (call) => requestPower(call.process, "poweroff"),
  halt: (call) => requestPower(call.process, "halt"),
  edit: (call) => refuse(call, "systemctl edit; write a file into /etc/systemd/system/NAME.service.d/ instead"),
  mask: (call) => mask(call),
  unmask: (call) => unmask(call),
};

function* refuse(call: Call, what: string): Task<number> {
  return yield* fail(call.process, `not simulated in this sandbox: ${what}`);
}

function* print(call: Call, text: string): Task<number> {
  yield* writeText(call.process.stdout, text);
  return 0;
}

function* runStatus(call: Call): Task<number> {
  const { process, manager, names, options } = call;
  if (names.length === 0) return yield* print(call, hostStatus(call));
  const lines = Number(options.value("lines") ?? 10);
  let code = 0;
  for (const [at, name] of names.entries()) {
    const service = manager.unit(name);
    if (service === undefined) {
      yield* writeText(process.stderr, `Unit ${unitName(name)} could not be found.\n`);
      code = 4;
      continue;
    }
    if (manager.needsReload(service)) yield* warnReload(process, service);
    yield* writeText(process.stdout, `${at > 0 ? "\n" : ""}${statusOf(process, manager, service, lines)}`);
    if (service.state !== "active" && service.state !== "activating") code = Math.max(code, 3);
    if (service.state === "activating") code = Math.max(code, 3);
  }
  return code;
}

function hostStatus({ process, manager }: Call): string {
  const failed = manager.loaded().filter((service) => service.state === "failed").length;
  return `● ${process.hostname}\n    State: ${failed > 0 ? "degraded" : "running"}\n    Units: ${manager.loaded().length} loaded (incl. loaded aliases)\n     Jobs: 0 queued\n   Failed: ${failed} units\n`;
}

function* warnReload(process: Process, service: Service): Task<void> {
  yield* writeText(
    process.stderr,
    `Warning: The unit file, source configuration file or drop-ins of ${service.name} changed on disk. Run 'systemctl daemon-reload' to reload units.\n`,
  );
}

function* change(call: Call, verb: string, act: (service: Service) => Task<boolean>): Task<number> {
  const { process, manager, names, options } = call;
  if (names.length === 0) return yield* fail(process, "Too few arguments.");
  let code = 0;
  for (const name of names) {
    if (process.user.uid !== 0) return yield* fail(process, `Failed to ${verb} ${unitName(name)}: Access denied`, 4);
    const service = manager.unit(name);
    if (service === undefined) {
      yield* writeText(
        process.stderr,
        `Failed to ${verb} ${unitName(name)}: Unit ${unitName(name)} not ${verb === "stop" ? "loaded" : "found"}.\n`,
      );
      code = 5;
      continue;
    }
    if (manager.isMasked(name) && STARTING.has(verb)) {
      yield* writeText(process.stderr, `Failed to ${verb} ${service.name}: Unit ${service.name} is masked.\n`);
      code = 1;
      continue;
    }
    if (manager.needsReload(service)) yield* warnReload(process, service);
    if (yield* act(service)) continue;
    code = 1;
    if (!options.has("quiet")) yield* writeText(process.stderr, jobFailed(service));
  }
  return code;
}

const MASKS = "/etc/systemd/system";
const STARTING = new Set(["start", "restart"]);

function jobFailed(service: Service): string {
  const why =
    service.result === "exit-code" || service.result === "start-limit-hit"
      ? "the control process exited with error code"
      : "of unavailable resources or another system error";
  return `Job for ${service.name} failed because ${why}.\nSee "systemctl status ${service.name}" and "journalctl -xeu ${service.name}" for details.\n`;
}

function* stopService(service: Service): Task<boolean> {
  yield* service.stop();
  return true;
}

function* restartService(service: Service): Task<boolean> {
  if (service.state !== "inactive" && service.state !== "failed") yield* service.stop();
  return yield* service.start();
}

function* tryRestart(service: Service): Task<boolean> {
  return service.state === "active" ? yield* restartService(service) : true;
}

function killService(signal: string): (service: Service) => Task<boolean> {
  return function* (service) {
    const name = signal.startsWith("SIG") ? signal : `SIG${signal}`;
    if (name === "SIGKILL" || name === "SIGTERM" || name === "SIGHUP" || name === "SIGINT") service.main?.signal(name);
    return true;
  };
}

function* reload(call: Call): Task<number> {
  const [name = ""] = call.names;
  return yield* fail(
    call.process,
    `Failed to reload ${unitName(name)}: Job type reload is not applicable for unit ${unitName(name)}.`,
  );
}

function* mask(call: Call): Task<number> {
  const { process, manager, names, options } = call;
  for (const name of names) {
    try {
      if (manager.unit(name) === undefined)
        yield* writeText(process.stderr, `Unit ${unitName(name)} does not exist, proceeding anyway.\n`);
      const link = manager.mask(name);
      if (link !== undefined) yield* writeText(process.stderr, `Created symlink ${link} → /dev/null.\n`);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const why = error.code === "EEXIST" ? `File '${error.path}' already exists.` : error.message;
      return yield* fail(process, `Failed to mask unit: ${why}`);
    }
  }
  return options.has("now") ? yield* change(call, "stop", stopService) : 0;
}

function* unmask(call: Call): Task<number> {
  for (const name of call.names) {
    const link = call.manager.unmask(name);
    if (link !== undefined) yield* writeText(call.process.stderr, `Removed "${link}".\n`);
  }
  return 0;
}

function* enable(call: Call): Task<number> {
  const { process, manager, names, options } = call;
  for (const name of names) {
    if (manager.isMasked(name))
      return yield* fail(process, `Failed to enable unit: Unit file ${MASKS}/${unitName(name)} is masked.`);
    const service = manager.unit(name);
    if (service === undefined)
      return yield* fail(process, `Failed to enable unit: Unit file ${unitName(name)} does not exist.`);
    if (service.definition.wantedBy.length === 0) {
      yield* writeText(
        process.stderr,
        `The unit files have no installation config (WantedBy=, RequiredBy=, Also=, Alias= settings in the [Install] section).\n`,
      );
      continue;
    }
    const made = manager.enable(service);
    if (made !== undefined) yield* writeText(process.stderr, `Created symlink ${made.link} → ${made.target}.\n`);
  }
  return options.has("now") ? yield* change(call, "start", (service) => service.start()) : 0;
}

function* disable(call: Call): Task<number> {
  const { process, manager, names, options } = call;
  for (const name of names) {
    if (manager.unit(name) === undefined)
      return yield* fail(process, `Failed to disable unit: Unit file ${unitName(name)} does not exist.`);
    const link = manager.disable(name);
    if (link !== undefined) yield* writeText(process.stderr, `Removed "${link}".\n`);
  }
  return options.has("now") ? yield* change(call, "stop", stopService) : 0;
}

function* ask(
  call: Call,
  state: (service: Service | undefined) => string,
  good: (state: string) => boolean,
): Task<number> {
  let code = 3;
  for (const name of call.names) {
    const answer = state(call.manager.unit(name));
    if (good(answer)) code = 0;
    if (!call.options.has("quiet")) yield* writeText(call.process.stdout, `${answer}\n`);
  }
  return code;
}

function* isEnabled(call: Call): Task<number> {
  let code = 1;
  for (const name of call.names) {
    const service = call.manager.unit(name);
    if (service === undefined)
      return yield* fail(
        call.process,
        `Failed to get unit file state for ${unitName(name)}: No such file or directory`,
      );
    const masked = call.manager.isMasked(name);
    const enabled = !masked && call.manager.isEnabled(name);
    if (enabled) code = 0;
    const word = masked
      ? "masked"
      : enabled
        ? "enabled"
        : service.definition.wantedBy.length === 0
          ? "static"
          : "disabled";
    if (word === "static") code = 0;
    if (!call.options.has("quiet")) yield* writeText(call.process.stdout, `${word}\n`);
  }
  return code;
}

function* daemonReload(call: Call): Task<number> {
  call.manager.daemonReload();
  return 0;
}

function* resetFailed(call: Call): Task<number> {
  for (const service of call.manager.loaded())
    if (service.state === "failed" && (call.names.length === 0 || call.names.map(unitName).includes(service.name)))
      service.resetFailed();
  return 0;
}

function* catUnits(call: Call): Task<number> {
  for (const name of call.names) {
    const service = call.manager.unit(name);
    if (service === undefined) return yield* fail(call.process, `No files found for ${unitName(name)}.`);
    const { source } = service.definition;
    const parts = [source.path, ...source.dropIns].map((path, at) => `# ${path}\n${source.texts[at] ?? ""}`);
    yield* writeText(call.process.stdout, parts.join("\n"));
  }
  return 0;
}

function* show(call: Call): Task<number> {
  for (const name of call.names) {
    const service = call.manager.unit(name);
    const wanted = call.options.values("property").flatMap((list) => list.split(","));
    yield* writeText(
      call.process.stdout,
      showService(call.manager, service, unitName(name), wanted, call.options.has("value")),
    );
  }
  return 0;
}

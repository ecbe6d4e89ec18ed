/** The signals that learners send, with Linux's numbers. */
export const SIGNAL_NUMBERS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGTRAP: 5,
  SIGABRT: 6,
  SIGBUS: 7,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGSTKFLT: 16,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGURG: 23,
  SIGXCPU: 24,
  SIGXFSZ: 25,
  SIGVTALRM: 26,
  SIGPROF: 27,
  SIGWINCH: 28,
  SIGIO: 29,
  SIGPWR: 30,
  SIGSYS: 31,
} as const;

export type Signal = keyof typeof SIGNAL_NUMBERS;

/** Text that a shell shows for a process ended by it (strsignal). */
export const SIGNAL_TEXTS: Partial<Record<Signal, string>> = {
  SIGHUP: "Hangup",
  SIGINT: "Interrupt",
  SIGQUIT: "Quit",
  SIGILL: "Illegal instruction",
  SIGTRAP: "Trace/breakpoint trap",
  SIGABRT: "Aborted",
  SIGBUS: "Bus error",
  SIGFPE: "Floating point exception",
  SIGKILL: "Killed",
  SIGUSR1: "User defined signal 1",
  SIGSEGV: "Segmentation fault",
  SIGUSR2: "User defined signal 2",
  SIGPIPE: "Broken pipe",
  SIGALRM: "Alarm clock",
  SIGTERM: "Terminated",
  SIGSTOP: "Stopped (signal)",
  SIGTSTP: "Stopped",
  SIGTTIN: "Stopped (tty input)",
  SIGTTOU: "Stopped (tty output)",
};

/** What a signal does to a process that has not said otherwise. */
export function defaultAction(signal: Signal): "end" | "ignore" | "stop" | "continue" {
  switch (signal) {
    case "SIGCHLD":
    case "SIGURG":
    case "SIGWINCH":
      return "ignore";
    case "SIGSTOP":
    case "SIGTSTP":
    case "SIGTTIN":
    case "SIGTTOU":
      return "stop";
    case "SIGCONT":
      return "continue";
    default:
      return "end";
  }
}

/** The signal by number, by name, with or without `SIG`, in any case; undefined when there is none. */
export function signalOf(name: string): Signal | undefined {
  if (/^\d+$/.test(name)) {
    const number = Number(name);
    for (const signal of Object.keys(SIGNAL_NUMBERS) as Signal[]) if (SIGNAL_NUMBERS[signal] === number) return signal;
    return undefined;
  }
  const upper = name.toUpperCase();
  const full = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  return full in SIGNAL_NUMBERS ? (full as Signal) : undefined;
}

/** Thrown inside a program to end it as a signal would. */
export class KilledBySignal extends Error {
  readonly signal: Signal;

  constructor(signal: Signal) {
    super(`killed by ${signal}`);
    this.signal = signal;
  }
}

/** Thrown to leave a program from anywhere with an exit code. */
export class ExitProgram extends Error {
  readonly code: number;

  constructor(code: number) {
    super(`exit ${code}`);
    this.code = code;
  }
}

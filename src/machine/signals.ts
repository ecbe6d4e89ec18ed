/** The signals that learners send, with Linux's numbers. */
export const SIGNAL_NUMBERS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGSEGV: 11,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGALRM: 14,
  SIGTERM: 15,
  SIGCHLD: 17,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
  SIGTTIN: 21,
  SIGTTOU: 22,
  SIGWINCH: 28,
} as const;

export type Signal = keyof typeof SIGNAL_NUMBERS;

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

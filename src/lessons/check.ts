/**
 * What can be asked of a world. Each kind sees what any client, shell or reader of the terminal could see; none looks at
 * what the learner typed.
 */
export type Condition =
  | KeyCondition
  | ObjectCondition
  | FileCondition
  | RunCondition
  | RanCondition
  | ShownCondition
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition };

/** What is asked of a text that was found. All that is given must hold; nothing given: it must be there. */
export interface TextTest {
  readonly equals?: string;
  readonly contains?: string;
  /** A regular expression (see `pattern.ts`). */
  readonly matches?: string;
  /** The text as a number is at least this. */
  readonly atLeast?: number;
  readonly absent?: boolean;
}

/** A key of etcd, as an etcd client sees it. With `prefix` the number of keys is what is tested. */
export interface KeyCondition {
  readonly kind: "key";
  readonly key: string;
  readonly prefix: boolean;
  readonly test: TextTest;
}

/** An object as the API server gives it: `kubectl get` with these words, and a JSONPath into it. */
export interface ObjectCondition {
  readonly kind: "object";
  /** For example `pod/nginx-demo -n default`. */
  readonly get: string;
  readonly path: string | undefined;
  readonly test: TextTest;
}

/** A file on a host's disk. */
export interface FileCondition {
  readonly kind: "file";
  readonly path: string;
  readonly host: string | undefined;
  readonly test: TextTest;
}

/** A command that the checker itself runs, out of the learner's sight, as root; etcdctl finds its certificates. */
export interface RunCondition {
  readonly kind: "run";
  readonly command: string;
  readonly host: string | undefined;
  readonly exit: number;
  readonly prints: string | undefined;
}

/** A program that ended in one of the learner's terminals since the step began. */
export interface RanCondition {
  readonly kind: "ran";
  readonly program: string;
  /** Words that stand among its arguments. */
  readonly args: readonly string[];
  /** Undefined: any exit code. */
  readonly exit: number | undefined;
  /** Where: on a host itself or in a container; undefined: anywhere. */
  readonly where: "host" | "container" | undefined;
}

/** Lines that a terminal has shown since the step began, prompts and what was typed at them left out. */
export interface ShownCondition {
  readonly kind: "shown";
  /** A regular expression. */
  readonly matches: string;
  /** Only lines count that were shown after this key came to be so; undefined: all since the step began. */
  readonly since: KeyCondition | undefined;
}

/** A condition with what is said to a learner. */
export interface Check {
  readonly id: string;
  readonly line: number;
  readonly condition: Condition;
  /** When it holds. */
  readonly say: string;
  /** When it does not: what is wrong, not how to mend it. */
  readonly tell: string;
  /** It must come to hold so soon after the last end of `after`, in the world's time. */
  readonly within: { readonly ms: number; readonly after: RanCondition; readonly late: string } | undefined;
}

/** How a check came out; the shape of Exercism's test results. */
export interface CheckResult {
  readonly id: string;
  /** `error`: it could not be looked at, for instance because etcd does not answer. */
  readonly status: "pass" | "fail" | "error";
  readonly message: string;
}

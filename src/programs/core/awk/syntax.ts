/** Expressions of awk. */
export type Expression =
  | { readonly type: "number"; readonly value: number }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "regex"; readonly source: string }
  | LValue
  | { readonly type: "assign"; readonly operator: string; readonly target: LValue; readonly value: Expression }
  | { readonly type: "conditional"; readonly test: Expression; readonly yes: Expression; readonly no: Expression }
  | { readonly type: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly type: "match"; readonly negated: boolean; readonly left: Expression; readonly right: Expression }
  | { readonly type: "in"; readonly keys: readonly Expression[]; readonly array: string }
  | { readonly type: "unary"; readonly operator: string; readonly operand: Expression }
  | { readonly type: "step"; readonly operator: "++" | "--"; readonly prefix: boolean; readonly target: LValue }
  | { readonly type: "call"; readonly name: string; readonly args: readonly Expression[] }
  | { readonly type: "builtin"; readonly name: string; readonly args: readonly Expression[] }
  | {
      readonly type: "getline";
      readonly from: "input" | "file" | "command";
      readonly source: Expression | undefined;
      readonly target: LValue | undefined;
    }
  | { readonly type: "group"; readonly items: readonly Expression[] };

export type LValue =
  | { readonly type: "variable"; readonly name: string }
  | { readonly type: "field"; readonly index: Expression }
  | { readonly type: "element"; readonly array: string; readonly keys: readonly Expression[] };

export interface Output {
  readonly kind: ">" | ">>" | "|";
  readonly to: Expression;
}

export type Statement =
  | { readonly type: "block"; readonly body: readonly Statement[] }
  | { readonly type: "expression"; readonly value: Expression }
  | { readonly type: "print"; readonly args: readonly Expression[]; readonly output: Output | undefined }
  | { readonly type: "printf"; readonly args: readonly Expression[]; readonly output: Output | undefined }
  | { readonly type: "if"; readonly test: Expression; readonly yes: Statement; readonly no: Statement | undefined }
  | { readonly type: "while"; readonly test: Expression; readonly body: Statement }
  | { readonly type: "do"; readonly test: Expression; readonly body: Statement }
  | {
      readonly type: "for";
      readonly first: Statement | undefined;
      readonly test: Expression | undefined;
      readonly step: Statement | undefined;
      readonly body: Statement;
    }
  | { readonly type: "for-in"; readonly variable: string; readonly array: string; readonly body: Statement }
  | { readonly type: "break" | "continue" | "next" }
  | { readonly type: "exit" | "return"; readonly value: Expression | undefined }
  | { readonly type: "delete"; readonly array: string; readonly keys: readonly Expression[] | undefined };

export type Pattern =
  | { readonly type: "always" | "begin" | "end" }
  | { readonly type: "when"; readonly test: Expression }
  | { readonly type: "range"; readonly from: Expression; readonly to: Expression };

export interface Rule {
  readonly pattern: Pattern;
  /** Undefined: print the line. */
  readonly action: Statement | undefined;
}

export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}

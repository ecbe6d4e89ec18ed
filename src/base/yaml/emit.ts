import { isRecord } from "../record.ts";
import { compareKeys } from "./key-order.ts";
import { looksTyped } from "./scalar.ts";
import { analyse, blockHints, doubleQuoted, goFloat, type ScalarFacts } from "./scalar-text.ts";

/** Column after which plain and quoted scalars are folded at a space. */
const BEST_WIDTH = 80;
const INDENT = 2;
/** Keys longer than this are written as `? key`. */
const SIMPLE_KEY_MAX = 128;

/**
 * YAML as kubectl prints it: keys sorted, sequences in mappings not indented, quotes only where Go's encoder puts them.
 * Undefined members are left out. Ends with a newline.
 */
export function emitYaml(value: unknown): string {
  const emitter = new Emitter();
  emitter.node(value, 0, false);
  return emitter.finish();
}

/** One document being written; `column` is counted in code points, as folding needs it. */
class Emitter {
  private readonly parts: string[] = [];
  private column = 0;

  finish(): string {
    const text = this.parts.join("");
    return text.endsWith("\n") ? text : `${text}\n`;
  }

  /** Writes a node whose first line begins at the current column; later lines are indented by `indent`. */
  node(value: unknown, indent: number, inMapping: boolean): void {
    if (Array.isArray(value)) this.sequence(value, indent, inMapping);
    else if (isRecord(value)) this.mapping(value, indent, inMapping);
    else {
      if (inMapping) this.write(" ");
      this.scalar(value, indent + (indent === 0 && this.column === 0 ? 0 : INDENT));
    }
  }

  private mapping(value: Readonly<Record<string, unknown>>, indent: number, inMapping: boolean): void {
    const keys = Object.keys(value).filter((key) => value[key] !== undefined);
    if (keys.length === 0) {
      this.write(inMapping ? " {}" : "{}");
      return;
    }
    keys.sort(compareKeys);
    const own = inMapping ? indent + INDENT : indent;
    keys.forEach((key, index) => {
      if (inMapping || index > 0) this.newLine(own);
      this.key(key, own);
      this.node(value[key], own, true);
    });
  }

  private sequence(items: readonly unknown[], indent: number, inMapping: boolean): void {
    if (items.length === 0) {
      this.write(inMapping ? " []" : "[]");
      return;
    }
    items.forEach((item, index) => {
      if (inMapping || index > 0) this.newLine(indent);
      this.write("- ");
      if (Array.isArray(item) || isRecord(item)) this.node(item, indent + INDENT, false);
      else this.scalar(item, indent + INDENT);
    });
  }

  private key(key: string, indent: number): void {
    const facts = analyse(key);
    if (facts.multiline || facts.length > SIMPLE_KEY_MAX) {
      this.write("? ");
      this.scalar(key, indent + INDENT);
      this.newLine(indent);
    } else if (looksTyped(key)) this.write(doubleQuoted(key));
    else if (facts.plainAllowed) this.write(key);
    else this.write(facts.singleAllowed ? singleQuoted(key) : doubleQuoted(key));
    this.write(":");
  }

  private scalar(value: unknown, indent: number): void {
    if (typeof value === "string") this.string(value, indent);
    else if (typeof value === "number") this.write(goFloat(value));
    else if (value === null || value === undefined) this.write("null");
    else this.write(String(value));
  }

  private string(value: string, indent: number): void {
    const facts = analyse(value);
    if (value.includes("\n") && facts.blockAllowed) this.literal(value, indent);
    else if (value.includes("\n") || looksTyped(value)) this.folded(doubleQuoted(value), indent, facts, true);
    else if (facts.plainAllowed) this.folded(value, indent, facts, false);
    else if (facts.singleAllowed) this.folded(singleQuoted(value), indent, facts, false);
    else this.folded(doubleQuoted(value), indent, facts, true);
  }

  private literal(value: string, indent: number): void {
    this.write(`|${blockHints(value)}`);
    const lines = value.split("\n");
    const last = lines.pop();
    for (const line of lines) this.literalLine(line, indent);
    if (last !== undefined && last !== "") this.literalLine(last, indent);
  }

  private literalLine(line: string, indent: number): void {
    if (line === "") this.parts.push("\n");
    else {
      this.newLine(indent);
      this.write(line);
    }
  }

  /** Writes `text`, breaking at single spaces once the line is long enough. */
  private folded(text: string, indent: number, facts: ScalarFacts, escaped: boolean): void {
    if (this.column + facts.length <= BEST_WIDTH || !text.includes(" ")) {
      this.write(text);
      return;
    }
    const quote = escaped || text !== facts.value;
    let afterSpace = false;
    const characters = [...text];
    const lastBreak = quote ? characters.length - 3 : characters.length - 2;
    characters.forEach((character, index) => {
      const space = character === " ";
      const inside = index > (quote ? 1 : 0) && index <= lastBreak;
      if (space && inside && !afterSpace && this.column > BEST_WIDTH && (escaped || characters[index + 1] !== " ")) {
        if (escaped) this.write(characters[index + 1] === " " ? "\\" : "");
        this.newLine(indent);
        if (escaped && characters[index + 1] === " ") this.write("\\");
      } else this.write(character);
      afterSpace = space;
    });
  }

  private newLine(indent: number): void {
    if (this.parts.length > 0) this.parts.push("\n");
    this.parts.push(" ".repeat(indent));
    this.column = indent;
  }

  private write(text: string): void {
    this.parts.push(text);
    this.column += [...text].length;
  }
}

function singleQuoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

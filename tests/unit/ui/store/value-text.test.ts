import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { printable } from "../../../../src/ui/printable.ts";
import { layOutJson, valueText } from "../../../../src/ui/store/value-text.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

describe("a value as the viewer shows it", () => {
  test("JSON is laid out; numbers, doubled names and escapes stay as they are stored", () => {
    const { kind, text } = valueText(
      bytes('{"n":12345678901234567890,"n":1.0,"e":"\\u00e9{,}","a":[],"o":{},"l":[1,2]}'),
    );
    expect(kind).toBe("json");
    expect(text).toBe(
      '{\n  "n": 12345678901234567890,\n  "n": 1.0,\n  "e": "\\u00e9{,}",\n  "a": [],\n  "o": {},\n  "l": [\n    1,\n    2\n  ]\n}',
    );
  });

  test("laying out changes nothing but blanks", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const laid = layOutJson(JSON.stringify(value));
        expect(JSON.parse(laid)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(laid).toBe(JSON.stringify(JSON.parse(JSON.stringify(value)), null, 2));
      }),
    );
  });

  test("text that is no JSON document is shown as it is", () => {
    expect(valueText(bytes("10.0.1.10"))).toEqual({ kind: "text", text: "10.0.1.10", left: 0 });
    expect(valueText(bytes("{broken"))).toEqual({ kind: "text", text: "{broken", left: 0 });
    expect(valueText(bytes(""))).toEqual({ kind: "text", text: "", left: 0 });
  });

  test("anything else is a dump of its bytes", () => {
    expect(valueText(Uint8Array.of(0x6b, 0x38, 0x73, 0, 0xff))).toEqual({
      kind: "binary",
      text: "000000  6b 38 73 00 ff                                   k8s..",
      left: 0,
    });
  });

  test("long values are cut, also within a character, and say what is missing", () => {
    const cut = valueText(bytes(`${"x".repeat(199_999)}é${"y".repeat(10)}`));
    expect([cut.kind, cut.text.length, cut.left]).toEqual(["text", 199_999, 11]);
    expect(valueText(new Uint8Array(1_000_000)).left).toBe(1_000_000 - 16_384);
  });

  test("deep nesting is no danger", () => {
    const deep = `${"[".repeat(90_000)}${"]".repeat(90_000)}`;
    expect(valueText(bytes(deep)).text.length).toBeLessThan(2 * deep.length);
  });
});

test("control characters and direction marks of names are shown, never obeyed", () => {
  expect(printable("a\x1b[2J\n\x07")).toBe("a␛[2J␊␇");
  expect(printable("x\u202ey\u2066z\u200b\ufeff\x9b")).toBe("x\ufffdy\ufffdz\ufffd\ufffd\ufffd");
  expect(printable("plain ünï <b>")).toBe("plain ünï <b>");
});

import { expect, test } from "vitest";
import { levelled, withoutAges } from "../support/kubectl-mask.ts";

const table = (...rows: string[]) => `${rows.join("\n")}\n`;

test("ages that make a column wider are masked with the blanks behind them", () => {
  const young = table("NAME   AGE   IP", "a      5s    10.0.0.1", "b      3s    10.0.0.2");
  const old = table("NAME   AGE     IP", "a      12m5s   10.0.0.1", "b      3s      10.0.0.2");
  expect(withoutAges(young)).toBe(withoutAges(old));
});

test("a blank too many is seen, behind an age and elsewhere", () => {
  const right = table("NAME   AGE   IP", "a      5s    10.0.0.1");
  expect(withoutAges(table("NAME   AGE    IP", "a      5s     10.0.0.1"))).not.toBe(withoutAges(right));
  expect(withoutAges(table("NAME    AGE   IP", "a       5s    10.0.0.1"))).not.toBe(withoutAges(right));
  expect(withoutAges(table("NAME   AGE   IP", "a      5s     10.0.0.1"))).not.toBe(withoutAges(right));
});

test("a column goes as far as lines have a cell there", () => {
  const text = "  Age   From\n  ----  ----\n  5m    kubelet\nNext:  5m\n";
  expect(withoutAges(text)).toBe("  Age    From\n  ----   ----\n  <AGE>  kubelet\nNext:  5m\n");
});

test("addresses are masked in columns and in sentences", () => {
  const short = table("IP         NODE", "10.0.0.1   n", "<none>     n", "", "see 10.0.0.1 now");
  const long = table("IP             NODE", "10.0.100.100   n", "<none>         n", "", "see 10.0.100.100 now");
  const mask = (text: string) => levelled(text, /10\.\d+\.\d+\.\d+/g, "<IP>");
  expect(mask(short)).toBe(mask(long));
  expect(mask(table("IP         NODE", "10.0.0.1    n"))).not.toBe(mask(table("IP         NODE", "10.0.0.1   n")));
});

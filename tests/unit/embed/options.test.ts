import { expect, test } from "vitest";
import { OPTIONS, problemOf } from "../../../src/embed/options.ts";

test.each([
  ["theme", "drak", 'theme="drak": it takes auto or light or dark'],
  ["theme", "dark", undefined],
  ["theme", "", undefined],
  ["run", "yes", 'run="yes": it takes 1 or 0'],
  ["run", "", undefined],
  ["panels", "keys, lesson", undefined],
  ["panels", "keys map", 'panels="keys map": it takes terminal, keys, lesson'],
  ["seed", "-1", 'seed="-1": it takes a whole number from 0 to 4294967295'],
  ["seed", "7", undefined],
  ["height", "auto", undefined],
  ["height", "30rem", 'height="30rem": it takes a whole number from 120 to 4000 or auto'],
  ["origin", "https://a.example http://localhost:8000", undefined],
  ["origin", "https://a.example/", 'origin="https://a.example/": it takes origins such as https://my.school'],
  ["cmd", "anything <b>", undefined],
  ["them", "dark", 'them="dark": there is no such option'],
  ["constructor", "x", 'constructor="x": there is no such option'],
])("%s=%j", (name, value, problem) => {
  expect(problemOf(name, value)).toBe(problem);
});

test("what holds when nothing is said may be said", () => {
  for (const [name, { usual }] of Object.entries(OPTIONS)) expect(problemOf(name, usual)).toBeUndefined();
});

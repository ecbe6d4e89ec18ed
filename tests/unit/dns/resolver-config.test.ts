import { expect, it } from "vitest";
import { candidates, readResolverConfig } from "../../../src/dns/resolver-config.ts";
import { newMachine } from "../../support/machine.ts";

const POD = "search a.svc.x svc.x x\nnameserver 10.96.0.10\noptions ndots:5 timeout:2 # or so\n";

function config(text: string) {
  return readResolverConfig(newMachine({ files: { "/etc/resolv.conf": text } }).fs);
}

it("reads servers, search list and options; without servers the host itself is asked", () => {
  expect(config(POD)).toEqual({
    servers: ["10.96.0.10"],
    search: ["a.svc.x", "svc.x", "x"],
    ndots: 5,
    timeoutMs: 2000,
    attempts: 2,
  });
  expect(config("# nothing\n")).toEqual({ servers: ["127.0.0.1"], search: [], ndots: 1, timeoutMs: 5000, attempts: 2 });
});

it("tries a name with enough dots as it is first, others last, and one with a dot at its end alone", () => {
  expect(candidates(config(POD), "web.shop")).toEqual(["web.shop.a.svc.x", "web.shop.svc.x", "web.shop.x", "web.shop"]);
  expect(candidates(config(POD), "a.b.c.d.e.f")[0]).toBe("a.b.c.d.e.f");
  expect(candidates(config(POD), "web.shop.")).toEqual(["web.shop"]);
});

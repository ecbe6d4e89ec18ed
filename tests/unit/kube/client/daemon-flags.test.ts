import { describe, expect, test } from "vitest";
import { DaemonFlags, FlagError } from "../../../../src/kube/client/daemon-flags.ts";

describe("a component's command line", () => {
  test("is read as pflag reads it: a bare bool takes no word, underscores are dashes, the last one wins", () => {
    const flags = DaemonFlags.parse("kube-scheduler", [
      "--leader-elect",
      "--kubeconfig",
      "/a",
      "--kubeconfig=/b",
      "--bind_address=::",
    ]);
    expect(flags.flag("leader-elect", false)).toBe(true);
    expect(flags.text("kubeconfig")).toBe("/b");
    expect(flags.text("bind-address")).toBe("::");
    expect(DaemonFlags.parse("kubelet", ["-v=4", "--fail-swap-on=false"]).flag("fail-swap-on", true)).toBe(false);
  });

  test.each([
    ["kube-scheduler", ["--leader-elekt=true"], "unknown flag: --leader-elekt"],
    ["kubelet", ["--pod-infra-container-image=x"], "unknown flag: --pod-infra-container-image"],
    ["kube-apiserver", ["--etcd-servers"], "flag needs an argument: --etcd-servers"],
    [
      "kube-controller-manager",
      ["--leader-elect=yes"],
      'invalid argument "yes" for "--leader-elect" flag: strconv.ParseBool: parsing "yes": invalid syntax',
    ],
    [
      "kube-apiserver",
      ["--secure-port=abc"],
      'invalid argument "abc" for "--secure-port" flag: strconv.ParseInt: parsing "abc": invalid syntax',
    ],
    ["kube-apiserver", ["x"], '"kube-apiserver" does not take any arguments, got ["x"]'],
    ["kubelet", ["x"], "unknown command x"],
  ] as const)("%s %j is refused", (component, args, text) => {
    expect(() => DaemonFlags.parse(component, args)).toThrow(new FlagError(text));
  });

  test("the API server tells only the mistake, the others their usage too", () => {
    expect(DaemonFlags.read("kube-apiserver", ["--x"])).toBe("Error: unknown flag: --x\n");
    expect(DaemonFlags.read("kube-proxy", ["--x"])).toBe("Usage:\n  kube-proxy [flags]\n\nError: unknown flag: --x\n");
  });
});

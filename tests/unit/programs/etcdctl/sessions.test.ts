import { describe, expect, test } from "vitest";
import { runEtcdScript } from "../../../support/etcd-script.ts";

/** What takes several calls, or lasts: against a real member. */
describe("etcdctl lock", () => {
  test("runs a command under the lock, passes its code on and leaves nothing behind", () => {
    const { stdout, stderr } = runEtcdScript(`
etcdctl lock l1 -- bash -c 'echo "$ETCD_LOCK_REV"; etcdctl get l1 --prefix --keys-only | head -1 | cut -c1-3; exit 7'
echo $?
etcdctl get l1 --prefix
etcdctl lease list`);
    expect(stdout).toBe("2\nl1/\n7\nfound 0 leases\n");
    expect(stderr).toBe("Error: exit status 7\n");
  });

  test("is taken in turn, and given back on a signal", () => {
    const { stdout } = runEtcdScript(`
timeout 3 etcdctl lock l > first &
sleep 1
timeout 1 etcdctl lock l > second
timeout 10 etcdctl lock l -- date +%S
wc -l < first; wc -l < second
etcdctl lease list`);
    expect(stdout).toBe("10\n2\n0\nfound 0 leases\n");
  });
});

test("etcdctl elect: the next in line leads when the leader goes", () => {
  const { stdout } = runEtcdScript(`
timeout 3 etcdctl elect e one > /dev/null &
sleep 1
timeout 5 etcdctl elect e two > /dev/null &
timeout 4 etcdctl elect -l e | grep -v /
etcdctl elect -l e proposal; echo $?`);
  expect(stdout).toBe("one\ntwo\n128\n");
});

test("etcdctl lease keep-alive renews every third of the TTL and ends with the lease", () => {
  const { stdout } = runEtcdScript(`
id=$(etcdctl lease grant 6 | cut -d' ' -f2)
(sleep 5; etcdctl lease revoke $id > /dev/null) &
etcdctl lease keep-alive $id | sed "s/$id/ID/"
etcdctl lease keep-alive --once $id; echo $?`);
  expect(stdout).toBe(`${"lease ID keepalived with TTL(6)\n".repeat(3)}lease ID expired or revoked.\n2\n`);
});

test("etcdctl make-mirror copies what is there and follows what happens", () => {
  const { stdout } = runEtcdScript(`
etcd --name m --data-dir m --listen-client-urls http://127.0.0.1:2479 --advertise-client-urls http://127.0.0.1:2479 \
  --listen-peer-urls http://127.0.0.1:2480 > m.log 2>&1 &
etcdctl put /a/1 x; etcdctl put /b/1 x
sleep 2
timeout 40 etcdctl make-mirror --prefix /a/ --dest-prefix /z/ 127.0.0.1:2479 &
sleep 1; etcdctl put /a/2 y; etcdctl del /a/1; sleep 40
etcdctl --endpoints=127.0.0.1:2479 get '' --prefix`);
  expect(stdout).toBe("OK\nOK\nOK\n1\n3\n/z/2\ny\n");
});

test("keys are completed one path segment at a time, from the live cluster", () => {
  const { stdout, stderr } = runEtcdScript(`
etcdctl put /registry/pods/default/a 1; etcdctl put /registry/pods/kube-system/b 1; etcdctl put /registry/x 1
etcdctl __complete get /registry/
etcdctl __complete get /registry/pods/d
etcdctl __complete --endpoints=127.0.0.1:1 get /`);
  expect(stdout).toBe("OK\nOK\nOK\n/registry/pods/\n/registry/x\n:6\n/registry/pods/default/\n:6\n:4\n");
  expect(stderr).not.toContain("retrying");
});

test("members, leases, users and roles are completed from the live cluster, too", () => {
  const { stdout } = runEtcdScript(`
id=$(etcdctl lease grant 60 | cut -d' ' -f2); etcdctl user add alice:pw; etcdctl role add reader
etcdctl __complete member remove 8
etcdctl __complete lease revoke '' | sed "s/$id/ID/"
etcdctl __complete user get a
etcdctl __complete role get r
etcdctl __complete role get reader ''`);
  expect(stdout).toBe(
    "User alice created\nRole reader created\n8e9e05c52164694d\tdefault\n:4\nID\n:4\nalice\n:4\nreader\n:4\n:4\n",
  );
});

test("commands without a timeout hang on a dead endpoint; the others give up after five seconds", () => {
  const { stdout, elapsedMs } = runEtcdScript(
    `
etcdctl get a 2>/dev/null; echo $?
timeout 60 etcdctl user list; echo $?
timeout 60 etcdctl snapshot save x.db 2>/dev/null; echo $?; ls`,
    { serve: false },
  );
  expect(stdout).toBe("1\n124\n124\nx.db.part\n");
  expect(elapsedMs).toBeGreaterThan(125_000);
});

test("etcd tells why it could not begin before it gives up; 3.5 only gives up", () => {
  const script = `
etcd --name a --initial-cluster b=http://127.0.0.1:2380 > log 2>&1; echo $?
grep -o '"caller":"[^"]*","msg":"[^"]*","error":"[^"]*"' log`;
  const fault = `"error":"couldn't find local name \\"a\\" in the initial cluster configuration"`;
  const told = (version: string) => runEtcdScript(script, { version, serve: false }).stdout.replaceAll("\\", "");
  const plain = fault.replaceAll("\\", "").slice(0, -1);
  expect(told("3.6.14")).toContain(
    `"caller":"etcdserver/server.go:309","msg":"bootstrap failed",${plain.slice(0, 30)}`,
  );
  expect(told("3.5.30")).not.toContain("bootstrap failed");
});

test("etcdctl says of an endpoint without an address what Go's dialler says", () => {
  const { stderr } = runEtcdScript("etcdctl --endpoints=http:// get a", { serve: false });
  expect(stderr).toContain("transport: Error while dialing: dial tcp: missing address");
});
